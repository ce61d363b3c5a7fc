// Queries on deleted branches: by repository, by page, by age, and gone with their repository.
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  findDeletedBranch,
  insertDeletedBranch,
  listDeletedBefore,
  listDeletedBranches,
  removeDeletedBranch,
} from '../../src/features/code/deleted-branches.store.ts';
import { insertRepository, removeRepositoryRow } from '../../src/features/repos/repos.store.ts';
import { insertUser } from '../../src/features/users/users.store.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { newRepository, newUser } from '../support/rows.ts';

let place: TestDatabase;
let repositoryId: number;

beforeEach(async () => {
  place = await openTestDb();
  repositoryId = await place.db.write(async (tx) => {
    const user = await insertUser(tx, { ...newUser('ada'), passwordHash: null, lastLoginAt: null });
    const row = { ...newRepository(user.id, 'engine'), pushedAt: null, deletedAt: null };
    return (await insertRepository(tx, row)).id;
  });
});
afterEach(() => place.close());

test('are listed the newest first, by keyset, and by age over all repositories', async () => {
  const { db } = place;
  const row = { repositoryId, commitOid: '1'.repeat(40), deletedBy: null };
  for (const at of [1, 2, 3])
    await db.write((tx) => insertDeletedBranch(tx, { ...row, name: `b${at}`, deletedAt: at }));
  const first = await listDeletedBranches(db.read, repositoryId, { limit: 2 });
  expect(first.map(({ name }) => name)).toEqual(['b3', 'b2']);
  const beforeId = first[1]?.id ?? 0;
  const second = await listDeletedBranches(db.read, repositoryId, { limit: 2, beforeId });
  expect(second.map(({ name }) => name)).toEqual(['b1']);
  const old = await listDeletedBefore(db.read, 3, { afterId: 0, limit: 9 });
  expect(old.map(({ name }) => name)).toEqual(['b1', 'b2']);
  const afterId = old[0]?.id ?? 0;
  expect(await listDeletedBefore(db.read, 3, { afterId, limit: 9 })).toHaveLength(1);
  expect(await findDeletedBranch(db.read, repositoryId + 1, beforeId)).toBeUndefined();
  await db.write((tx) => removeDeletedBranch(tx, beforeId));
  expect(await findDeletedBranch(db.read, repositoryId, beforeId)).toBeUndefined();
  await db.write((tx) => removeRepositoryRow(tx, repositoryId));
  expect(await listDeletedBefore(db.read, 9, { afterId: 0, limit: 9 })).toEqual([]);
});
