// Queries on comments that suggest changes.
import { and, eq, inArray, isNull } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { issueEntries } from '../../platform/db/tables/issues.ts';
import { pullComments, pullThreads } from '../../platform/db/tables/pulls.ts';
import type { ThreadRow } from './pulls.types.ts';

export interface SuggestingComment {
  entryId: number;
  authorId: number | null;
  body: string | null;
  version: number;
  thread: ThreadRow;
}

/** Comments on the code of one pull request with their threads, in no order; hidden ones are left out. */
export async function findSuggesting(
  db: Reader | Tx,
  issueId: number,
  entryIds: readonly number[],
): Promise<SuggestingComment[]> {
  if (entryIds.length === 0) return [];
  return db
    .select({
      entryId: issueEntries.id,
      authorId: issueEntries.actorId,
      body: issueEntries.body,
      version: issueEntries.bodyVersion,
      thread: pullThreads,
    })
    .from(pullComments)
    .innerJoin(issueEntries, eq(issueEntries.id, pullComments.entryId))
    .innerJoin(pullThreads, eq(pullThreads.id, pullComments.threadId))
    .where(
      and(
        eq(pullComments.issueId, issueId),
        inArray(pullComments.entryId, [...entryIds]),
        isNull(issueEntries.hiddenReason),
      ),
    );
}
