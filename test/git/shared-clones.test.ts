// The same clone by many is packed once: real clients at once, each with a whole repository, and none with another's.
import { randomBytes } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { maintainRepository } from '../../src/platform/git/maintenance.ts';
import { isClone } from '../../src/surfaces/githttp/shared-clones.ts';
import {
  eventually,
  git,
  gitOk,
  PASSWORD,
  type TransportServer,
  transportServer,
  workTree,
} from './support/transport-server.ts';

let server: TransportServer;
let url: string;
let tree: string;

beforeAll(async () => {
  server = await transportServer();
  const { path, dir } = await server.repository('ada', 'large');
  url = server.url + path;
  tree = await workTree(server.work, { commits: 5 });
  await writeFile(join(tree, 'noise'), randomBytes(4_000_000));
  await push(server.urlAs('ada', path));
  await maintainRepository(server.app.git, dir, { full: true });
});
afterAll(() => server.close());

async function push(to: string): Promise<void> {
  await gitOk(tree, ['add', '.']);
  await gitOk(tree, ['commit', '-qm', 'more']);
  await gitOk(tree, ['push', '-q', to, 'main']);
}

let counter = 0;
async function cloneIt(from = url, ...args: string[]): Promise<string> {
  const into = join(server.work, `shared-${++counter}`);
  await gitOk(server.work, ['clone', '-q', ...args, from, into]);
  await gitOk(into, ['fsck', '--full', '--strict']);
  return gitOk(into, ['rev-parse', 'HEAD']);
}

/** How many processes of a kind were started. */
async function started(command: string): Promise<number> {
  const { values } = await server.app.metrics.gitSeconds.get();
  return values
    .filter((one) => one.metricName?.endsWith('_count') && one.labels.command === command)
    .reduce((sum, one) => sum + one.value, 0);
}

const kept = async () => {
  const names = await readdir(join(server.app.paths.cache, 'files', 'packs')).catch((): string[] => []);
  return names.filter((name) => !name.includes('.new-')).length;
};

test('eight identical clones at once are whole, and packed once', async () => {
  const before = await started('upload-pack');
  const tips = await Promise.all(Array.from({ length: 8 }, () => cloneIt()));
  expect(new Set(tips)).toEqual(new Set([await gitOk(tree, ['rev-parse', 'main'])]));
  // Each asks which refs there are by two processes of its own; one packs.
  expect((await started('upload-pack')) - before).toBe(8 * 2 + 1);
  expect(await kept()).toBe(1);
});

test('other depths and filters are other packs; what fetches is not kept', async () => {
  await cloneIt(url, '--depth=1');
  await cloneIt(url, '--depth=2');
  await cloneIt(url, '--filter=blob:none', '--bare');
  const before = await kept();
  expect(before).toBeGreaterThanOrEqual(3);
  const into = join(server.work, 'fetcher');
  await gitOk(server.work, ['clone', '-q', url, into]);
  await writeFile(join(tree, 'next'), 'x');
  await push(server.urlAs('ada', '/ada/large.git'));
  const after = await kept();
  await gitOk(into, ['fetch', '-q']);
  expect(await kept()).toBe(after);
  expect(await gitOk(into, ['rev-parse', 'origin/main'])).toBe(await gitOk(tree, ['rev-parse', 'main']));
});

test('a push is in the next clone, and a tag that was removed is in none', async () => {
  await gitOk(tree, ['tag', '-am', 'gone soon', 'gone']);
  await gitOk(tree, ['push', '-q', server.urlAs('ada', '/ada/large.git'), 'gone']);
  await cloneIt();
  await gitOk(tree, ['push', '-q', server.urlAs('ada', '/ada/large.git'), ':gone']);
  const into = join(server.work, 'without');
  await gitOk(server.work, ['clone', '-q', url, into]);
  expect((await git(into, ['cat-file', '-e', await gitOk(tree, ['rev-parse', 'gone'])])).code).not.toBe(0);
});

