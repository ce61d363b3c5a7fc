// Queries on what texts said before, and on what goes with a text.
import { and, desc, eq, isNull, lte } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { issueEdits, reactions } from '../../platform/db/tables/issues.ts';

export type EditRow = typeof issueEdits.$inferSelect;

export async function insertEdit(tx: Tx, row: typeof issueEdits.$inferInsert): Promise<void> {
  await tx.insert(issueEdits).values(row);
}

/** Edits of one text (the issue's own without an entry) up to an id, the newest first. */
export async function listEdits(
  db: Reader | Tx,
  issueId: number,
  entryId: number | undefined,
  page: { until: number; limit: number },
): Promise<EditRow[]> {
  const ofText = entryId === undefined ? isNull(issueEdits.entryId) : eq(issueEdits.entryId, entryId);
  return db
    .select()
    .from(issueEdits)
    .where(and(eq(issueEdits.issueId, issueId), ofText, lte(issueEdits.id, page.until)))
    .orderBy(desc(issueEdits.id))
    .limit(page.limit);
}

/** Takes the reactions to a comment away with it. */
export async function removeReactions(tx: Tx, issueId: number, entryId: number): Promise<void> {
  await tx.delete(reactions).where(and(eq(reactions.issueId, issueId), eq(reactions.entryId, entryId)));
}
