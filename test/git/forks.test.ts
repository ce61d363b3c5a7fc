// Forks share objects by pools: with real git, that nobody loses an object and nobody gets another's.
import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SYSTEM } from '../../src/base/actor.ts';
import { openRepository } from '../../src/features/repos/access.service.ts';
import { giveAccess } from '../../src/features/repos/collaborators.service.ts';
import { parseNewFork } from '../../src/features/repos/forks.input.ts';
import { forkRepository } from '../../src/features/repos/forks.service.ts';
import { listPools } from '../../src/features/repos/forks.store.ts';
import { changeRepository, deleteRepository } from '../../src/features/repos/repos.service.ts';
import type { RepoDir } from '../../src/platform/git/git.types.ts';
import { maintainRepository, sizeOnDisk } from '../../src/platform/git/maintenance.ts';
import { poolDirectory } from '../../src/platform/git/object-pools.ts';
import { repositoryDirectory } from '../../src/platform/git/repository.ts';
import { git, gitOk, type TransportServer, transportServer, workTree } from './support/transport-server.ts';

let server: TransportServer;
beforeAll(async () => {
  server = await transportServer();
});
afterAll(() => server.close());

let counter = 0;

interface Member {
  dir: RepoDir;
  url: string;
  id: number;
}

/** A repository of `ada` with some history, and its work tree. */
async function parentOf(
  options: { visibility?: 'public' | 'private'; objectFormat?: 'sha1' | 'sha256' } = {},
) {
  const name = `origin-${++counter}`;
  const { row, dir, path } = await server.repository('ada', name, options);
  const tree = await workTree(server.work, { commits: 3, objectFormat: options.objectFormat ?? 'sha1' });
  const url = server.urlAs('ada', path);
  await gitOk(tree, ['tag', '-am', 'first', 'v1']);
  await gitOk(tree, ['push', url, 'main', 'v1', 'main:other']);
  await server.app.jobs.drain();
  return { name, dir, url, tree, id: row.id };
}

async function forkAs(who: string, name: string, input: Record<string, unknown> = {}): Promise<Member> {
  const actor = await server.person(who);
  const open = await openRepository(server.app, actor, 'ada', name, 'repository:fork');
  const row = await forkRepository(server.app, actor, open, parseNewFork({ name, ...input }));
  const dir = repositoryDirectory(server.app.paths, row.storageKey);
  return { dir, url: server.urlAs(who, `/${who}/${name}.git`), id: row.id };
}

async function commit(tree: string, file: string, text: string): Promise<string> {
  await gitOk(tree, ['checkout', '-q', '-B', `b-${file}`, 'main']);
  const { writeFile } = await import('node:fs/promises');
  await writeFile(join(tree, file), text);
  await gitOk(tree, ['add', file]);
  await gitOk(tree, ['commit', '-qm', file]);
  return gitOk(tree, ['rev-parse', 'HEAD']);
}

async function expectWhole(...dirs: RepoDir[]): Promise<void> {
  for (const dir of dirs) {
    const checked = await git(dir, ['-C', dir, 'fsck', '--full', '--strict']);
    expect(checked.stderr + checked.stdout).not.toMatch(/missing|broken|error|fatal/);
    expect(checked.code).toBe(0);
  }
}

async function expectClones(url: string, tip: string): Promise<void> {
  const into = join(server.work, `clone-${++counter}`);
  await gitOk(server.work, ['clone', '-q', url, into]);
  await gitOk(into, ['fsck', '--full']);
  expect(await gitOk(into, ['cat-file', '-t', tip])).toBe('commit');
}

/** Whether a client gets an object by its id from a repository, over protocol v2. */
async function fetches(url: string, oid: string): Promise<boolean> {
  const into = join(server.work, `probe-${++counter}`);
  await gitOk(server.work, ['init', '-q', into]);
  const result = await git(into, ['-c', 'protocol.version=2', 'fetch', '-q', url, oid]);
  return result.code === 0;
}

/** Makes the time since the repository shares objects look long. */
async function settle(dir: RepoDir): Promise<void> {
  const long = new Date(Date.now() - 24 * 3600_000);
  await utimes(join(dir, 'objects', 'info', 'alternates'), long, long);
}

const full = (dir: RepoDir) => maintainRepository(server.app.git, dir, { full: true });

