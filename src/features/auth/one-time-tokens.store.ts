// Queries on secrets that work once.
import { and, eq, gt, lte } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { changedRows } from '../../platform/db/drizzle-session.ts';
import { oneTimeTokens } from '../../platform/db/tables/auth.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';
import type { OneTimeRow } from './one-time-tokens.types.ts';

export async function insertOneTime(tx: Tx, row: Omit<OneTimeRow, 'id'>): Promise<void> {
  await insertReturning(tx, oneTimeTokens, row);
}

export async function findOneTime(
  db: Reader | Tx,
  kind: string,
  tokenHash: string,
  now: number,
): Promise<OneTimeRow | undefined> {
  const { kind: ofKind, tokenHash: hash, expiresAt } = oneTimeTokens;
  const [row] = await db
    .select()
    .from(oneTimeTokens)
    .where(and(eq(ofKind, kind), eq(hash, tokenHash), gt(expiresAt, now)));
  return row;
}

/** Says false when somebody else took it first. */
export async function removeOneTime(tx: Tx, id: number): Promise<boolean> {
  return changedRows(await tx.delete(oneTimeTokens).where(eq(oneTimeTokens.id, id))) > 0;
}

export async function updateOneTime(tx: Tx, id: number, data: Record<string, unknown>): Promise<void> {
  await tx.update(oneTimeTokens).set({ data }).where(eq(oneTimeTokens.id, id));
}

export async function removeOneTimesOf(tx: Tx, userId: number, kind: string): Promise<void> {
  await tx.delete(oneTimeTokens).where(and(eq(oneTimeTokens.userId, userId), eq(oneTimeTokens.kind, kind)));
}

export async function removeExpiredOneTimes(tx: Tx, now: number): Promise<void> {
  await tx.delete(oneTimeTokens).where(lte(oneTimeTokens.expiresAt, now));
}

/** The live tokens of a kind that an account was given, oldest first. */
export async function listOneTimesOf(
  db: Reader | Tx,
  userId: number,
  kind: string,
  now: number,
): Promise<OneTimeRow[]> {
  return db
    .select()
    .from(oneTimeTokens)
    .where(
      and(eq(oneTimeTokens.userId, userId), eq(oneTimeTokens.kind, kind), gt(oneTimeTokens.expiresAt, now)),
    )
    .orderBy(oneTimeTokens.id);
}
