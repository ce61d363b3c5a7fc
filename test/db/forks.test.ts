// Queries on forks, networks and pools of objects, on every engine.
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as forks from '../../src/features/repos/forks.store.ts';
import { findAnyById, insertRepository, updateRepository } from '../../src/features/repos/repos.store.ts';
import { repositoriesAfter } from '../../src/features/repos/storage-check.store.ts';
import { insertUser } from '../../src/features/users/users.store.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { newRepository, newUser } from '../support/rows.ts';

const AT = 1_800_000_000_000;
let place: TestDatabase;
const owners = new Map<string, number>();

beforeEach(async () => {
  place = await openTestDb();
  for (const name of ['ada', 'ben', 'cleo']) {
    const row = { ...newUser(name), passwordHash: null, lastLoginAt: null };
    owners.set(name, (await place.db.write((tx) => insertUser(tx, row))).id);
  }
});
afterEach(() => place.close());

async function add(owner: string, more: { parentId?: number; networkId?: number; poolId?: number } = {}) {
  const row = { ...newRepository(owners.get(owner) ?? 0, 'tool'), pushedAt: null, deletedAt: null, ...more };
  return place.db.write((tx) => insertRepository(tx, row));
}

const poolOf = (key: string, createdAt = AT) =>
  place.db.write((tx) => forks.insertPool(tx, { storageKey: key, createdAt }));

test('networks and forks are listed without what was deleted', async () => {
  const { read, write } = place.db;
  const root = await add('ada');
  const ben = await add('ben', { parentId: root.id, networkId: root.id });
  const cleo = await add('cleo', { parentId: ben.id, networkId: root.id });
  expect(await forks.listNetwork(read, root.id, 10)).toEqual([root.id, ben.id, cleo.id]);
  expect(await forks.listForkIds(read, root.id, { limit: 10 })).toEqual([ben.id]);
  expect(await forks.listForkIds(read, root.id, { limit: 10, before: ben.id })).toEqual([]);
  const owned = await forks.listOwnedInNetwork(read, root.id, owners.get('ada') ?? 0);
  expect(owned.map((row) => row.repository.id)).toEqual([root.id]);
  const named = await forks.listNamedInNetwork(read, root.id, 'cleo');
  expect(named.map((row) => row.ownerName)).toEqual(['cleo']);
  await write((tx) => updateRepository(tx, ben.id, { deletedAt: AT, nameKey: `:${ben.id}` }));
  expect(await forks.listNetwork(read, root.id, 10)).toEqual([root.id, cleo.id]);
  expect(await forks.listForkIds(read, root.id, { limit: 10 })).toEqual([]);
});

test('forks are counted, and never below nothing', async () => {
  const { read, write } = place.db;
  const root = await add('ada');
  const counts: number[] = [];
  for (const by of [1, 1, -1, -1, -1] as const) {
    await write((tx) => forks.changeForkCount(tx, root.id, by));
    counts.push((await findAnyById(read, root.id))?.forkCount ?? -1);
  }
  expect(counts).toEqual([1, 2, 1, 0, 0]);
});

test('a pool goes only when no repository uses it, deleted ones included', async () => {
  const { read, write } = place.db;
  const [old, young] = [await poolOf('old'), await poolOf('young', AT + 10)];
  const root = await add('ada', { poolId: old.id });
  const fork = await add('ben', { poolId: young.id, parentId: root.id, networkId: root.id });
  expect((await forks.listPoolsAround(read, root.id, 5)).map((pool) => pool.id)).toEqual([young.id, old.id]);
  expect(await forks.listUnusedPools(read, AT + 100, 5)).toEqual([]);
  await write((tx) => updateRepository(tx, fork.id, { deletedAt: AT, nameKey: `:${fork.id}` }));
  expect(await write((tx) => forks.removeUnusedPoolRow(tx, young.id))).toBe(false);
  expect((await repositoriesAfter(read, 0, 10)).map((row) => row.poolKey)).toEqual(['old', 'young']);
  await write((tx) => updateRepository(tx, fork.id, { poolId: null }));
  expect((await forks.listUnusedPools(read, AT + 100, 5)).map((pool) => pool.id)).toEqual([young.id]);
  expect(await forks.listUnusedPools(read, AT + 10, 5)).toEqual([]);
  expect(await write((tx) => forks.removeUnusedPoolRow(tx, young.id))).toBe(true);
  expect((await forks.listPools(read, 0, 5)).map((pool) => pool.storageKey)).toEqual(['old']);
  expect(await forks.findPool(read, young.id)).toBeUndefined();
});
