// Codes that sign in once each in place of a second factor that was lost. Stored under a keyed hash, shown once.
import { randomInt } from 'node:crypto';
import { type Actor, doneBy } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { requireAccountAbility } from '../users/users.policy.ts';
import { findUserById } from '../users/users.service.ts';
import type { UserRow } from '../users/users.types.ts';
import { countUnusedCodes, markRecoveryCodeUsed, replaceRecoveryCodes } from './recovery-codes.store.ts';

const CODES = 12;
/** Without letters and digits that look alike: 31 characters, so that twelve of them hold 59 bits. */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';
const GROUPS = 3;
const GROUP_LENGTH = 4;
/** At this many codes or fewer their person is told to make new ones. */
export const FEW_CODES = 3;

/** Makes new codes; the earlier ones are worth nothing. Throws AppError conflict without a second factor to recover. */
export async function makeRecoveryCodes(app: App, actor: Actor, userId: number): Promise<string[]> {
  requireAccountAbility(actor, userId, 'second-factors:manage');
  const user = await findUserById(app, userId);
  if (!user?.hasSecondFactor) {
    throw new AppError('conflict', 'Set up a second factor first: recovery codes stand in for it.');
  }
  const codes = newCodes();
  await app.db.write((tx) => storeCodes(app, tx, actor, userId, codes));
  return codes;
}

/** Makes codes in the caller's transaction unless the account has some; undefined when it has. */
export async function makeFirstCodes(
  app: App,
  tx: Tx,
  actor: Actor,
  userId: number,
): Promise<string[] | undefined> {
  if ((await countUnusedCodes(tx, userId)) > 0) return undefined;
  const codes = newCodes();
  await storeCodes(app, tx, actor, userId, codes);
  return codes;
}

async function storeCodes(
  app: App,
  tx: Tx,
  actor: Actor,
  userId: number,
  codes: readonly string[],
): Promise<void> {
  const hashes = codes.map((code) => hashOf(app, userId, code));
  await replaceRecoveryCodes(tx, userId, hashes);
  await app.events.record(tx, { kind: 'recovery_codes.made', ...doneBy(actor), userId });
}

/** Uses a code up in the caller's transaction; false when it is unknown or was used before. */
export async function takeRecoveryCode(
  app: App,
  tx: Tx,
  user: UserRow,
  typed: string,
  address: string,
): Promise<boolean> {
  const { id: userId, name } = user;
  const hash = hashOf(app, userId, typed);
  if (!(await markRecoveryCodeUsed(tx, userId, hash, app.clock.now()))) return false;
  const origin = { name, via: 'session', address } as const;
  await app.events.record(tx, { kind: 'recovery_code.used', actorId: userId, origin, userId });
  return true;
}

/** How many codes still work. */
export async function unusedCodesOf(app: App, userId: number): Promise<number> {
  return countUnusedCodes(app.db.read, userId);
}

// Keyed, so that whoever reads the database alone cannot try codes against it.
function hashOf(app: App, userId: number, typed: string): string {
  const code = typed.toLowerCase().replace(/[\s-]/g, '').slice(0, 64);
  return app.secrets.authenticate('recovery-code', `${userId} ${code}`);
}

function newCodes(): string[] {
  const codes = new Set<string>();
  while (codes.size < CODES) codes.add(newCode());
  return [...codes];
}

function newCode(): string {
  const group = () =>
    Array.from({ length: GROUP_LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
  return Array.from({ length: GROUPS }, group).join('-');
}
