// Queries on what texts said before, and on what goes with a text.
import { and, desc, eq, isNull } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { issueEdits, reactions } from '../../platform/db/tables/issues.ts';

export type EditRow = typeof issueEdits.$inferSelect;

export async function insertEdit(tx: Tx, row: typeof issueEdits.$inferInsert): Promise<void> {
  await tx.insert(issueEdits).values(row);
}

/** The edits of one text, the oldest first; of the issue's own text without an entry. The newest of very many. */
export async function listEdits(
  db: Reader | Tx,
  issueId: number,
  entryId: number | undefined,
  limit: number,
): Promise<EditRow[]> {
  const ofText = entryId === undefined ? isNull(issueEdits.entryId) : eq(issueEdits.entryId, entryId);
  const rows = await db
    .select()
    .from(issueEdits)
    .where(and(eq(issueEdits.issueId, issueId), ofText))
    .orderBy(desc(issueEdits.id))
    .limit(limit);
  return rows.reverse();
}

/** Takes the reactions to a comment away with it. */
export async function removeReactions(tx: Tx, issueId: number, entryId: number): Promise<void> {
  await tx.delete(reactions).where(and(eq(reactions.issueId, issueId), eq(reactions.entryId, entryId)));
}
