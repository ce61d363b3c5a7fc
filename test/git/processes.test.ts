// The spawn helper and what runs below it: data, limits, ends, crashes; and maintenance of a real repository.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCaches } from '../../src/platform/cache/cache.ts';
import { configSchema } from '../../src/platform/config/config.schema.ts';
import { dataPaths } from '../../src/platform/config/data-directory.ts';
import type { Git } from '../../src/platform/git/git.types.ts';
import { lacksBitmaps, maintainRepository, sizeOnDisk } from '../../src/platform/git/maintenance.ts';
import { openGit } from '../../src/platform/git/open-git.ts';
import {
  initRepository,
  listStorageKeys,
  removeRepository,
  repositoryDirectory,
  setDefaultBranch,
} from '../../src/platform/git/repository.ts';
import { silentLog } from '../../src/platform/observability/log.ts';
import { openMetrics } from '../../src/platform/observability/metrics.ts';
import { git as client, eventually, gitOk, processesOn, workTree } from './support/transport-server.ts';

let base: string;
let git: Git;
const open = (directory: string, settings: object = {}) =>
  openGit({
    config: configSchema.parse(settings),
    paths: dataPaths(directory),
    log: silentLog(),
    metrics: openMetrics(),
    caches: openCaches(),
  });

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'och-processes-'));
  git = await open(join(base, 'data'));
});
afterAll(async () => {
  await git.close();
  await rm(base, { recursive: true, force: true });
});

async function helperOf(directory: string): Promise<number> {
  const folder = join(directory, 'cache', 'git-helpers');
  const [name = ''] = await readdir(folder);
  return Number((await readFile(join(folder, name), 'utf8')).split(' ')[2]);
}

test('bytes arrive whole both ways, many processes at once', async () => {
  const input = Buffer.alloc(3_000_000, 'abc');
  const first = await git.run(['hash-object', '--stdin'], { input });
  const others = await Promise.all(
    Array.from({ length: 40 }, () => git.run(['hash-object', '--stdin'], { input })),
  );
  expect(new Set(others.map((result) => result.stdout.toString()))).toEqual(
    new Set([first.stdout.toString()]),
  );
});

test('two hundred processes that end at once are all told apart', async () => {
  const results = await Promise.all(Array.from({ length: 200 }, () => git.run(['version'])));
  expect(results.every((result) => result.stdout.toString().startsWith('git version'))).toBe(true);
});

test('failures name the command, bounds hold, and nothing is left running', async () => {
  await expect(git.run(['no-such-command'])).rejects.toThrow('git no-such-command failed with code 1');
  await expect(
    git.run(['hash-object', '--stdin-paths'], { input: '/dev/zero\n', timeout: 200 }),
  ).rejects.toMatchObject({
    code: 'unavailable',
  });
  await expect(git.run(['help', '-a'], { maxBytes: 100 })).rejects.toMatchObject({ code: 'too_large' });
  const stop = new AbortController();
  const running = git.run(['hash-object', '--stdin-paths'], { input: '/dev/zero\n', signal: stop.signal });
  stop.abort(new Error('no longer wanted'));
  await expect(running).rejects.toThrow('no longer wanted');
  await eventually(async () => (await processesOn('--stdin-paths')).length === 0, 'they end');
});

test('processes see nothing of the server’s environment', async () => {
  process.env.OPENCODEHUB_TEST_SECRET = 'hidden';
  const shown = await git.run(['-c', 'alias.env=!env', 'env']);
  delete process.env.OPENCODEHUB_TEST_SECRET;
  expect(shown.stdout.toString()).not.toContain('hidden');
  expect(shown.stdout.toString()).toContain('GIT_TERMINAL_PROMPT=0');
});

test('when the helper dies, what ran fails and what comes works', async () => {
  const running = await git.spawn(['hash-object', '--stdin']);
  process.kill(await helperOf(join(base, 'data')), 'SIGKILL');
  expect(await running.exited).toMatchObject({ code: null });
  expect((await git.run(['version'])).code).toBe(0);
});

