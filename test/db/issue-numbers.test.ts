// Numbers of issues under concurrency: unique, dense, and counted, whoever opens them at the same time.
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  countIssue,
  findCounters,
  findIssueByNumber,
  insertIssue,
  noteChange,
  takeNumber,
} from '../../src/features/issues/issues.store.ts';
import { insertRepository } from '../../src/features/repos/repos.store.ts';
import { insertUser } from '../../src/features/users/users.store.ts';
import type { Db } from '../../src/platform/db/db.types.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { newRepository, newUser } from '../support/rows.ts';

let place: TestDatabase;
let ids: number[];
let authorId: number;

beforeEach(async () => {
  place = await openTestDb();
  ids = await place.db.write(async (tx) => {
    authorId = (await insertUser(tx, { ...newUser('ada'), passwordHash: null, lastLoginAt: null })).id;
    const made: number[] = [];
    for (const name of ['engine', 'loom']) {
      const row = { ...newRepository(authorId, name), pushedAt: null, deletedAt: null };
      made.push((await insertRepository(tx, row)).id);
    }
    return made;
  });
});
afterEach(() => place.close());

const open = (db: Db, repositoryId: number, fails = false) =>
  db.write(async (tx) => {
    const issue = await insertIssue(tx, {
      ...{ repositoryId, number: await takeNumber(tx, repositoryId), isPull: false, authorId },
      ...{ title: 'ünï', body: '', state: 'open', createdAt: 1, updatedAt: 1 },
    });
    await countIssue(tx, issue, 1);
    await noteChange(tx, issue.id, 1);
    if (fails) throw new Error('changed my mind');
    return issue.number;
  });

test('fifty at once in two repositories, by two processes: no error, no number twice, none left out', async () => {
  const other = await place.openAnother();
  const [one = 0, two = 0] = ids;
  const numbers = await Promise.all(
    Array.from({ length: 100 }, async (_, n) => ({
      repositoryId: n % 2 === 0 ? one : two,
      number: await open(n % 4 < 2 ? place.db : other, n % 2 === 0 ? one : two),
    })),
  );
  for (const id of [one, two]) {
    const taken = numbers.filter(({ repositoryId }) => repositoryId === id).map(({ number }) => number);
    expect(taken.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, n) => n + 1));
    expect(await findCounters(place.db.read, id)).toMatchObject({ lastNumber: 50, openIssues: 50 });
    expect((await findIssueByNumber(place.db.read, id, 50))?.title).toBe('ünï');
  }
});

test('an issue that was not opened in the end takes no number', async () => {
  const [id = 0] = ids;
  expect(await open(place.db, id)).toBe(1);
  await expect(open(place.db, id, true)).rejects.toThrow('changed my mind');
  expect(await open(place.db, id)).toBe(2);
  expect(await findCounters(place.db.read, id)).toMatchObject({ lastNumber: 2, openIssues: 2 });
});
