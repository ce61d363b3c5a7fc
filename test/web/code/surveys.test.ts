// What takes long is computed once, never waited for beyond the budget, and right after every change.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commitCount, languagesOf } from '../../../src/features/code/commit-facts.service.ts';
import { lastCommits } from '../../../src/features/code/last-commits.service.ts';
import { surveyRepository } from '../../../src/features/code/surveys.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { importCommits, runGit } from './import-commits.ts';
import { HEAD, makeRepository } from './repositories.ts';

let t: TestApp;
let open: OpenRepository;
const ROOT = Buffer.alloc(0);
const PATIENCE = 20_000;

beforeAll(async () => {
  t = await testApp();
  open = await makeRepository(t, 'ada', 'engine', [
    {
      ref: HEAD,
      message: 'one',
      files: [
        { path: 'a.ts', data: 'let a = 1;\n' },
        { path: 'b/c.py', data: 'print()\n' },
      ],
    },
    {
      ref: HEAD,
      message: 'two',
      files: [
        { path: 'vendor/x.js', data: 'x'.repeat(5000) },
        { path: 'docs/big.html', data: 'y'.repeat(5000) },
      ],
    },
  ]);
}, 60_000);
afterAll(() => t.close());

const head = () => runGit(open.dir, 'rev-parse', 'refs/heads/main');

/** What git itself says for each entry of the root. */
function expected(): Record<string, string> {
  const names = runGit(open.dir, 'ls-tree', '--name-only', 'main').split('\n');
  return Object.fromEntries(
    names.map((name) => [name, runGit(open.dir, 'log', '-1', '--format=%H', 'main', '--', name)]),
  );
}

test('what does not come within the budget is there for the next request', async () => {
  expect(await lastCommits(t.app, open, head(), ROOT, 0)).toBeUndefined();
  const found = await lastCommits(t.app, open, head(), ROOT, PATIENCE);
  expect(Object.fromEntries(found ?? [])).toEqual(expected());
  expect(Object.fromEntries((await lastCommits(t.app, open, head(), ROOT, 0)) ?? [])).toEqual(expected());
});

test.each([
  ['a file changes', [{ ref: HEAD, from: HEAD, files: [{ path: 'a.ts', data: 'let a = 2;\n' }] }]],
  ['a file deep below changes', [{ ref: HEAD, from: HEAD, files: [{ path: 'b/c.py', data: 'print(2)\n' }] }]],
  ['a file goes', [{ ref: HEAD, from: HEAD, deletes: ['docs/big.html'] }]],
  ['the history is rewritten', [{ ref: HEAD, from: `${HEAD}~3`, files: [{ path: 'new', data: 'x' }] }]],
])('the answer is right after %s', async (_, commits) => {
  importCommits(open.dir, commits);
  const found = await lastCommits(t.app, open, head(), ROOT, PATIENCE);
  expect(Object.fromEntries(found ?? [])).toEqual(expected());
});

test('a survey finds the number of commits and the languages its authors wrote', async () => {
  await surveyRepository(t.app, open);
  expect(await commitCount(t.app, open, head(), 0)).toBe(
    Number(runGit(open.dir, 'rev-list', '--count', 'main')),
  );
  const languages = await languagesOf(t.app, open, head(), 0);
  expect(languages?.map(({ name }) => name)).toEqual(['TypeScript', 'Python']);
  expect(languages?.reduce((sum, { percent }) => sum + percent, 0)).toBeCloseTo(100);
});

test('directories that were looked at are known again after a push that changed them', async () => {
  const path = Buffer.from('b');
  await lastCommits(t.app, open, head(), path, PATIENCE);
  importCommits(open.dir, [
    {
      ref: HEAD,
      from: HEAD,
      files: [
        { path: 'b/new.py', data: 'x' },
        { path: 'unseen/x', data: 'x' },
      ],
    },
  ]);
  await surveyRepository(t.app, open);
  expect((await lastCommits(t.app, open, head(), path, 0))?.get('new.py')).toBe(head());
  expect(await lastCommits(t.app, open, head(), Buffer.from('unseen'), 0)).toBeUndefined();
});

test('a push has the default branch surveyed', async () => {
  await t.app.db.write((tx) =>
    t.app.events.record(tx, { kind: 'push', repositoryId: open.repository.id, updates: [] }),
  );
  importCommits(open.dir, [{ ref: HEAD, from: HEAD, files: [{ path: 'late', data: 'x' }] }]);
  await t.app.jobs.drain();
  expect(await commitCount(t.app, open, head(), 0)).toBeGreaterThan(1);
});