test('when the server is killed, its git processes and its helper end, and the next one waits for that', async () => {
  const directory = join(base, 'killed');
  const script = `
    const { openGit } = await import(${JSON.stringify(join(process.cwd(), 'src/platform/git/open-git.ts'))});
    const load = (path) => import(${JSON.stringify(`${process.cwd()}/src/platform/`)} + path);
    const { configSchema } = await load('config/config.schema.ts');
    const { dataPaths } = await load('config/data-directory.ts');
    const { silentLog } = await load('observability/log.ts');
    const { openMetrics } = await load('observability/metrics.ts');
    const { openCaches } = await load('cache/cache.ts');
    const git = await openGit({ config: configSchema.parse({}), paths: dataPaths(${JSON.stringify(directory)}),
      log: silentLog(), metrics: openMetrics(), caches: openCaches() });
    await git.spawn(['hash-object', '--stdin', '--path=${directory}/marker']);
    console.log('running');
  `;
  const server = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => server.stdout?.once('data', resolve));
  const helpers = () => processesOn(join(directory, 'run', `git-${server.pid}.sock`));
  expect(await helpers()).toHaveLength(1);
  const left = async () =>
    (await processesOn(`${directory}/marker`)).filter((line) => line.startsWith('git '));
  expect(await left()).toHaveLength(1);
  const dead = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGKILL');
  await dead;
  const next = await open(directory);
  expect(await helpers()).toEqual([]);
  expect(await left()).toEqual([]);
  await next.close();
});

test('a missing or old git is told with the remedy', async () => {
  await expect(open(join(base, 'none'), { git: { binary: '/nonexistent/git' } })).rejects.toThrow(
    /install git/,
  );
});

test('a repository begins, changes its default branch, is maintained, and ends', async () => {
  const paths = dataPaths(join(base, 'data'));
  const key = 'a1'.repeat(16);
  const dir = repositoryDirectory(paths, key);
  await initRepository(git, dir, { objectFormat: 'sha1', defaultBranch: 'main' });
  await setDefaultBranch(git, dir, 'trunk');
  await expect(setDefaultBranch(git, dir, '../x')).rejects.toThrow('Not a branch name');
  const tree = await workTree(base, { commits: 8 });
  await gitOk(tree, [
    '-c',
    'core.hooksPath=/dev/null',
    'push',
    '-q',
    '--receive-pack=git -c core.hooksPath=/dev/null receive-pack',
    dir,
    'main:trunk',
  ]);
  await writeFile(join(dir, 'packed-refs.lock'), '');
  await utimes(join(dir, 'packed-refs.lock'), 1, 1);
  await maintainRepository(git, dir, { full: false });
  expect(await readdir(join(dir, 'objects', 'info', 'commit-graphs'))).toContain('commit-graph-chain');
  expect(await readFile(join(dir, 'packed-refs'), 'utf8')).toContain('refs/heads/trunk');
  await maintainRepository(git, dir, { full: true });
  const packs = await readdir(join(dir, 'objects', 'pack'));
  expect(packs.filter((name) => name.endsWith('.bitmap'))).toHaveLength(1);
  expect(await gitOk(dir, ['symbolic-ref', 'HEAD'])).toBe('refs/heads/trunk');
  await gitOk(dir, ['fsck', '--strict']);
  expect(await sizeOnDisk(dir)).toBeGreaterThan(1000);
  expect((await client(base, ['clone', '-q', dir, join(base, 'copy')])).code).toBe(0);
  expect(await listStorageKeys(paths, { olderThan: Date.now() + 1000 })).toEqual([key]);
  await removeRepository(git, dir);
  expect(await listStorageKeys(paths, { olderThan: Date.now() + 1000 })).toEqual([]);
  await removeRepository(git, dir);
});

test('a large import lacks bitmaps until its full maintenance', async () => {
  const dir = repositoryDirectory(dataPaths(join(base, 'import')), 'b2'.repeat(16));
  await initRepository(git, dir, { objectFormat: 'sha1', defaultBranch: 'main' });
  const tree = await workTree(base, { commits: 1 });
  expect(await lacksBitmaps(dir)).toBe(false);
  await writeFile(join(tree, 'noise'), randomBytes(9 * 1024 * 1024));
  await gitOk(tree, ['add', 'noise']);
  await gitOk(tree, ['commit', '-q', '-m', 'noise']);
  const receive = 'git -c core.hooksPath=/dev/null -c receive.unpackLimit=1 receive-pack';
  await gitOk(tree, ['push', '-q', `--receive-pack=${receive}`, dir, 'HEAD:main']);
  await maintainRepository(git, dir, { full: false });
  expect(await lacksBitmaps(dir)).toBe(true);
  await maintainRepository(git, dir, { full: true });
  expect(await lacksBitmaps(dir)).toBe(false);
});

test('keys that are none never become paths', () => {
  const paths = dataPaths(base);
  for (const key of [
    '',
    '..',
    '../../etc/passwd'.padEnd(32, 'x'),
    'A'.repeat(32),
    `${'a'.repeat(31)}/`,
    'a'.repeat(33),
  ])
    expect(() => repositoryDirectory(paths, key)).toThrow('Not a storage key');
});
