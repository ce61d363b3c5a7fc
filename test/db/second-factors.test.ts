// Queries on authenticator applications, recovery codes, passkeys and single-use tokens.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as oneTimes from '../../src/features/auth/one-time-tokens.store.ts';
import * as passkeys from '../../src/features/auth/passkeys.store.ts';
import * as codes from '../../src/features/auth/recovery-codes.store.ts';
import * as sessions from '../../src/features/auth/sessions.store.ts';
import * as totp from '../../src/features/auth/totp.store.ts';
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

describe('authenticator applications', () => {
  const secret = (userId: number, text: string, lastStep = 60_000_000) => ({
    userId,
    sealedSecret: Buffer.from(text),
    confirmedAt: AT,
    lastStep,
    createdAt: AT,
  });
  const save = (userId: number, text: string, lastStep?: number) =>
    place.db.write((tx) => totp.saveTotp(tx, secret(userId, text, lastStep)));

  test('are one for each account, replaced by the next', async () => {
    await save(ada.id, 'one');
    await save(bob.id, 'other');
    await save(ada.id, 'two', 60_000_009);
    const row = await totp.findTotp(place.db.read, ada.id);
    expect(Buffer.from(row?.sealedSecret ?? []).toString()).toBe('two');
    expect(row?.lastStep).toBe(60_000_009);
    expect(Buffer.from((await totp.findTotp(place.db.read, bob.id))?.sealedSecret ?? []).toString()).toBe(
      'other',
    );
  });

  test('go on from step to step, never back and never twice', async () => {
    await save(ada.id, 'one', 10);
    const advance = (step: number) => place.db.write((tx) => totp.advanceTotpStep(tx, ada.id, step));
    expect(await advance(10)).toBe(false);
    expect(await advance(12)).toBe(true);
    expect(await advance(11)).toBe(false);
    expect(await advance(12)).toBe(false);
    expect(await place.db.write((tx) => totp.advanceTotpStep(tx, bob.id, 99))).toBe(false);
  });

  test('give one step to one of many who take it at the same moment', async () => {
    await save(ada.id, 'one', 10);
    const other = await place.openAnother();
    const taken = await Promise.all(
      [place.db, other, place.db, other].map((db) => db.write((tx) => totp.advanceTotpStep(tx, ada.id, 11))),
    );
    expect(taken.filter(Boolean)).toHaveLength(1);
  });

  test('are removed once', async () => {
    await save(ada.id, 'one');
    const remove = () => place.db.write((tx) => totp.removeTotpOf(tx, ada.id));
    expect([await remove(), await remove()]).toEqual([true, false]);
    expect(await totp.findTotp(place.db.read, ada.id)).toBeUndefined();
  });
});

describe('recovery codes', () => {
  const hash = (name: string) => name.padEnd(64, '0');
  const replace = (userId: number, names: string[]) =>
    place.db.write((tx) => codes.replaceRecoveryCodes(tx, userId, names.map(hash)));
  const use = (userId: number, name: string, db = place.db) =>
    db.write((tx) => codes.markRecoveryCodeUsed(tx, userId, hash(name), AT));

  test('are used once each, by their own account', async () => {
    await replace(ada.id, ['a', 'b']);
    await replace(bob.id, ['a']);
    expect(await use(ada.id, 'a')).toBe(true);
    expect(await use(ada.id, 'a')).toBe(false);
    expect(await use(ada.id, 'A')).toBe(false);
    expect(await codes.countUnusedCodes(place.db.read, ada.id)).toBe(1);
    expect(await use(bob.id, 'a')).toBe(true);
  });

  test('are worth nothing once others were made', async () => {
    await replace(ada.id, ['a', 'b']);
    await replace(ada.id, ['c', 'd', 'e']);
    expect(await use(ada.id, 'a')).toBe(false);
    expect(await codes.countUnusedCodes(place.db.read, ada.id)).toBe(3);
    await place.db.write((tx) => codes.removeRecoveryCodesOf(tx, ada.id));
    expect(await codes.countUnusedCodes(place.db.read, ada.id)).toBe(0);
  });

  test('go to one of many who use one at the same moment', async () => {
    await replace(ada.id, ['a']);
    const other = await place.openAnother();
    const used = await Promise.all([place.db, other, place.db, other].map((db) => use(ada.id, 'a', db)));
    expect(used.filter(Boolean)).toHaveLength(1);
  });
});

