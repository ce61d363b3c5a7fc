// Maintenance with real git: what packs are left, that nothing is lost, and that pushes and clones go on meanwhile.
import { randomBytes } from 'node:crypto';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RepoDir } from '../../src/platform/git/git.types.ts';
import { maintainRepository } from '../../src/platform/git/maintenance.ts';
import { git, gitOk, type TransportServer, transportServer, workTree } from './support/transport-server.ts';

let server: TransportServer;
beforeAll(async () => {
  server = await transportServer();
});
afterAll(() => server.close());

async function filled(name: string) {
  const { dir, path } = await server.repository('ada', name);
  const tree = await workTree(server.work, { commits: 2 });
  const url = server.urlAs('ada', path);
  const push = async (file: string, size: number) => {
    await writeFile(join(tree, file), randomBytes(size));
    await gitOk(tree, ['add', '.']);
    await gitOk(tree, ['commit', '-qm', file]);
    // Kept as a pack, as large pushes are.
    await server.app.git.run(['config', 'receive.unpackLimit', '1'], { dir });
    await gitOk(tree, ['push', '-q', url, 'HEAD:refs/heads/main']);
  };
  for (let at = 0; at < 60; at++) await writeFile(join(tree, `file-${at}`), `${at}`);
  await push('large', 2_000_000);
  return { dir, url, tree, push };
}

const packs = async (dir: RepoDir, ending: string) =>
  (await readdir(join(dir, 'objects', 'pack'))).filter((name) => name.endsWith(ending));

async function expectWhole(dir: RepoDir): Promise<void> {
  const checked = await git(dir, ['-C', dir, 'fsck', '--full', '--strict']);
  expect(checked.stdout + checked.stderr).not.toMatch(/missing|error|broken|fatal/);
  expect(checked.code).toBe(0);
}

test('a small repository becomes one pack with bitmaps each time', async () => {
  const { dir, push } = await filled('small');
  for (const file of ['a', 'b']) {
    await push(file, 1000);
    await maintainRepository(server.app.git, dir, { full: true });
    expect((await packs(dir, '.pack')).length).toBe(1);
    expect((await packs(dir, '.bitmap')).length).toBe(1);
  }
  await expectWhole(dir);
});

test('of a large one the large pack stays, and what came since becomes few packs under an index of all', async () => {
  const { dir, url, push } = await filled('large');
  const full = () => maintainRepository(server.app.git, dir, { full: true, large: 1_000_000 });
  await full();
  const [first] = await packs(dir, '.bitmap');
  for (let at = 0; at < 6; at++) await push(`more-${at}`, 2000);
  expect((await packs(dir, '.pack')).length).toBe(7);
  await full();
  expect(await packs(dir, '.bitmap')).toEqual([first]);
  expect((await packs(dir, '.pack')).length).toBe(2);
  expect(await readdir(join(dir, 'objects', 'pack'))).toContain('multi-pack-index');
  await expectWhole(dir);
  const clone = join(server.work, 'of-large');
  await gitOk(server.work, ['clone', '-q', url, clone]);
  await gitOk(clone, ['fsck', '--full']);
  // Once the rest is no longer small, everything is packed anew.
  await push('as-large', 1_500_000);
  await full();
  expect((await packs(dir, '.pack')).length).toBe(1);
  expect((await packs(dir, '.bitmap'))[0]).not.toBe(first);
  await expectWhole(dir);
});

test('pushes and clones go on while a repository is repacked, and none is lost', async () => {
  const { dir, url, push, tree } = await filled('busy');
  let isDone = false;
  const repacks = (async () => {
    while (!isDone) await maintainRepository(server.app.git, dir, { full: true });
  })();
  try {
    for (let at = 0; at < 8; at++) {
      await push(`busy-${at}`, 20_000);
      const clone = join(server.work, `busy-${at}`);
      await gitOk(server.work, ['clone', '-q', url, clone]);
      await gitOk(clone, ['fsck', '--full']);
      expect(await gitOk(clone, ['rev-parse', 'HEAD'])).toBe(await gitOk(tree, ['rev-parse', 'HEAD']));
    }
  } finally {
    isDone = true;
    await repacks;
  }
  await expectWhole(dir);
}, 120_000);

test('what is unreachable is kept for two weeks, then goes', async () => {
  const { dir, url, tree } = await filled('unreachable');
  await gitOk(tree, ['checkout', '-q', '-b', 'gone']);
  await writeFile(join(tree, 'gone'), randomBytes(500));
  await gitOk(tree, ['add', '.']);
  await gitOk(tree, ['commit', '-qm', 'gone']);
  const oid = await gitOk(tree, ['rev-parse', 'HEAD']);
  await gitOk(tree, ['push', '-q', url, 'gone']);
  await gitOk(tree, ['push', '-q', url, ':gone']);
  const full = () => maintainRepository(server.app.git, dir, { full: true });
  const isThere = async () => (await git(dir, ['-C', dir, 'cat-file', '-e', oid])).code === 0;
  await full();
  await full();
  expect(await isThere()).toBe(true);
  await makeOld(dir);
  await full();
  await full();
  expect(await isThere()).toBe(false);
  await expectWhole(dir);
});

/** Unpacks what is set aside as loose objects of long ago. */
async function makeOld(dir: RepoDir): Promise<void> {
  const [times] = await packs(dir, '.mtimes');
  const name = (times ?? '').replace(/\.mtimes$/, '');
  const folder = join(dir, 'objects', 'pack');
  const pack = await readFile(join(folder, `${name}.pack`));
  const { rm } = await import('node:fs/promises');
  for (const ending of ['pack', 'idx', 'mtimes', 'rev'])
    await rm(join(folder, `${name}.${ending}`), { force: true });
  await server.app.git.run(['unpack-objects', '-q'], { dir, input: pack });
  const long = new Date(Date.now() - 40 * 24 * 3600_000);
  for (const path of await readdir(join(dir, 'objects'), { recursive: true }))
    if (/^[0-9a-f]{2}\/[0-9a-f]{38}$/.test(path)) await utimes(join(dir, 'objects', path), long, long);
}
