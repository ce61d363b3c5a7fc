// dist/opencodehub by itself: empty environments, read-only places, addons unpacked safely.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  buildExecutable,
  EXECUTABLE,
  type RunningServer,
  runExecutable,
  startExecutable,
} from '../support/executable.ts';

const NOBODY = 65534;

let work: string;
const servers: RunningServer[] = [];

beforeAll(buildExecutable);

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'och-executable-'));
});

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  rmSync(work, { recursive: true, force: true });
});

async function start(options: Parameters<typeof startExecutable>[0]): Promise<RunningServer> {
  const server = await startExecutable(options);
  servers.push(server);
  return server;
}

async function expectHealthy(server: RunningServer): Promise<void> {
  const response = await fetch(`${server.url}/healthz`);
  expect(response.status).toBe(200);
}

/** Every file in the addon directory is what its name says; returns their names. */
function expectSoundAddons(directory: string): string[] {
  const names = readdirSync(directory);
  for (const name of names) {
    const hash = createHash('sha256')
      .update(readFileSync(join(directory, name)))
      .digest('hex');
    expect(name).toMatch(new RegExp(`^${hash}-[a-z0-9-]+\\.node$`));
  }
  return names;
}

test('--version needs nothing, and NODE_OPTIONS does not reach it', () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
    version: string;
  };
  const outcome = runExecutable(['--version'], { env: { NODE_OPTIONS: '--require=/nonexistent/hook.js' } });
  expect(outcome).toEqual({ code: 0, stdout: `OpenCodeHub ${version}\n`, stderr: '' });
});

test('holds everything, and V8 accepts the code compiled at build', () => {
  const { stdout } = runExecutable(['internal', 'describe'], { env: {} });
  const described = JSON.parse(stdout) as { codeCacheAccepted: Record<string, boolean>; assets: string[] };
  expect(described.codeCacheAccepted).toMatchObject({ server: true, 'spawn-helper': true });
  expect(Object.values(described.codeCacheAccepted)).not.toContain(false);
  for (const part of [
    /^addons\/[0-9a-f]{64}-better-sqlite3\.node$/,
    /^addons\/[0-9a-f]{64}-argon2\.node$/,
    /^migrations\/(sqlite|postgres|mysql)\/.+\.sql$/,
    /^assets\/app-[^/]+\.css\.br$/,
    /^assets\/app-[^/]+\.js\.gz$/,
    /^assets\/manifest\.json$/,
    /^notices\/licences\.txt$/,
  ]) {
    expect(described.assets).toContainEqual(expect.stringMatching(part));
  }
});

test('serves in an empty environment, opens no debugger on SIGUSR1, and stops on SIGTERM', async () => {
  const server = await startExecutable({ env: {} });
  try {
    await expectHealthy(server);
    server.process.kill('SIGUSR1');
    await sleep(200);
    await expectHealthy(server);
    expect(server.output()).not.toMatch(/debugger/i);
  } finally {
    expect(await server.stop()).toBe(0);
  }
});

test('serves from a directory in which it may write nothing', async () => {
  const isRoot = process.getuid?.() === 0;
  const place = join(work, 'read-only');
  const data = join(work, 'data');
  mkdirSync(place);
  mkdirSync(data, { mode: 0o700 });
  copyFileSync(EXECUTABLE, join(place, 'opencodehub'));
  chmodSync(join(place, 'opencodehub'), 0o755);
  chmodSync(place, 0o555);
  chmodSync(work, 0o755);
  const as = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  if (isRoot) chownSync(data, NOBODY, NOBODY);
  const server = await start({ executable: join(place, 'opencodehub'), data, cwd: place, ...as });
  await expectHealthy(server);
  expect(readdirSync(place)).toEqual(['opencodehub']);
  expectSoundAddons(join(data, 'cache', 'addons'));
});

test('many starts at once unpack the addons without stepping on each other', async () => {
  const addons = join(work, 'addons');
  const env = { PATH: '/usr/bin:/bin', OPENCODEHUB_DATA_ADDON_DIRECTORY: addons };
  const started = await Promise.all(
    [1, 2, 3, 4].map((number) => start({ data: join(work, `data-${number}`), env })),
  );
  await Promise.all(started.map(expectHealthy));
  expect(expectSoundAddons(addons)).toContainEqual(expect.stringContaining('better-sqlite3'));
});

test('an addon that was tampered with is never loaded', async () => {
  const data = join(work, 'data');
  const addons = join(data, 'cache', 'addons');
  await (await startExecutable({ data })).stop();
  const [name = ''] = expectSoundAddons(addons);
  const planted = join(work, 'planted.node');
  writeFileSync(planted, 'not what was shipped');
  for (const plant of [
    () => writeFileSync(join(addons, name), 'not what was shipped'),
    () => symlinkSync(planted, join(addons, name)),
  ]) {
    rmSync(join(addons, name));
    plant();
    const server = await startExecutable({ data });
    await expectHealthy(server);
    await server.stop();
    expect(expectSoundAddons(addons)).toContain(basename(name));
  }
  expect(readFileSync(planted, 'utf8')).toBe('not what was shipped');
});

test('an addon directory that others may write to is refused with the remedy', () => {
  const addons = join(work, 'addons');
  mkdirSync(addons);
  chmodSync(addons, 0o777);
  const { code, stderr, stdout } = runExecutable(
    ['serve', '--data', join(work, 'data'), '--port', '0', '--ssh-port', '0'],
    { env: { PATH: '/usr/bin:/bin', OPENCODEHUB_DATA_ADDON_DIRECTORY: addons } },
  );
  expect(code).not.toBe(0);
  expect(stderr + stdout).toMatch(/chmod 700/);
  expect(readdirSync(addons)).toEqual([]);
});
