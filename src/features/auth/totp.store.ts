// Queries on authenticator applications.
import { and, eq, lt } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { changedRows } from '../../platform/db/drizzle-session.ts';
import { totpSecrets } from '../../platform/db/tables/auth.ts';
import { upsert } from '../../platform/db/write-forms.ts';
import type { TotpRow } from './second-factors.types.ts';

export async function findTotp(db: Reader | Tx, userId: number): Promise<TotpRow | undefined> {
  const [row] = await db.select().from(totpSecrets).where(eq(totpSecrets.userId, userId));
  return row;
}

/** One for each account: an earlier one is replaced. */
export async function saveTotp(tx: Tx, row: TotpRow): Promise<void> {
  const { userId: _, ...set } = row;
  await upsert(tx, totpSecrets, row, { target: totpSecrets.userId, set });
}

/** Says false when the code of this time step, or of a later one, was taken before. */
export async function advanceTotpStep(tx: Tx, userId: number, step: number): Promise<boolean> {
  const { userId: owner, lastStep } = totpSecrets;
  const result = await tx
    .update(totpSecrets)
    .set({ lastStep: step })
    .where(and(eq(owner, userId), lt(lastStep, step)));
  return changedRows(result) > 0;
}

/** Says false when there was none. */
export async function removeTotpOf(tx: Tx, userId: number): Promise<boolean> {
  return changedRows(await tx.delete(totpSecrets).where(eq(totpSecrets.userId, userId))) > 0;
}
