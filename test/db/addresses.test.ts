// Queries on addresses, invitations to register, known browsers, and lists of single-use tokens.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAppError } from '../../src/base/errors.ts';
import * as devices from '../../src/features/auth/devices.store.ts';
import * as tokens from '../../src/features/auth/one-time-tokens.store.ts';
import * as invitations from '../../src/features/auth/registration-invitations.store.ts';
import * as emails from '../../src/features/users/emails.store.ts';
import { findById, insertUser, updateUser } from '../../src/features/users/users.store.ts';
import type { UserRow } from '../../src/features/users/users.types.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { newUser } from '../support/rows.ts';

const AT = 1_800_000_000_000;
let place: TestDatabase;
let ada: UserRow;
let bob: UserRow;

beforeEach(async () => {
  place = await openTestDb();
  const add = (name: string) =>
    place.db.write((tx) => insertUser(tx, { ...newUser(name), passwordHash: 'x', lastLoginAt: null }));
  [ada, bob] = [await add('ada'), await add('bob')];
});
afterEach(() => place.close());

const hold = (userId: number, email: string, verifiedAt: number | null = null) =>
  place.db.write((tx) =>
    emails.insertAddress(tx, { userId, email, emailKey: email.toLowerCase(), verifiedAt, createdAt: AT }),
  );

describe('addresses', () => {
  test('are held by one account, whatever their case', async () => {
    const row = await hold(ada.id, 'Ada@Example.org');
    expect(await emails.findAddress(place.db.read, 'ada@example.org')).toEqual(row);
    expect(await emails.findAddress(place.db.read, 'Ada@Example.org')).toBeUndefined();
    const taken = await hold(bob.id, 'ADA@example.org').catch((error: unknown) => error);
    expect(isAppError(taken, 'conflict')).toBe(true);
  });

  test('are listed, proved and removed', async () => {
    const [one, two] = [await hold(ada.id, 'one@x.org'), await hold(ada.id, 'two@x.org')];
    await hold(bob.id, 'three@x.org');
    await place.db.write((tx) => emails.markVerified(tx, ada.id, 'two@x.org', AT + 1));
    await place.db.write((tx) => emails.markVerified(tx, ada.id, 'three@x.org', AT + 1));
    expect(await emails.listAddressesOf(place.db.read, ada.id)).toEqual([
      one,
      { ...two, verifiedAt: AT + 1 },
    ]);
    expect((await emails.findAddress(place.db.read, 'three@x.org'))?.verifiedAt).toBeNull();
    await place.db.write((tx) => emails.removeAddress(tx, one.id));
    expect(await emails.listAddressesOf(place.db.read, ada.id)).toHaveLength(1);
  });

  test('tell which registrations were never proved, and let these go', async () => {
    const unproved = async () => (await emails.listUnproved(place.db.read, AT, 0, 10)).map((row) => row.name);
    await hold(ada.id, 'ada@x.org');
    expect(await unproved()).toEqual(['ada', 'bob']);
    expect(await emails.listUnproved(place.db.read, AT, ada.id, 10)).toHaveLength(1);
    expect(await emails.listUnproved(place.db.read, 1, 0, 10)).toEqual([]);
    await place.db.write((tx) => updateUser(tx, bob.id, { lastLoginAt: AT }));
    expect(await unproved()).toEqual(['ada']);
    await hold(ada.id, 'ada@y.org', AT);
    expect(await unproved()).toEqual([]);
    await place.db.write((tx) => emails.removeUnproved(tx, ada.id));
    expect(await findById(place.db.read, ada.id)).toBeUndefined();
    expect(await emails.findAddress(place.db.read, 'ada@x.org')).toBeUndefined();
  });
});

