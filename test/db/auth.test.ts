// Queries on sessions, access tokens, SSH keys and the setup link.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as sessions from '../../src/features/auth/sessions.store.ts';
import { findLinkHash, markDone, setLinkHash } from '../../src/features/auth/setup.store.ts';
import * as keys from '../../src/features/auth/ssh-keys.store.ts';
import * as tokens from '../../src/features/auth/tokens.store.ts';
import { insertUser } from '../../src/features/users/users.store.ts';
import type { UserRow } from '../../src/features/users/users.types.ts';
import { violatedUnique } from '../../src/platform/db/driver-errors.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { newUser } from '../support/rows.ts';

const AT = 1_800_000_000_000;
let place: TestDatabase;
let ada: UserRow;
let bob: UserRow;

beforeEach(async () => {
  place = await openTestDb();
  const add = (name: string) =>
    place.db.write((tx) => insertUser(tx, { ...newUser(name), passwordHash: null, lastLoginAt: null }));
  [ada, bob] = [await add('ada'), await add('bob')];
});
afterEach(() => place.close());

const addSession = (userId: number, name: string, lastUsedAt = AT, expiresAt = AT + 1000) =>
  place.db.write((tx) =>
    sessions.insertSession(tx, {
      userId,
      tokenHash: name.padEnd(64, '0'),
      address: '::1',
      userAgent: 'ünï'.repeat(166),
      createdAt: AT,
      lastUsedAt,
      expiresAt,
      provenAt: AT,
      hasSecondFactor: false,
    }),
  );

describe('sessions', () => {
  test('are found by their whole hash, with their person', async () => {
    const row = await addSession(ada.id, 'a');
    const found = await sessions.findByTokenHash(place.db.read, 'a'.padEnd(64, '0'));
    expect(found).toEqual({
      session: row,
      user: expect.objectContaining({ id: ada.id, name: 'ada', isAdmin: false, isSuspended: false }),
    });
    expect(await sessions.findByTokenHash(place.db.read, 'a')).toBeUndefined();
    expect(await sessions.findByTokenHash(place.db.read, 'A'.padEnd(64, '0'))).toBeUndefined();
  });

  test('are listed by last use, and slide on once for each use seen', async () => {
    const [one, two] = [await addSession(ada.id, 'a', AT), await addSession(ada.id, 'b', AT + 5)];
    await addSession(bob.id, 'c');
    const list = async () => (await sessions.listSessionsOf(place.db.read, ada.id)).map((row) => row.id);
    expect(await list()).toEqual([two.id, one.id]);
    const later = { lastUsedAt: AT + 10, expiresAt: AT + 2000 };
    await place.db.write((tx) => sessions.touchSession(tx, one.id, AT, later));
    await place.db.write((tx) => sessions.touchSession(tx, one.id, AT, { ...later, expiresAt: 1 }));
    expect(await sessions.findSession(place.db.read, one.id)).toMatchObject(later);
    expect(await list()).toEqual([one.id, two.id]);
  });

  test('end one by one, all but one, all, and by time', async () => {
    const ids: number[] = [];
    for (const name of ['a', 'b', 'c', 'd']) ids.push((await addSession(ada.id, name)).id);
    await addSession(bob.id, 'e', AT, AT - 1);
    const left = async (userId: number) => (await sessions.listSessionsOf(place.db.read, userId)).length;
    await place.db.write((tx) => sessions.removeSession(tx, ids[0] ?? 0));
    expect(await left(ada.id)).toBe(3);
    await place.db.write((tx) => sessions.removeSessionsOf(tx, ada.id, ids[1]));
    expect(await left(ada.id)).toBe(1);
    expect(await left(bob.id)).toBe(1);
    await place.db.write((tx) => sessions.removeSessionsOf(tx, ada.id, undefined));
    await place.db.write((tx) => sessions.removeExpired(tx, AT));
    expect([await left(ada.id), await left(bob.id)]).toEqual([0, 0]);
  });
});