describe('passkeys', () => {
  const values = (userId: number, name: string, signCount = 0) => ({
    userId,
    name,
    credentialId: `${name}_${'x'.repeat(1300)}`,
    credentialHash: name.padEnd(64, '0'),
    publicKey: Buffer.from([0, 255, 10, 13]),
    signCount,
    transports: ['usb', 'nfc'],
    isDiscoverable: true,
    isBackedUp: false,
    createdAt: AT,
    lastUsedAt: null,
  });
  const add = (userId: number, name: string, signCount?: number) =>
    place.db.write((tx) => passkeys.insertPasskey(tx, values(userId, name, signCount)));

  test('belong to one account, and come back as they were', async () => {
    const row = await add(ada.id, 'one');
    const found = await passkeys.findPasskeyByHash(place.db.read, 'one'.padEnd(64, '0'));
    expect({ ...found, publicKey: Buffer.from(found?.publicKey ?? []) }).toEqual({
      ...values(ada.id, 'one'),
      id: row.id,
    });
    expect(await add(bob.id, 'one').catch(violatedUnique)).toBe('passkeys_credential');
    expect(await passkeys.findPasskeyByHash(place.db.read, 'ONE'.padEnd(64, '0'))).toBeUndefined();
  });

  test('are listed newest first, counted, renamed and removed', async () => {
    const [one, two] = [await add(ada.id, 'one'), await add(ada.id, 'two')];
    await add(bob.id, 'three');
    const names = async () => (await passkeys.listPasskeysOf(place.db.read, ada.id)).map((row) => row.name);
    expect(await names()).toEqual(['two', 'one']);
    await place.db.write((tx) => passkeys.renamePasskeyTo(tx, one.id, 'Schlüssel'));
    expect((await passkeys.findPasskey(place.db.read, one.id))?.name).toBe('Schlüssel');
    const remove = () => place.db.write((tx) => passkeys.removePasskeyRow(tx, two.id));
    expect([await remove(), await remove()]).toEqual([true, false]);
    expect(await passkeys.countPasskeysOf(place.db.read, ada.id)).toBe(1);
    await place.db.write((tx) => passkeys.removePasskeysOf(tx, ada.id));
    expect(await names()).toEqual([]);
    expect(await passkeys.countPasskeysOf(place.db.read, bob.id)).toBe(1);
  });

  test('note a use only if none came between', async () => {
    const row = await add(ada.id, 'one', 5);
    const note = (seen: number, signCount: number) =>
      place.db.write((tx) =>
        passkeys.notePasskeyUse(tx, row.id, seen, {
          signCount,
          lastUsedAt: AT + 1,
          isBackedUp: true,
          isDiscoverable: true,
        }),
      );
    expect(await note(5, 4_294_967_295)).toBe(true);
    expect(await note(5, 7)).toBe(false);
    expect(await passkeys.findPasskey(place.db.read, row.id)).toMatchObject({
      signCount: 4_294_967_295,
      lastUsedAt: AT + 1,
      isBackedUp: true,
    });
  });

  test('that count nothing may be used at once', async () => {
    const row = await add(ada.id, 'one', 0);
    const changes = { signCount: 0, lastUsedAt: AT + 1, isBackedUp: false, isDiscoverable: true };
    const note = () => place.db.write((tx) => passkeys.notePasskeyUse(tx, row.id, 0, changes));
    expect([await note(), await note()]).toEqual([true, true]);
  });
});

describe('single-use tokens', () => {
  const add = (kind: string, hash: string, expiresAt = AT + 1000) =>
    place.db.write((tx) =>
      oneTimes.insertOneTime(tx, {
        kind,
        tokenHash: hash.padEnd(64, '0'),
        userId: ada.id,
        data: { failures: 0, account: 'ü' },
        createdAt: AT,
        expiresAt,
      }),
    );
  const find = (kind: string, hash: string) =>
    oneTimes.findOneTime(place.db.read, kind, hash.padEnd(64, '0'), AT);

  test('are found by kind and hash while they live, changed, and taken once', async () => {
    await add('sign-in', 'a');
    await add('sign-in', 'b', AT);
    expect(await find('passkey-sign-in', 'a')).toBeUndefined();
    expect(await find('sign-in', 'b')).toBeUndefined();
    const row = await find('sign-in', 'a');
    const id = row?.id ?? 0;
    await place.db.write((tx) => oneTimes.updateOneTime(tx, id, { ...row?.data, failures: 3 }));
    expect((await find('sign-in', 'a'))?.data).toEqual({ failures: 3, account: 'ü' });
    const other = await place.openAnother();
    const taken = await Promise.all(
      [place.db, other, place.db, other].map((db) => db.write((tx) => oneTimes.removeOneTime(tx, id))),
    );
    expect(taken.filter(Boolean)).toHaveLength(1);
  });

  test('of one kind end together, and the expired ones by time', async () => {
    await add('sign-in', 'a');
    await add('passkey-proof', 'b');
    await add('passkey-proof', 'c', AT - 1);
    await place.db.write((tx) => oneTimes.removeOneTimesOf(tx, ada.id, 'sign-in'));
    await place.db.write((tx) => oneTimes.removeExpiredOneTimes(tx, AT));
    expect(await find('sign-in', 'a')).toBeUndefined();
    expect(await find('passkey-proof', 'b')).toBeDefined();
  });
});

describe('a session', () => {
  test('notes a proof, with a second factor only where one was given', async () => {
    const row = await place.db.write((tx) =>
      sessions.insertSession(tx, {
        userId: ada.id,
        tokenHash: 'a'.padEnd(64, '0'),
        address: '::1',
        userAgent: '',
        createdAt: AT,
        lastUsedAt: AT,
        expiresAt: AT + 1000,
        provenAt: AT,
        hasSecondFactor: false,
      }),
    );
    await place.db.write((tx) => sessions.noteProof(tx, row.id, { provenAt: AT + 5 }));
    expect(await sessions.findSession(place.db.read, row.id)).toMatchObject({
      provenAt: AT + 5,
      hasSecondFactor: false,
    });
    await place.db.write((tx) => sessions.noteProof(tx, row.id, { provenAt: AT + 6, hasSecondFactor: true }));
    expect((await sessions.findSession(place.db.read, row.id))?.hasSecondFactor).toBe(true);
  });
});
