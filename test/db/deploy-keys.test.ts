// Queries on deploy keys, and the promise that one key stands for one thing.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { requireFreeKey } from '../../src/features/auth/key-ownership.service.ts';
import { insertKey } from '../../src/features/auth/ssh-keys.store.ts';
import * as keys from '../../src/features/repos/deploy-keys.store.ts';
import { insertRepository, updateRepository } from '../../src/features/repos/repos.store.ts';
import { insertUser, updateUser } from '../../src/features/users/users.store.ts';
import { violatedUnique } from '../../src/platform/db/driver-errors.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { newRepository, newUser } from '../support/rows.ts';

const AT = 1_800_000_000_000;
let place: TestDatabase;
let userId = 0;
let repositoryId = 0;

beforeEach(async () => {
  place = await openTestDb();
  const row = { ...newUser('ada'), passwordHash: null, lastLoginAt: null };
  userId = (await place.db.write((tx) => insertUser(tx, row))).id;
  const repository = { ...newRepository(userId, 'engine'), pushedAt: null, deletedAt: null };
  repositoryId = (await place.db.write((tx) => insertRepository(tx, repository))).id;
});
afterEach(() => place.close());

const values = (fingerprint: string) => ({
  title: 'ünï',
  keyType: 'ssh-ed25519',
  publicKey: 'ssh-ed25519 AAAA',
  fingerprint,
  createdAt: AT,
  lastUsedAt: null,
});
const add = (fingerprint: string) =>
  place.db.write((tx) => keys.insertDeployKey(tx, { ...values(fingerprint), repositoryId, canWrite: true }));

test('deploy keys are found by fingerprint, listed newest first, noted, counted and removed', async () => {
  const [one, two] = [await add('SHA256:a'), await add('SHA256:b')];
  const { read, write } = place.db;
  expect(await keys.findUsableKey(read, 'SHA256:a')).toEqual({ key: one, ownerName: 'ada', name: 'engine' });
  expect(await keys.findUsableKey(read, 'SHA256:A')).toBeUndefined();
  await write((tx) => keys.noteDeployKeyUseAt(tx, one.id, AT + 1));
  const listed = await keys.listDeployKeysOf(read, repositoryId);
  expect(listed.map((row) => [row.id, row.lastUsedAt])).toEqual([
    [two.id, null],
    [one.id, AT + 1],
  ]);
  expect(await keys.countDeployKeysOf(read, repositoryId)).toBe(2);
  await write((tx) => keys.removeDeployKeyRow(tx, one.id));
  expect(await keys.findDeployKey(read, one.id)).toBeUndefined();
  await write((tx) => keys.removeDeployKeysOf(tx, repositoryId));
  expect(await keys.countDeployKeysOf(read, repositoryId)).toBe(0);
});

test('a key is one repository’s', async () => {
  await add('SHA256:a');
  expect(await add('SHA256:a').catch(violatedUnique)).toBe('deploy_keys_fingerprint');
});

test('keys of deleted repositories and of suspended owners are not usable', async () => {
  await add('SHA256:a');
  const { read, write } = place.db;
  await write((tx) => updateUser(tx, userId, { isSuspended: true }));
  expect(await keys.findUsableKey(read, 'SHA256:a')).toBeUndefined();
  await write((tx) => updateUser(tx, userId, { isSuspended: false }));
  expect(await keys.findUsableKey(read, 'SHA256:a')).toBeDefined();
  await write((tx) => updateRepository(tx, repositoryId, { deletedAt: AT }));
  expect(await keys.findUsableKey(read, 'SHA256:a')).toBeUndefined();
});

test('a key wanted by an account and by a repository at once goes to one of them', async () => {
  const other = await place.openAnother();
  for (let round = 0; round < 10; round++) {
    const row = values(`SHA256:${round}`);
    const asDeployKey = place.db.write(async (tx) => {
      await requireFreeKey(tx, row.fingerprint);
      await keys.insertDeployKey(tx, { ...row, repositoryId, canWrite: false });
    });
    const asAccountKey = other.write(async (tx) => {
      await requireFreeKey(tx, row.fingerprint, userId);
      await insertKey(tx, { ...row, userId });
    });
    const ends = await Promise.allSettled([asDeployKey, asAccountKey]);
    expect(ends.map((end) => end.status).sort()).toEqual(['fulfilled', 'rejected']);
  }
});