describe('invitations to register', () => {
  const put = (email: string, hash: string, expiresAt = AT + 10) =>
    place.db.write((tx) =>
      invitations.putInvitation(tx, {
        email,
        emailKey: email.toLowerCase(),
        tokenHash: hash.padEnd(64, '0'),
        invitedBy: ada.id,
        createdAt: AT,
        expiresAt,
      }),
    );
  const find = (hash: string, now = AT) =>
    invitations.findInvitationByHash(place.db.read, hash.padEnd(64, '0'), now);

  test('replace an earlier one to the same address', async () => {
    await put('X@x.org', 'a');
    await put('x@X.org', 'b');
    expect(await find('a')).toBeUndefined();
    expect(await find('b')).toMatchObject({ email: 'x@X.org' });
    expect(await invitations.listInvitations(place.db.read, AT, 0, 10)).toHaveLength(1);
  });

  test('expire, are listed in pages, used once and forgotten', async () => {
    await put('a@x.org', 'a');
    await put('b@x.org', 'b');
    await put('old@x.org', 'old', AT);
    const rows = await invitations.listInvitations(place.db.read, AT, 0, 1);
    expect(rows.map((row) => row.email)).toEqual(['a@x.org']);
    const next = await invitations.listInvitations(place.db.read, AT, rows[0]?.id ?? 0, 10);
    expect(next.map((row) => row.email)).toEqual(['b@x.org']);
    expect(await find('old')).toBeUndefined();
    const id = rows[0]?.id ?? 0;
    const used = await place.db.write((tx) => invitations.removeInvitation(tx, id));
    const again = await place.db.write((tx) => invitations.removeInvitation(tx, id));
    expect([used, again]).toEqual([true, false]);
    await place.db.write((tx) => invitations.removeExpiredInvitations(tx, AT));
    expect(await find('old', AT - 1)).toBeUndefined();
    expect(await find('b')).toBeDefined();
  });
});

describe('known browsers', () => {
  const keep = (userId: number, name: string, now: number) =>
    place.db.write((tx) => devices.keepDevice(tx, userId, name.padEnd(64, '0'), now));
  const find = (userId: number, name: string) =>
    devices.findDevice(place.db.read, userId, name.padEnd(64, '0'));

  test('are an account’s own, kept once, listed by when they were seen, and forgotten', async () => {
    await keep(ada.id, 'a', AT);
    await keep(ada.id, 'b', AT + 1);
    await keep(ada.id, 'a', AT + 2);
    await keep(bob.id, 'c', AT);
    const [a, b] = [await find(ada.id, 'a'), await find(ada.id, 'b')];
    expect(await place.db.write((tx) => devices.listDeviceIds(tx, ada.id))).toEqual([a?.id, b?.id]);
    expect(await find(bob.id, 'a')).toBeUndefined();
    await place.db.write((tx) => devices.removeUnseen(tx, AT + 1));
    expect(await find(bob.id, 'c')).toBeUndefined();
    await place.db.write((tx) => devices.removeDevice(tx, b?.id ?? 0));
    await place.db.write((tx) => devices.removeDevicesOf(tx, ada.id));
    expect(await place.db.write((tx) => devices.listDeviceIds(tx, ada.id))).toEqual([]);
  });
});

describe('single-use tokens', () => {
  const make = (kind: string, hash: string, expiresAt = AT + 10, userId: number | null = ada.id) =>
    place.db.write((tx) =>
      tokens.insertOneTime(tx, {
        kind,
        tokenHash: hash.padEnd(64, '0'),
        userId,
        data: { email: `${hash}@x.org` },
        createdAt: AT,
        expiresAt,
      }),
    );

  test('are found by kind and hash while they live, and listed by their account', async () => {
    await make('verify-email', 'a');
    await make('verify-email', 'b');
    await make('verify-email', 'dead', AT);
    await make('reset-password', 'c');
    await make('verify-email', 'd', AT + 10, bob.id);
    const rows = await tokens.listOneTimesOf(place.db.read, ada.id, 'verify-email', AT);
    expect(rows.map((row) => row.data.email)).toEqual(['a@x.org', 'b@x.org']);
    const hash = 'c'.padEnd(64, '0');
    expect(await tokens.findOneTime(place.db.read, 'verify-email', hash, AT)).toBeUndefined();
    expect(await tokens.findOneTime(place.db.read, 'reset-password', hash, AT)).toBeDefined();
    expect(await tokens.findOneTime(place.db.read, 'reset-password', hash, AT + 10)).toBeUndefined();
  });

  test('are taken by one of two who come at the same moment', async () => {
    await make('verify-email', 'a');
    const [row] = await tokens.listOneTimesOf(place.db.read, ada.id, 'verify-email', AT);
    const other = await place.openAnother();
    const taken = await Promise.all(
      [place.db, other, place.db].map((db) => db.write((tx) => tokens.removeOneTime(tx, row?.id ?? 0))),
    );
    expect(taken.filter(Boolean)).toHaveLength(1);
  });
});
