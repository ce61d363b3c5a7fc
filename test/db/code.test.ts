// Queries on what is remembered about commits: found by its whole key, replaced, forgotten by age and with its repository.
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  commitsWithFact,
  findFact,
  findNewestFact,
  putFact,
  removeFactsBefore,
  removeOtherFacts,
} from '../../src/features/code/commit-facts.store.ts';
import {
  commitsWithHistory,
  findHistory,
  putHistory,
  removeHistoriesBefore,
} from '../../src/features/code/directory-histories.store.ts';
import { insertRepository, removeRepositoryRow } from '../../src/features/repos/repos.store.ts';
import { insertUser } from '../../src/features/users/users.store.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { newRepository, newUser } from '../support/rows.ts';

let place: TestDatabase;
let repositoryId: number;

const ONE = '1'.repeat(40);
const TWO = '2'.repeat(64);
const ROOT = 'a'.repeat(64);
const bytes = (text: string) => Buffer.from(text);

beforeEach(async () => {
  place = await openTestDb();
  repositoryId = await place.db.write(async (tx) => {
    const user = await insertUser(tx, { ...newUser('ada'), passwordHash: null, lastLoginAt: null });
    return (
      await insertRepository(tx, { ...newRepository(user.id, 'engine'), pushedAt: null, deletedAt: null })
    ).id;
  });
});
afterEach(() => place.close());

test('a history is found by repository, commit and directory, and replaced', async () => {
  const { db } = place;
  const key = { repositoryId, commitOid: ONE, pathHash: ROOT };
  await db.write((tx) => putHistory(tx, key, bytes('first\0\xff'), 1));
  await db.write((tx) => putHistory(tx, key, Buffer.alloc(200_000, 7), 2));
  await db.write((tx) => putHistory(tx, { ...key, commitOid: TWO }, bytes('other'), 3));
  expect(Buffer.from((await findHistory(db.read, key)) ?? []).equals(Buffer.alloc(200_000, 7))).toBe(true);
  expect(await findHistory(db.read, { ...key, pathHash: 'b'.repeat(64) })).toBeUndefined();
  expect(await findHistory(db.read, { ...key, repositoryId: repositoryId + 1 })).toBeUndefined();
  const known = await commitsWithHistory(db.read, repositoryId, [ONE, TWO, '3'.repeat(40)], ROOT);
  expect(known.sort()).toEqual([ONE, TWO]);
  await db.write((tx) => removeHistoriesBefore(tx, 3));
  expect(await commitsWithHistory(db.read, repositoryId, [ONE, TWO], ROOT)).toEqual([TWO]);
});

test('a fact is found by its kind, replaced, and forgotten by age', async () => {
  const { db } = place;
  const key = { repositoryId, commitOid: ONE, kind: 'commit-count' as const };
  await db.write((tx) => putFact(tx, key, bytes('1'), 1));
  await db.write((tx) => putFact(tx, key, bytes('2'), 5));
  expect(Buffer.from((await findFact(db.read, key)) ?? []).toString()).toBe('2');
  expect(await findFact(db.read, { ...key, kind: 'languages' })).toBeUndefined();
  await db.write((tx) => removeFactsBefore(tx, 6));
  expect(await findFact(db.read, key)).toBeUndefined();
});

test('what is remembered goes with its repository', async () => {
  const { db } = place;
  const key = { repositoryId, commitOid: ONE, pathHash: ROOT };
  await db.write((tx) => putHistory(tx, key, bytes('x'), 1));
  await db.write((tx) => putFact(tx, { repositoryId, commitOid: ONE, kind: 'licence' }, bytes('x'), 1));
  await db.write((tx) => removeRepositoryRow(tx, repositoryId));
  expect(await findHistory(db.read, key)).toBeUndefined();
});

test('the newest fact of a kind is found, and the others of it are removed', async () => {
  const { db } = place;
  const one = { repositoryId, commitOid: ONE, kind: 'insights' as const };
  const two = { ...one, commitOid: TWO };
  await db.write((tx) => putFact(tx, { ...one, kind: 'languages' }, bytes('l'), 9));
  await db.write((tx) => putFact(tx, one, bytes('old'), 1));
  await db.write((tx) => putFact(tx, two, bytes('new'), 2));
  expect((await findNewestFact(db.read, repositoryId, 'insights'))?.commitOid).toBe(TWO);
  expect(await commitsWithFact(db.read, repositoryId, [TWO, ROOT], 'insights')).toEqual([TWO]);
  expect(await commitsWithFact(db.read, repositoryId, [], 'insights')).toEqual([]);
  await db.write((tx) => removeOtherFacts(tx, two));
  expect(await findFact(db.read, one)).toBeUndefined();
  expect(await findFact(db.read, two)).toBeDefined();
  expect(await findFact(db.read, { ...one, kind: 'languages' })).toBeDefined();
});
