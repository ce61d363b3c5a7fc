// Queries on viewed files: one mark once, many asked for at once, forgotten by age, gone with person and repository.
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  countMarks,
  insertMark,
  marksAmong,
  removeMark,
  removeMarksBefore,
} from '../../src/features/code/viewed-files.store.ts';
import { insertRepository, removeRepositoryRow } from '../../src/features/repos/repos.store.ts';
import { insertUser } from '../../src/features/users/users.store.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { newRepository, newUser } from '../support/rows.ts';

let place: TestDatabase;
let whose: { userId: number; repositoryId: number };

beforeEach(async () => {
  place = await openTestDb();
  whose = await place.db.write(async (tx) => {
    const user = await insertUser(tx, { ...newUser('ada'), passwordHash: null, lastLoginAt: null });
    const row = { ...newRepository(user.id, 'engine'), pushedAt: null, deletedAt: null };
    return { userId: user.id, repositoryId: (await insertRepository(tx, row)).id };
  });
});
afterEach(() => place.close());

const markOf = (number: number) => number.toString(16).padStart(64, '0');

test('a mark is set once, found among many, and taken back', async () => {
  const { db } = place;
  await db.write(async (tx) => {
    for (const number of [1, 2, 2, 1200])
      await insertMark(tx, { ...whose, mark: markOf(number), createdAt: 5 });
  });
  expect(await countMarks(db.read, whose)).toBe(3);
  const asked = Array.from({ length: 1300 }, (_, number) => markOf(number));
  expect([...(await marksAmong(db.read, whose, asked))].sort()).toEqual([1, 2, 1200].map(markOf));
  expect(await marksAmong(db.read, { ...whose, repositoryId: whose.repositoryId + 1 }, asked)).toEqual(
    new Set(),
  );
  expect(await marksAmong(db.read, whose, [])).toEqual(new Set());
  await db.write((tx) => removeMark(tx, whose, markOf(2)));
  expect(await countMarks(db.read, whose)).toBe(2);
});

test('marks are forgotten by age, and go with their repository', async () => {
  const { db } = place;
  await db.write(async (tx) => {
    for (const at of [1, 2, 3]) await insertMark(tx, { ...whose, mark: markOf(at), createdAt: at });
  });
  await db.write((tx) => removeMarksBefore(tx, 3));
  expect(await countMarks(db.read, whose)).toBe(1);
  await db.write((tx) => removeRepositoryRow(tx, whose.repositoryId));
  expect(await countMarks(db.read, whose)).toBe(0);
});
