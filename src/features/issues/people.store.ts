// Queries on who takes part in issues.
import { and, eq, inArray } from 'drizzle-orm';
import type { Tx } from '../../platform/db/db.types.ts';
import { issueEntries, issuePeople } from '../../platform/db/tables/issues.ts';
import { insertIfAbsent } from '../../platform/db/write-forms.ts';
import { TEXT_KINDS } from './entries.types.ts';

/** Adds somebody to those who commented or were mentioned; nothing happens for who is there already. */
export async function addIssuePerson(tx: Tx, row: typeof issuePeople.$inferInsert): Promise<void> {
  await insertIfAbsent(tx, issuePeople, row);
}

/** Takes somebody away from those who commented, unless a comment of theirs is left. */
export async function removeCommenter(tx: Tx, issueId: number, userId: number): Promise<void> {
  const [left] = await tx
    .select({ id: issueEntries.id })
    .from(issueEntries)
    .where(
      and(
        eq(issueEntries.issueId, issueId),
        inArray(issueEntries.kind, [...TEXT_KINDS]),
        eq(issueEntries.actorId, userId),
      ),
    )
    .limit(1);
  if (left) return;
  await tx
    .delete(issuePeople)
    .where(
      and(
        eq(issuePeople.issueId, issueId),
        eq(issuePeople.userId, userId),
        eq(issuePeople.role, 'commenter'),
      ),
    );
}
