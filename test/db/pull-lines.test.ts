// Queries for lines about pull requests: by branch, by number, and without their texts.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { insertIssue } from '../../src/features/issues/issues.store.ts';
import { listByHeads, listNewestRanges, listShortPulls } from '../../src/features/pulls/pull-lines.store.ts';
import { findOpenTwin, insertPull } from '../../src/features/pulls/pulls.store.ts';
import { insertRepository } from '../../src/features/repos/repos.store.ts';
import { insertUser } from '../../src/features/users/users.store.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { newRepository, newUser } from '../support/rows.ts';

const AT = 1_700_000_000_000;
const OID = (digit: number) => String(digit).repeat(40);

let place: TestDatabase;
let repositoryId: number;
let authorId: number;

beforeEach(async () => {
  place = await openTestDb();
  await place.db.write(async (tx) => {
    authorId = (await insertUser(tx, { ...newUser('ada'), passwordHash: null, lastLoginAt: null })).id;
    repositoryId = (
      await insertRepository(tx, { ...newRepository(authorId, 'loom'), pushedAt: null, deletedAt: null })
    ).id;
  });
});
afterEach(() => place.close());

async function addPull(number: number, headBranch: string, state: 'open' | 'closed' = 'open') {
  return place.db.write(async (tx) => {
    const issue = await insertIssue(tx, {
      repositoryId,
      number,
      isPull: true,
      authorId,
      title: `Change ${number}`,
      body: 'long',
      state,
      createdAt: AT,
      updatedAt: AT,
    });
    await insertPull(tx, {
      issueId: issue.id,
      repositoryId,
      number,
      baseBranch: 'main',
      headRepositoryId: repositoryId,
      headBranch,
      headLabel: headBranch,
      headOid: OID(number),
      baseOid: OID(9),
      isDraft: false,
      allowsEdits: false,
      commitCount: 1,
      changedFiles: 1,
      additions: 0,
      deletions: 0,
      mergeability: 'unknown',
      revision: 1,
    });
    return issue.id;
  });
}

test('pull requests are found by branches, the newest first, whatever the case of others', async () => {
  const first = await addPull(1, 'topic', 'closed');
  const second = await addPull(2, 'topic');
  await addPull(3, 'Topic');
  await addPull(4, 'else');
  const found = await listByHeads(place.db.read, repositoryId, ['topic', 'none'], 10);
  expect(found.map(({ id, headBranch, state }) => [id, headBranch, state])).toEqual([
    [second, 'topic', 'open'],
    [first, 'topic', 'closed'],
  ]);
  expect(found[0]).not.toHaveProperty('body');
  expect(await listByHeads(place.db.read, repositoryId, [], 10)).toEqual([]);
  expect(await listByHeads(place.db.read, repositoryId, ['topic'], 1)).toHaveLength(1);
});

test('the newest ranges come by number, and no more than asked for', async () => {
  const ids: number[] = [];
  for (const number of [1, 2, 3]) ids.push(await addPull(number, `b${number}`));
  const ranges = await listNewestRanges(place.db.read, repositoryId, 2);
  expect(ranges.map(({ issueId, headOid }) => [issueId, headOid])).toEqual([
    [ids[2], OID(3)],
    [ids[1], OID(2)],
  ]);
  const short = await listShortPulls(place.db.read, [ids[0] ?? 0, ids[2] ?? 0, 999]);
  expect(short.map(({ number }) => number)).toEqual([3, 1]);
});

test('a twin is open, of the same head and the same base', async () => {
  const first = await addPull(1, 'topic');
  await addPull(2, 'topic', 'closed');
  const of = { issueId: first, repositoryId, headRepositoryId: repositoryId, headBranch: 'topic' };
  expect(await findOpenTwin(place.db.read, { ...of, baseBranch: 'main' })).toBeUndefined();
  await addPull(3, 'topic');
  expect(await findOpenTwin(place.db.read, { ...of, baseBranch: 'main' })).toBe(3);
  expect(await findOpenTwin(place.db.read, { ...of, baseBranch: 'stable' })).toBeUndefined();
  expect(
    await findOpenTwin(place.db.read, { ...of, headRepositoryId: null, baseBranch: 'main' }),
  ).toBeUndefined();
});
