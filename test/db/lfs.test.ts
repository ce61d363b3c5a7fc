// Queries on large files and their locks: rows are a repository's own, and go with it.
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  findLock,
  findLockByPath,
  insertLock,
  listLocks,
  removeLock,
} from '../../src/features/lfs/lfs-locks.store.ts';
import {
  findObjects,
  insertObject,
  listObjects,
  listObjectsUntil,
  oidsInUse,
} from '../../src/features/lfs/lfs-objects.store.ts';
import { insertRepository, removeRepositoryRow } from '../../src/features/repos/repos.store.ts';
import { insertUser } from '../../src/features/users/users.store.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { newRepository, newUser } from '../support/rows.ts';

let place: TestDatabase;
let userId: number;
let one: number;
let other: number;

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);

beforeEach(async () => {
  place = await openTestDb();
  await place.db.write(async (tx) => {
    userId = (await insertUser(tx, { ...newUser('ada'), passwordHash: null, lastLoginAt: null })).id;
    const repository = (name: string) =>
      insertRepository(tx, { ...newRepository(userId, name), pushedAt: null, deletedAt: null });
    one = (await repository('one')).id;
    other = (await repository('other')).id;
  });
});
afterEach(() => place.close());

const object = (repositoryId: number, oid: string, createdAt = 1, sizeBytes = 5_000_000_000) => ({
  repositoryId,
  oid,
  sizeBytes,
  createdAt,
});

test('an object is found where its row is, and in no other repository', async () => {
  const { db } = place;
  expect(await db.write((tx) => insertObject(tx, object(one, A)))).toBe(true);
  expect(await db.write((tx) => insertObject(tx, object(one, A, 9)))).toBe(false);
  expect(await findObjects(db.read, one, [A, B])).toEqual([object(one, A)]);
  expect(await findObjects(db.read, other, [A, B])).toEqual([]);
  expect(await findObjects(db.read, one, [])).toEqual([]);
});

test('objects are listed by their ids, from or until an instant', async () => {
  const { db } = place;
  await db.write(async (tx) => {
    await insertObject(tx, object(one, B, 2));
    await insertObject(tx, object(one, A, 1));
    await insertObject(tx, object(other, A, 1));
  });
  const page = { after: '', limit: 10 };
  expect((await listObjects(db.read, one, { ...page, since: 0 })).map((row) => row.oid)).toEqual([A, B]);
  expect((await listObjects(db.read, one, { ...page, since: 2 })).map((row) => row.oid)).toEqual([B]);
  expect((await listObjects(db.read, one, { ...page, since: 0, after: A })).map((row) => row.oid)).toEqual([
    B,
  ]);
  expect((await listObjectsUntil(db.read, one, { ...page, until: 1 })).map((row) => row.oid)).toEqual([A]);
});

test('content is in use as long as one repository has it', async () => {
  const { db } = place;
  await db.write(async (tx) => {
    await insertObject(tx, object(one, A));
    await insertObject(tx, object(other, A));
  });
  await db.write((tx) => removeRepositoryRow(tx, one));
  expect(await oidsInUse(db.read, [A, B])).toEqual(new Set([A]));
  await db.write((tx) => removeRepositoryRow(tx, other));
  expect(await oidsInUse(db.read, [A, B])).toEqual(new Set());
});

test('a path is locked once, by whom is known, and locks are listed oldest first', async () => {
  const { db } = place;
  const lock = (path: string, hash: string) => ({
    repositoryId: one,
    path,
    pathHash: hash,
    userId,
    createdAt: 7,
  });
  expect(await db.write((tx) => insertLock(tx, lock('art/ü.psd', A)))).toBe(true);
  expect(await db.write((tx) => insertLock(tx, lock('art/ü.psd', A)))).toBe(false);
  expect(await db.write((tx) => insertLock(tx, lock('two', B)))).toBe(true);
  const found = await findLockByPath(db.read, one, A);
  expect(found).toMatchObject({ path: 'art/ü.psd', ownerName: 'ada', createdAt: 7 });
  expect(await findLockByPath(db.read, other, A)).toBeUndefined();
  expect(await findLock(db.read, other, found?.id ?? 0)).toBeUndefined();
  expect((await listLocks(db.read, one, 0, 10)).map((row) => row.path)).toEqual(['art/ü.psd', 'two']);
  expect((await listLocks(db.read, one, found?.id ?? 0, 10)).map((row) => row.path)).toEqual(['two']);
  expect(await db.write((tx) => removeLock(tx, found?.id ?? 0))).toBe(true);
  expect(await db.write((tx) => removeLock(tx, found?.id ?? 0))).toBe(false);
});