describe('access tokens', () => {
  const values = (userId: number, name: string, hash = name) => ({
    userId,
    name,
    tokenHash: hash.padEnd(64, '0'),
    lastEight: '12345678',
    scopes: 'read:repository,write:user',
    createdAt: AT,
    expiresAt: null,
    lastUsedAt: null,
    repositoryIds: null,
  });
  const add = (userId: number, name: string, hash?: string) =>
    place.db.write((tx) => tokens.insertToken(tx, values(userId, name, hash)));

  test('have a name that is unique for their person only', async () => {
    const row = await add(ada.id, 'ci');
    await add(bob.id, 'ci', 'other');
    expect(await add(ada.id, 'ci', 'third').catch(violatedUnique)).toBe('access_tokens_user_name');
    expect(await tokens.isNameTaken(place.db.read, ada.id, 'ci')).toBe(true);
    expect(await tokens.isNameTaken(place.db.read, ada.id, 'CI')).toBe(false);
    expect(await tokens.countTokensOf(place.db.read, ada.id)).toBe(1);
    const found = await tokens.findByTokenHash(place.db.read, 'ci'.padEnd(64, '0'));
    expect(found?.token).toEqual(row);
    expect(found?.user).toMatchObject({ id: ada.id, email: ada.email, isSuspended: false });
  });

  test('are listed newest first, noted and removed', async () => {
    const [one, two] = [await add(ada.id, 'one'), await add(ada.id, 'two')];
    await place.db.write((tx) => tokens.noteTokenUse(tx, one.id, AT + 1));
    const list = await tokens.listTokensOf(place.db.read, ada.id);
    expect(list.map((row) => [row.id, row.lastUsedAt])).toEqual([
      [two.id, null],
      [one.id, AT + 1],
    ]);
    await place.db.write((tx) => tokens.removeToken(tx, one.id));
    expect(await tokens.findToken(place.db.read, one.id)).toBeUndefined();
    expect(await tokens.findToken(place.db.read, two.id)).toEqual(two);
  });
});

describe('SSH keys', () => {
  const add = (userId: number, fingerprint: string) =>
    place.db.write((tx) =>
      keys.insertKey(tx, {
        userId,
        title: 'laptop',
        keyType: 'ssh-rsa',
        publicKey: `ssh-rsa ${'A'.repeat(12_000)}`,
        fingerprint,
        createdAt: AT,
        lastUsedAt: null,
      }),
    );

  test('belong to one account, told apart to the letter', async () => {
    const row = await add(ada.id, 'SHA256:abc');
    await add(bob.id, 'SHA256:ABC');
    expect(await add(bob.id, 'SHA256:abc').catch(violatedUnique)).toBe('ssh_keys_fingerprint');
    const found = await keys.findByFingerprint(place.db.read, 'SHA256:abc');
    expect(found).toEqual({
      key: row,
      user: expect.objectContaining({ id: ada.id, name: 'ada', isAdmin: false, isSuspended: false }),
    });
    expect(await keys.findByFingerprint(place.db.read, 'SHA256:abcd')).toBeUndefined();
  });

  test('are listed, counted, noted and removed', async () => {
    const [one, two] = [await add(ada.id, 'one'), await add(ada.id, 'two')];
    await add(bob.id, 'three');
    await place.db.write((tx) => keys.noteKeyUse(tx, two.id, AT + 1));
    await place.db.write((tx) => keys.removeKey(tx, one.id));
    expect(await keys.listKeysOf(place.db.read, ada.id)).toEqual([{ ...two, lastUsedAt: AT + 1 }]);
    expect(await keys.countKeysOf(place.db.read, ada.id)).toBe(1);
    expect(await keys.findKey(place.db.read, one.id)).toBeUndefined();
  });
});

describe('the setup link', () => {
  test('is replaced by the next one and used once, also by two at the same moment', async () => {
    await place.db.write((tx) => setLinkHash(tx, 'one'));
    await place.db.write((tx) => setLinkHash(tx, 'two'));
    expect(await findLinkHash(place.db.read)).toBe('two');
    const other = await place.openAnother();
    const marks = await Promise.all(
      [place.db, other, place.db, other].map((db) => db.write((tx) => markDone(tx, AT))),
    );
    expect(marks.filter(Boolean)).toHaveLength(1);
    expect(await findLinkHash(place.db.read)).toBeUndefined();
    await place.db.write((tx) => setLinkHash(tx, 'three'));
    expect(await place.db.write((tx) => markDone(tx, AT))).toBe(true);
  });

  test('is still there when the transaction that used it is rolled back', async () => {
    await place.db.write((tx) => setLinkHash(tx, 'one'));
    await place.db
      .write(async (tx) => {
        await markDone(tx, AT);
        throw new Error('no');
      })
      .catch(() => undefined);
    expect(await findLinkHash(place.db.read)).toBe('one');
    expect(await place.db.write((tx) => markDone(tx, AT))).toBe(true);
  });
});
