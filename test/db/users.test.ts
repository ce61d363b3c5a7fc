// Queries on accounts: uniqueness, lookups, lists.
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  countPeople,
  findByEmailKey,
  findById,
  findByNameKey,
  insertUser,
  listPeople,
  updateUser,
} from '../../src/features/users/users.store.ts';
import { violatedUnique } from '../../src/platform/db/driver-errors.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { newUser } from '../support/rows.ts';

let place: TestDatabase;
beforeEach(async () => {
  place = await openTestDb();
});
afterEach(() => place.close());

const row = (name: string) => ({ ...newUser(name), passwordHash: null, lastLoginAt: null });
const add = (name: string) => place.db.write((tx) => insertUser(tx, row(name)));

test('an account is found by name, address and id, and by nothing else', async () => {
  const ada = await add('Ada');
  const { read } = place.db;
  expect(await findByNameKey(read, 'ada')).toEqual(ada);
  expect(await findByEmailKey(read, 'ada@example.org')).toEqual(ada);
  expect(await findById(read, ada.id)).toEqual(ada);
  for (const key of ['Ada', 'ad', 'ad%', 'ad_', 'adä'])
    expect(await findByNameKey(read, key)).toBeUndefined();
  expect(await findById(read, ada.id + 1)).toBeUndefined();
});

test('names and addresses are unique whatever their case, and the violated rule is told', async () => {
  await add('Ada');
  const name = await add('ADA').catch(violatedUnique);
  expect(['users_name_key', 'users_email_key']).toContain(name);
  const taken = { ...row('bob'), email: 'Ada@Example.org', emailKey: 'ada@example.org' };
  expect(await place.db.write((tx) => insertUser(tx, taken)).catch(violatedUnique)).toBe('users_email_key');
  expect(await countPeople(place.db.read)).toBe(1);
});

test('of many at once that want one name, one gets it', async () => {
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => add('ada')));
  expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
  expect(await countPeople(place.db.read)).toBe(1);
});

test('people are listed in pages, organizations are not people', async () => {
  const ids: number[] = [];
  for (const name of ['ada', 'bob', 'cyd']) ids.push((await add(name)).id);
  await place.db.write((tx) => insertUser(tx, { ...row('org'), kind: 'organization' }));
  expect(await countPeople(place.db.read)).toBe(3);
  const first = await listPeople(place.db.read, 0, 2);
  expect(first.map((user) => user.id)).toEqual(ids.slice(0, 2));
  const rest = await listPeople(place.db.read, first[1]?.id ?? 0, Number.MAX_SAFE_INTEGER);
  expect(rest.map((user) => user.name)).toEqual(['cyd']);
});

test('a change touches one account', async () => {
  const [ada, bob] = [await add('ada'), await add('bob')];
  await place.db.write((tx) => updateUser(tx, ada.id, { displayName: 'Ada 🦊', isSuspended: true }));
  expect(await findById(place.db.read, ada.id)).toMatchObject({ displayName: 'Ada 🦊', isSuspended: true });
  expect(await findById(place.db.read, bob.id)).toEqual(bob);
});
