// Queries on push intents: pushes accepted but not yet recorded as events.
import { eq } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { pushIntents } from '../../platform/db/tables/repos.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';

export type PushIntentRow = typeof pushIntents.$inferSelect;

export async function insertIntent(tx: Tx, row: Omit<PushIntentRow, 'id'>): Promise<number> {
  const inserted = await insertReturning(tx, pushIntents, row);
  return inserted.id;
}

export async function removeIntent(tx: Tx, id: number): Promise<void> {
  await tx.delete(pushIntents).where(eq(pushIntents.id, id));
}

/** Every intent left, oldest first. */
export async function listIntents(db: Reader | Tx): Promise<PushIntentRow[]> {
  return db.select().from(pushIntents).orderBy(pushIntents.id);
}
