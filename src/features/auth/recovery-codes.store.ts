// Queries on recovery codes.
import { and, count, eq, isNull } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { changedRows } from '../../platform/db/drizzle-session.ts';
import { recoveryCodes } from '../../platform/db/tables/auth.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';

/** Puts new codes in the place of all earlier ones. */
export async function replaceRecoveryCodes(tx: Tx, userId: number, hashes: readonly string[]): Promise<void> {
  await removeRecoveryCodesOf(tx, userId);
  for (const codeHash of hashes) await insertReturning(tx, recoveryCodes, { userId, codeHash, usedAt: null });
}

export async function removeRecoveryCodesOf(tx: Tx, userId: number): Promise<void> {
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId));
}

/** Says false when there is no such code or it was used before. */
export async function markRecoveryCodeUsed(
  tx: Tx,
  userId: number,
  hash: string,
  at: number,
): Promise<boolean> {
  const { userId: owner, codeHash, usedAt } = recoveryCodes;
  const result = await tx
    .update(recoveryCodes)
    .set({ usedAt: at })
    .where(and(eq(owner, userId), eq(codeHash, hash), isNull(usedAt)));
  return changedRows(result) > 0;
}

export async function countUnusedCodes(db: Reader | Tx, userId: number): Promise<number> {
  const [row] = await db
    .select({ total: count() })
    .from(recoveryCodes)
    .where(and(eq(recoveryCodes.userId, userId), isNull(recoveryCodes.usedAt)));
  return row?.total ?? 0;
}
