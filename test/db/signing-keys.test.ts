// Queries on signing keys.
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as keys from '../../src/features/auth/signing-keys.store.ts';
import { insertUser } from '../../src/features/users/users.store.ts';
import { violatedUnique } from '../../src/platform/db/driver-errors.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { newUser } from '../support/rows.ts';

const AT = 1_800_000_000_000;
let place: TestDatabase;
let userId = 0;

beforeEach(async () => {
  place = await openTestDb();
  const row = { ...newUser('ada'), passwordHash: null, lastLoginAt: null };
  userId = (await place.db.write((tx) => insertUser(tx, row))).id;
});
afterEach(() => place.close());

const values = (kind: 'gpg' | 'ssh', fingerprint: string, keyIds: string[], verifiedAt: number | null) => ({
  userId,
  kind,
  title: 'ünï',
  fingerprint,
  publicKey: 'x'.repeat(70_000),
  keyIds,
  emails: ['ada@example.org'],
  expiresAt: null,
  createdAt: AT,
  verifiedAt,
});
const add = (
  kind: 'gpg' | 'ssh',
  fingerprint: string,
  keyIds: string[] = [],
  verifiedAt: number | null = AT,
) => place.db.write((tx) => keys.insertSigningKey(tx, values(kind, fingerprint, keyIds, verifiedAt)));

const [ONE, TWO, THREE] = ['0123456789ABCDEF', 'FEDCBA9876543210', '00000000AAAAAAAA'] as const;

test('signing keys are found by fingerprint and by the ids of their keys, whole and of their kind', async () => {
  const gpg = await add('gpg', 'F'.repeat(40), [ONE, TWO]);
  const ssh = await add('ssh', 'SHA256:a');
  const { read } = place.db;
  for (const id of ['F'.repeat(40), ONE, TWO])
    expect((await keys.findVerifier(read, 'gpg', id))?.key).toEqual(gpg);
  expect(await keys.findVerifier(read, 'ssh', 'SHA256:a')).toEqual({
    key: ssh,
    account: { id: userId, name: 'ada', isSuspended: false, avatarHash: null },
  });
  const strangers = [
    THREE,
    ONE.toLowerCase(),
    ONE.slice(1),
    `${ONE.slice(0, 15)}_`,
    '%',
    '"',
    '',
    'SHA256:a',
  ];
  for (const id of strangers) expect(await keys.findVerifier(read, 'gpg', id), id).toBeUndefined();
  expect(await keys.findVerifier(read, 'ssh', ONE)).toBeUndefined();
});

test('unproved keys verify nothing', async () => {
  await add('gpg', 'F'.repeat(40), [ONE], null);
  for (const id of ['F'.repeat(40), ONE])
    expect(await keys.findVerifier(place.db.read, 'gpg', id)).toBeUndefined();
});

test('a key is one account’s', async () => {
  await add('ssh', 'SHA256:a');
  expect(await add('ssh', 'SHA256:a').catch(violatedUnique)).toBe('signing_keys_fingerprint');
  await add('gpg', 'SHA256:a');
});

test('signing keys are listed newest first, changed, counted and removed', async () => {
  const [one, two] = [await add('ssh', 'SHA256:a'), await add('ssh', 'SHA256:b')];
  const { read, write } = place.db;
  await write((tx) => keys.updateSigningKey(tx, one.id, { title: 'other', keyIds: [THREE] }));
  const listed = await keys.listSigningKeysOf(read, userId);
  expect(listed.map((row) => [row.id, row.title])).toEqual([
    [two.id, 'ünï'],
    [one.id, 'other'],
  ]);
  expect(await keys.countSigningKeysOf(read, userId)).toBe(2);
  await write((tx) => keys.removeSigningKeyRow(tx, one.id));
  expect(await keys.findSigningKeyRow(read, one.id)).toBeUndefined();
  expect(await keys.findByKindAndFingerprint(read, 'ssh', 'SHA256:b')).toEqual(two);
});

test('the index of ids follows each key, and keys from before it are filled in', async () => {
  const { read, write } = place.db;
  const gpg = await add('gpg', 'F'.repeat(40), [ONE, TWO, ONE]);
  await add('ssh', 'SHA256:a');
  expect(await keys.listKeysWithoutIds(read, 0, 10)).toEqual([]);
  await write((tx) => keys.updateSigningKey(tx, gpg.id, { keyIds: [THREE] }));
  expect(await keys.findByKeyIds(read, [ONE, TWO])).toEqual([]);
  expect((await keys.findByKeyIds(read, [ONE, THREE])).map(({ key }) => key.id)).toEqual([gpg.id]);
  await write((tx) => keys.setKeyIds(tx, gpg.id, []));
  expect(await keys.listKeysWithoutIds(read, 0, 10)).toEqual([{ id: gpg.id, keyIds: [THREE] }]);
  await write((tx) => keys.setKeyIds(tx, gpg.id, [THREE]));
  await write((tx) => keys.removeSigningKeyRow(tx, gpg.id));
  expect(await keys.findByKeyIds(read, [THREE])).toEqual([]);
});
