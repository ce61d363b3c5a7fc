// Queries on passkeys and security keys.
import { and, count, desc, eq } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { changedRows } from '../../platform/db/drizzle-session.ts';
import { passkeys } from '../../platform/db/tables/auth.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';
import type { PasskeyRow } from './second-factors.types.ts';

type Db = Reader | Tx;

export async function insertPasskey(tx: Tx, row: Omit<PasskeyRow, 'id'>): Promise<PasskeyRow> {
  return insertReturning(tx, passkeys, row);
}

export async function findPasskey(db: Db, id: number): Promise<PasskeyRow | undefined> {
  const [row] = await db.select().from(passkeys).where(eq(passkeys.id, id));
  return row;
}

/** By the SHA-256 of its credential id, in hex. */
export async function findPasskeyByHash(db: Db, credentialHash: string): Promise<PasskeyRow | undefined> {
  const [row] = await db.select().from(passkeys).where(eq(passkeys.credentialHash, credentialHash));
  return row;
}

/** The newest first. */
export async function listPasskeysOf(db: Db, userId: number): Promise<PasskeyRow[]> {
  return db.select().from(passkeys).where(eq(passkeys.userId, userId)).orderBy(desc(passkeys.id));
}

export async function countPasskeysOf(db: Db, userId: number): Promise<number> {
  const [row] = await db.select({ total: count() }).from(passkeys).where(eq(passkeys.userId, userId));
  return row?.total ?? 0;
}

export async function renamePasskeyTo(tx: Tx, id: number, name: string): Promise<void> {
  await tx.update(passkeys).set({ name }).where(eq(passkeys.id, id));
}

/** Notes a use unless another one came since `seenCount` was read; says which. */
export async function notePasskeyUse(
  tx: Tx,
  id: number,
  seenCount: number,
  changes: Pick<PasskeyRow, 'signCount' | 'lastUsedAt' | 'isBackedUp' | 'isDiscoverable'>,
): Promise<boolean> {
  const result = await tx
    .update(passkeys)
    .set(changes)
    .where(and(eq(passkeys.id, id), eq(passkeys.signCount, seenCount)));
  return changedRows(result) > 0;
}

/** Says false when it was gone already. */
export async function removePasskeyRow(tx: Tx, id: number): Promise<boolean> {
  return changedRows(await tx.delete(passkeys).where(eq(passkeys.id, id))) > 0;
}

export async function removePasskeysOf(tx: Tx, userId: number): Promise<void> {
  await tx.delete(passkeys).where(eq(passkeys.userId, userId));
}