test('a clone that is kept is given only to who may read', async () => {
  const { path, dir } = await server.repository('ada', 'closed', { visibility: 'private' });
  await gitOk(tree, ['push', '-q', server.urlAs('ada', path), 'main']);
  await maintainRepository(server.app.git, dir, { full: true });
  await cloneIt(server.urlAs('ada', path));
  await cloneIt(server.urlAs('ada', path));
  expect((await git(server.work, ['clone', '-q', server.url + path, join(server.work, 'no')])).code).not.toBe(
    0,
  );
  await server.person('ben');
  expect(
    (await git(server.work, ['clone', '-q', server.urlAs('ben', path), join(server.work, 'no')])).code,
  ).not.toBe(0);
});

test('a client that leaves takes nothing from the others, and no process is left of it', async () => {
  const { path, dir } = await server.repository('ada', 'left');
  await gitOk(tree, ['push', '-q', server.urlAs('ada', path), 'main']);
  await maintainRepository(server.app.git, dir, { full: true });
  const tip = await gitOk(tree, ['rev-parse', 'main']);
  const line = (text: string) => (text.length + 4).toString(16).padStart(4, '0') + text;
  const body = `${line('command=fetch\n')}${line('object-format=sha1\n')}0001${line(`want ${tip}\n`)}${line('done\n')}0000`;
  const leaving = new AbortController();
  const ask = (signal?: AbortSignal) =>
    fetch(`${server.url}${path}/git-upload-pack`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-git-upload-pack-request', 'git-protocol': 'version=2' },
      body,
      ...(signal ? { signal } : {}),
    });
  const first = ask(leaving.signal).catch(() => undefined);
  const second = ask();
  setTimeout(() => leaving.abort(), 5);
  const answer = Buffer.from(await (await second).arrayBuffer());
  expect(answer.length).toBeGreaterThan(4_000_000);
  await first;
  await eventually(
    async () => (await server.app.metrics.gitProcesses.get()).values.every((one) => one.value <= 3),
    'git ends',
  );
});

test('a request that git refuses is refused to everybody, and not kept', async () => {
  const before = await kept();
  const line = (text: string) => (text.length + 4).toString(16).padStart(4, '0') + text;
  const missing = 'f'.repeat(40);
  const body = `${line('command=fetch\n')}0001${line(`want ${missing}\n`)}${line('done\n')}0000`;
  const answer = await fetch(`${url}/git-upload-pack`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-git-upload-pack-request', 'git-protocol': 'version=2' },
    body,
  }).then((got) => got.text(), String);
  expect(answer).toContain('not our ref');
  expect(await kept()).toBe(before);
});

test('requests are told apart by their lines', () => {
  const line = (text: string) => (text.length + 4).toString(16).padStart(4, '0') + text;
  const want = line(`want ${'a'.repeat(40)}\n`);
  expect(isClone(Buffer.from(`${want}0000${line('done\n')}`))).toBe(true);
  expect(isClone(Buffer.from(`${want}0000${line(`have ${'b'.repeat(40)}\n`)}${line('done\n')}`))).toBe(false);
  for (const odd of ['', '0', 'zzzz', '0003', `${want}0000`, 'ffffdone', '0000'.repeat(100)])
    expect(isClone(Buffer.from(odd))).toBe(false);
});

test('a clone begins from a bundle that its client names; only who may clone is given one', async () => {
  const bundle = `${url}/clone.bundle`;
  const into = join(server.work, 'from-bundle');
  await gitOk(server.work, ['clone', '-q', `--bundle-uri=${bundle}`, url, into]);
  await gitOk(into, ['fsck', '--full']);
  expect(await gitOk(into, ['rev-parse', 'HEAD'])).toBe(await gitOk(tree, ['rev-parse', 'main']));
  expect(await gitOk(into, ['for-each-ref', 'refs/bundles'])).toContain('refs/bundles/main');
  expect((await fetch(`${server.url}/ada/closed.git/clone.bundle`)).status).toBe(401);
  expect((await fetch(`${server.url}/ada/missing.git/clone.bundle`)).status).toBe(401);
  const authorization = `Basic ${Buffer.from(`ada:${PASSWORD}`).toString('base64')}`;
  const given = await fetch(`${server.url}/ada/closed.git/clone.bundle`, { headers: { authorization } });
  expect((await given.text()).slice(0, 20)).toContain('git bundle');
});
