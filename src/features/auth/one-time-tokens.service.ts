// Secrets that work once and for a short time: links in mails, half-finished sign-ins, challenges. Stored hashed.
import { randomToken, sha256Hex } from '../../base/crypto.ts';
import type { App } from '../../platform/app.types.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import {
  findOneTime,
  insertOneTime,
  listOneTimesOf,
  removeExpiredOneTimes,
  removeOneTime,
  removeOneTimesOf,
  updateOneTime,
} from './one-time-tokens.store.ts';
import type { NewOneTime, OneTimeKind, OneTimeRow } from './one-time-tokens.types.ts';

/** Makes a token in the caller's transaction; the secret is known this once only. */
export async function makeOneTime(app: App, tx: Tx, wanted: NewOneTime): Promise<string> {
  const token = randomToken();
  const now = app.clock.now();
  await insertOneTime(tx, {
    kind: wanted.kind,
    tokenHash: sha256Hex(token),
    userId: wanted.userId ?? null,
    data: wanted.data ?? {},
    createdAt: now,
    expiresAt: now + wanted.lifetime,
  });
  return token;
}

/** What a live token stands for, without using it up: for the page that asks before it acts. */
export async function findOneTimeToken(
  app: App,
  kind: OneTimeKind,
  token: string,
  db: Reader | Tx = app.db.read,
): Promise<OneTimeRow | undefined> {
  return findOneTime(db, kind, sha256Hex(token), app.clock.now());
}

/** Changes what a live token stands for. */
export async function noteOneTime(tx: Tx, id: number, data: Record<string, unknown>): Promise<void> {
  await updateOneTime(tx, id, data);
}

/** Makes a token worthless. */
export async function dropOneTime(tx: Tx, id: number): Promise<void> {
  await removeOneTime(tx, id);
}

/** Uses a token up in the caller's transaction; undefined when it is unknown, expired, or was used before. */
export async function takeOneTime(
  app: App,
  tx: Tx,
  kind: OneTimeKind,
  token: string,
): Promise<OneTimeRow | undefined> {
  const row = await findOneTime(tx, kind, sha256Hex(token), app.clock.now());
  return row && (await removeOneTime(tx, row.id)) ? row : undefined;
}

/** The live tokens of a kind that an account was given, oldest first; `db` may be a running transaction. */
export async function oneTimesOf(
  app: App,
  userId: number,
  kind: OneTimeKind,
  db: Reader | Tx = app.db.read,
): Promise<OneTimeRow[]> {
  return listOneTimesOf(db, userId, kind, app.clock.now());
}

/** Makes every token of a kind that an account was given worthless. */
export async function dropOneTimes(tx: Tx, userId: number, kind: OneTimeKind): Promise<void> {
  await removeOneTimesOf(tx, userId, kind);
}

/** Forgets tokens that have expired. */
export async function purgeOneTimes(app: App): Promise<void> {
  await app.db.write((tx) => removeExpiredOneTimes(tx, app.clock.now()));
}
