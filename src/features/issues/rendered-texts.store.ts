// Keeps texts as HTML beside their Markdown.
import { eq } from 'drizzle-orm';
import type { Tx } from '../../platform/db/db.types.ts';
import { issueEntries, issues } from '../../platform/db/tables/issues.ts';
import type { RenderedText } from './issues.types.ts';

/** The text of an issue, or of one of its entries. */
export type TextOf = { issueId: number } | { entryId: number };

/** Says nothing when the issue or comment is gone. The stamp tells whether it fits the text, so no version is asked for. */
export async function putRendered(tx: Tx, of: TextOf, bodyRendered: RenderedText): Promise<void> {
  if ('entryId' in of)
    await tx.update(issueEntries).set({ bodyRendered }).where(eq(issueEntries.id, of.entryId));
  else await tx.update(issues).set({ bodyRendered }).where(eq(issues.id, of.issueId));
}
