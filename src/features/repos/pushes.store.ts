// Queries on push intents: pushes accepted but not yet recorded as events.
import { eq } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { changedRows } from '../../platform/db/drizzle-session.ts';
import { pushIntents } from '../../platform/db/tables/repos.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';

export type PushIntentRow = typeof pushIntents.$inferSelect;

export async function insertIntent(tx: Tx, row: Omit<PushIntentRow, 'id'>): Promise<number> {
  const inserted = await insertReturning(tx, pushIntents, row);
  return inserted.id;
}

/** Says false when it is gone already: its push was recorded before. */
export async function removeIntent(tx: Tx, id: number): Promise<boolean> {
  return changedRows(await tx.delete(pushIntents).where(eq(pushIntents.id, id))) > 0;
}

/** Every intent left, oldest first. */
export async function listIntents(db: Reader | Tx): Promise<PushIntentRow[]> {
  return db.select().from(pushIntents).orderBy(pushIntents.id);
}
