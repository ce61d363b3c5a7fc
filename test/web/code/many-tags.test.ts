// Repositories with more tags than anybody reads: their pages must not wait for all of them to be put in order.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { listRefNames } from '../../../src/features/code/refs.service.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { HEAD, makeRepository } from './repositories.ts';

let t: TestApp;
beforeAll(async () => {
  t = await testApp();
});
afterAll(() => t.close());

async function repositoryWithTags(name: string, tags: readonly string[]) {
  const open = await makeRepository(t, 'ada', name, [
    { ref: HEAD, message: 'First', files: [{ path: 'README.md', data: 'x\n' }] },
  ]);
  const oid = (await t.app.git.ref(open.dir, HEAD)) ?? '';
  writeTags(open.dir, oid, tags);
  return { open, oid };
}

function writeTags(dir: string, oid: string, tags: readonly string[]): void {
  const lines = [...tags].sort().map((tag) => `${oid} refs/tags/${tag}\n`);
  writeFileSync(join(dir, 'packed-refs'), `# pack-refs with: peeled fully-peeled sorted \n${lines.join('')}`);
}

it('thousands of tags are in the order of their versions, as few are, and new ones are among them', async () => {
  const many = Array.from({ length: 1500 }, (_, n) => `v${Math.floor(n / 100)}.${n % 100}`);
  const { open, oid } = await repositoryWithTags('many', many);
  const expected = [...many].reverse();
  expect((await listRefNames(t.app, open)).tags).toEqual(expected);
  writeTags(open.dir, oid, [...many, 'v14.100', 'v15.0']);
  expect((await listRefNames(t.app, open)).tags).toEqual(['v15.0', 'v14.100', ...expected]);
  const few = await repositoryWithTags('few', ['v1.9', 'v1.10', 'v2.0', 'v1.10-rc1']);
  expect((await listRefNames(t.app, few.open)).tags).toEqual(['v2.0', 'v1.10-rc1', 'v1.10', 'v1.9']);
});

it('pages of a repository with 200,000 tags do not wait for a collator to put them in order', async () => {
  const tags = Array.from({ length: 200_000 }, (_, n) => `v${n % 50}.${(n * 7919) % 1000}.${n}-rc`);
  const { open } = await repositoryWithTags('flood', tags);
  const compared = vi.spyOn(Intl.Collator.prototype, 'compare', 'get');
  for (const path of ['', '/blob/main/README.md', '/tags', '/commits/main', '/tags.atom'])
    expect((await t.anonymous.get(open.path + path)).status, path).toBe(200);
  expect(compared.mock.calls.length).toBeLessThan(1000);
  compared.mockRestore();
}, 60_000);