test('a fork has the branches and tags of its parent, shares its objects, and is cloned and pushed to', async () => {
  const parent = await parentOf();
  const fork = await forkAs('ben', parent.name);
  const refs = (url: string) => gitOk(server.work, ['ls-remote', url]);
  expect(await refs(fork.url)).toBe(await refs(parent.url));
  const packs = await readdir(join(fork.dir, 'objects', 'pack'));
  expect(packs).toEqual([]);
  await expectWhole(parent.dir, fork.dir);
  const tip = await commit(parent.tree, 'mine.txt', 'of the fork');
  await gitOk(parent.tree, ['push', fork.url, 'HEAD:refs/heads/mine']);
  await server.app.jobs.drain();
  await expectWhole(parent.dir, fork.dir);
  await expectClones(fork.url, tip);
});

test('neither the parent nor a fork gives out by its id what was pushed to the other', async () => {
  const parent = await parentOf();
  const fork = await forkAs('ben', parent.name);
  const ofParent = await commit(parent.tree, 'later.txt', 'secret of the parent');
  await gitOk(parent.tree, ['push', parent.url, 'HEAD:refs/heads/later']);
  const ofFork = await commit(parent.tree, 'fork.txt', 'secret of the fork');
  await gitOk(parent.tree, ['push', fork.url, 'HEAD:refs/heads/mine']);
  await server.app.jobs.drain();
  for (const dir of [parent.dir, fork.dir]) {
    await settle(dir);
    await full(dir);
  }
  expect(await fetches(parent.url, ofParent)).toBe(true);
  expect(await fetches(parent.url, ofFork)).toBe(false);
  expect(await fetches(fork.url, ofFork)).toBe(true);
  expect(await fetches(fork.url, ofParent)).toBe(false);
  const objects = (dir: RepoDir) => server.app.git.objects(dir);
  expect(await objects(fork.dir).commit(ofParent)).toBeUndefined();
  expect(await objects(parent.dir).commit(ofFork)).toBeUndefined();
});

test('a second fork shares the pool of the first; after a force-push away it gets a pool without what was taken back', async () => {
  const parent = await parentOf();
  const secret = await commit(parent.tree, 'secret.txt', 'pushed by mistake');
  await gitOk(parent.tree, ['push', parent.url, 'HEAD:refs/heads/mistake']);
  const first = await forkAs('ben', parent.name);
  const more = await commit(parent.tree, 'more.txt', 'pushed later');
  await gitOk(parent.tree, ['push', parent.url, 'HEAD:refs/heads/more']);
  const second = await forkAs('cleo', parent.name);
  const pools = async () => (await listPools(server.app.db.read, 0, 100)).length;
  const before = await pools();
  // What the pool lacks came along.
  await expectClones(second.url, more);
  expect(await gitOk(second.dir, ['-C', second.dir, 'rev-parse', 'refs/heads/more'])).toBe(more);
  await gitOk(parent.tree, ['push', parent.url, ':refs/heads/mistake']);
  const third = await forkAs('dora', parent.name);
  expect(await pools()).toBe(before + 1);
  const fourth = await forkAs('eve', parent.name);
  expect(await pools()).toBe(before + 1);
  expect(await fetches(first.url, secret)).toBe(true);
  for (const fork of [third, fourth]) expect(await fetches(fork.url, secret)).toBe(false);
  await expectWhole(parent.dir, first.dir, second.dir, third.dir, fourth.dir);
});

test('what was pushed and taken back before the first fork is not in it', async () => {
  const parent = await parentOf();
  const secret = await commit(parent.tree, 'secret.txt', 'pushed by mistake');
  await gitOk(parent.tree, ['push', parent.url, 'HEAD:refs/heads/mistake']);
  await gitOk(parent.tree, ['push', parent.url, ':refs/heads/mistake']);
  await server.app.git.run(['update-ref', 'refs/opencodehub/kept', secret], { dir: parent.dir });
  const fork = await forkAs('ben', parent.name);
  expect(await fetches(parent.url, secret)).toBe(true);
  expect(await fetches(fork.url, secret)).toBe(false);
});

