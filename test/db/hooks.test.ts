// Queries on webhooks: whose they are, in which order, and what goes with its repository or account.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { insertRepository, removeRepositoryRow } from '../../src/features/repos/repos.store.ts';
import { insertUser } from '../../src/features/users/users.store.ts';
import {
  countHooks,
  findHook,
  insertHook,
  listHooks,
  removeHookRow,
  updateHook,
} from '../../src/features/webhooks/hooks.store.ts';
import type { HookRow } from '../../src/features/webhooks/hooks.types.ts';
import { removeDependentsOf } from '../../src/platform/db/dependents.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { newRepository, newUser } from '../support/rows.ts';

let place: TestDatabase;
let userId: number;
let repositoryId: number;

beforeEach(async () => {
  place = await openTestDb();
  await place.db.write(async (tx) => {
    userId = (await insertUser(tx, { ...newUser('ada'), passwordHash: null, lastLoginAt: null })).id;
    const row = { ...newRepository(userId, 'engine'), pushedAt: null, deletedAt: null };
    repositoryId = (await insertRepository(tx, row)).id;
  });
});
afterEach(() => place.close());

function insert(more: Partial<HookRow>): Promise<HookRow> {
  const row: Omit<HookRow, 'id'> = {
    ...{ scope: 'repository', repositoryId: null, ownerId: null, format: 'gitea', contentType: 'json' },
    ...{ sealed: Buffer.from([1, 0, 255]), options: { channel: '#ü' }, events: ['push'], sendsAll: false },
    ...{ branchFilter: 'main', verifiesTls: true, isActive: true, createdById: userId },
    ...{ createdAt: 1, updatedAt: 1, failingSince: null, failures: 0, retryAt: null, suspendedAt: null },
    ...{ lastState: null, lastTriedAt: null },
  };
  return place.db.write((tx) => insertHook(tx, { ...row, ...more }));
}

test('each owner has their own, oldest first', async () => {
  const first = await insert({ repositoryId });
  const second = await insert({ repositoryId });
  const own = await insert({ scope: 'user', ownerId: userId });
  const site = await insert({ scope: 'site' });
  const page = { limit: 10, offset: 0 };
  const idsOf = async (owner: Parameters<typeof listHooks>[1], how = page) =>
    (await listHooks(place.db.read, owner, how)).map(({ id }) => id);
  expect(await idsOf({ scope: 'repository', repositoryId })).toEqual([first.id, second.id]);
  expect(await idsOf({ scope: 'repository', repositoryId }, { limit: 1, offset: 1 })).toEqual([second.id]);
  expect(await idsOf({ scope: 'user', ownerId: userId })).toEqual([own.id]);
  expect(await idsOf({ scope: 'organization', ownerId: userId })).toEqual([]);
  expect(await idsOf({ scope: 'site' })).toEqual([site.id]);
  expect(await countHooks(place.db.read, { scope: 'repository', repositoryId })).toBe(2);
});

test('rows come back as they were written, and are changed and removed', async () => {
  const { id } = await insert({ repositoryId });
  const row = await findHook(place.db.read, id);
  expect(row).toMatchObject({
    options: { channel: '#ü' },
    events: ['push'],
    isActive: true,
    branchFilter: 'main',
  });
  expect(Buffer.from(row?.sealed ?? [])).toEqual(Buffer.from([1, 0, 255]));
  await place.db.write((tx) =>
    updateHook(tx, id, { events: [], sendsAll: true, retryAt: 5_000_000_000_000 }),
  );
  expect(await findHook(place.db.read, id)).toMatchObject({ sendsAll: true, retryAt: 5_000_000_000_000 });
  await place.db.write((tx) => removeHookRow(tx, id));
  expect(await findHook(place.db.read, id)).toBeUndefined();
});

test('they go with their repository and with their account', async () => {
  const ofRepository = await insert({ repositoryId });
  const own = await insert({ scope: 'user', ownerId: userId });
  const site = await insert({ scope: 'site' });
  await place.db.write((tx) => removeRepositoryRow(tx, repositoryId));
  await place.db.write((tx) => removeDependentsOf(tx, userId));
  expect(await findHook(place.db.read, ofRepository.id)).toBeUndefined();
  expect(await findHook(place.db.read, own.id)).toBeUndefined();
  expect(await findHook(place.db.read, site.id)).toBeDefined();
});