test('forks outlive their parent, and the parent its forks, through repacks, pruning and force-pushes', async () => {
  const parent = await parentOf();
  const forks = [await forkAs('ben', parent.name), await forkAs('cleo', parent.name)];
  const members = [parent, ...forks];
  const tips: string[] = [];
  for (const [index, { url }] of members.entries()) {
    tips.push(await commit(parent.tree, `own-${index}.txt`, `own ${index}`));
    await gitOk(parent.tree, ['push', '--force', url, 'HEAD:refs/heads/main']);
  }
  for (const { dir } of members) {
    await settle(dir);
    await full(dir);
    await gitOk(dir, ['-C', dir, 'gc', '-q', '--prune=now']);
    await full(dir);
  }
  await expectWhole(...members.map(({ dir }) => dir));
  const [ada, ben] = [await server.person('ada'), await server.person('ben')];
  await deleteRepository(
    server.app,
    ada,
    await openRepository(server.app, ada, 'ada', parent.name, 'repository:own'),
  );
  await purgeNow(parent.id);
  for (const [index, { dir, url }] of forks.entries()) {
    await gitOk(dir, ['-C', dir, 'gc', '-q', '--prune=now']);
    await expectWhole(dir);
    await expectClones(url, tips[index + 1] ?? '');
  }
  await deleteRepository(
    server.app,
    ben,
    await openRepository(server.app, ben, 'ben', parent.name, 'repository:own'),
  );
  await purgeNow(forks[0]?.id ?? 0);
  const last = forks[1];
  if (last) await expectWhole(last.dir);
});

async function purgeNow(id: number): Promise<void> {
  const { jobs, db } = server.app;
  await db.write((tx) => jobs.enqueue(tx, 'repos.purge', { repositoryId: id }));
  await jobs.drain();
}

test('a parent that shares a pool drops its own copies at a full repack, but none that a process may still read', async () => {
  const parent = await parentOf();
  await full(parent.dir);
  const alone = await sizeOnDisk(join(parent.dir, 'objects', 'pack') as RepoDir);
  await forkAs('ben', parent.name);
  await aged(parent.dir);
  await full(parent.dir);
  expect(await sizeOnDisk(join(parent.dir, 'objects', 'pack') as RepoDir)).toBeGreaterThan(alone / 2);
  await settle(parent.dir);
  await full(parent.dir);
  expect(await readdir(join(parent.dir, 'objects', 'pack'))).toEqual([]);
  await expectWhole(parent.dir);
});

/** A repository that was made long before it shared anything. */
async function aged(dir: RepoDir): Promise<void> {
  const ago = new Date(Date.now() - 72 * 3600_000);
  await utimes(join(dir, 'config'), ago, ago);
}

test('a pool goes with the last repository that uses it, and not before', async () => {
  const parent = await parentOf({ objectFormat: 'sha256' });
  const fork = await forkAs('ben', parent.name);
  const { findAnyById } = await import('../../src/features/repos/repos.store.ts');
  const { findPool, listUnusedPools } = await import('../../src/features/repos/forks.store.ts');
  const { removeUnusedPools } = await import('../../src/features/repos/fork-objects.service.ts');
  const poolId = (await findAnyById(server.app.db.read, fork.id))?.poolId ?? 0;
  const pool = await findPool(server.app.db.read, poolId);
  expect(await listUnusedPools(server.app.db.read, Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
  for (const [owner, id] of [
    ['ada', parent.id],
    ['ben', fork.id],
  ] as const) {
    const open = await openRepository(server.app, SYSTEM, owner, parent.name, 'repository:own');
    await deleteRepository(server.app, SYSTEM, open);
    expect(await listUnusedPools(server.app.db.read, Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
    await purgeNow(id);
  }
  expect(
    (await listUnusedPools(server.app.db.read, Number.MAX_SAFE_INTEGER, 10)).map(({ id }) => id),
  ).toEqual([poolId]);
  const later = { ...server.app, clock: { ...server.app.clock, now: () => Date.now() + 48 * 3600_000 } };
  await removeUnusedPools(later);
  expect(await findPool(server.app.db.read, poolId)).toBeUndefined();
  const place = poolDirectory(server.app.paths, pool?.storageKey ?? '');
  await expect(readdir(place)).rejects.toThrow('ENOENT');
});

test('a fork of the default branch alone shows no other ref; a fork of a private repository stays private', async () => {
  const parent = await parentOf({ visibility: 'private' });
  const ada = await server.person('ada');
  await server.person('ben');
  await expect(forkAs('ben', parent.name)).rejects.toThrow('repository');
  const given = await openRepository(server.app, ada, 'ada', parent.name, 'access:manage');
  await giveAccess(server.app, ada, given, { username: 'ben', permission: 'read' });
  await expect(forkAs('ben', parent.name, { visibility: 'public' })).rejects.toThrow();
  const fork = await forkAs('ben', parent.name, { defaultBranchOnly: true });
  const refs = await gitOk(server.work, ['ls-remote', fork.url]);
  expect(refs.split('\n').map((line) => line.split('\t')[1])).toEqual(['HEAD', 'refs/heads/main']);
  const ben = await server.person('ben');
  const open = await openRepository(server.app, ben, 'ben', parent.name, 'repository:own');
  await expect(changeRepository(server.app, ben, open, { visibility: 'public' })).rejects.toThrow();
});
