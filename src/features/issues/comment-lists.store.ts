// Lists of comments for the API: of one issue, and of a whole repository in bounded steps.
import { and, asc, eq, gt, gte, inArray, isNull, lte, or, type SQL } from 'drizzle-orm';
import type { Reader } from '../../platform/db/db.types.ts';
import { issueEntries, issues } from '../../platform/db/tables/issues.ts';
import type { EntryRow, IssueRow } from './issues.types.ts';

/** Instants between which comments were made or edited last. */
export interface CommentFilter {
  since?: number | undefined;
  before?: number | undefined;
}

export async function listCommentsOf(
  db: Reader,
  issueId: number,
  page: CommentFilter & { after: number; limit: number },
): Promise<EntryRow[]> {
  return db
    .select()
    .from(issueEntries)
    .where(
      and(
        eq(issueEntries.issueId, issueId),
        gt(issueEntries.id, page.after),
        eq(issueEntries.kind, 'comment'),
        ...between(page),
      ),
    )
    .orderBy(asc(issueEntries.id))
    .limit(page.limit);
}

function between({ since, before }: CommentFilter): (SQL | undefined)[] {
  return [
    since === undefined
      ? undefined
      : or(gte(issueEntries.createdAt, since), gte(issueEntries.bodyEditedAt, since)),
    before === undefined
      ? undefined
      : and(
          lte(issueEntries.createdAt, before),
          or(isNull(issueEntries.bodyEditedAt), lte(issueEntries.bodyEditedAt, before)),
        ),
  ];
}

/** Issues of a repository that have comments behind a number, or behind an instant and among those of it a number. */
export async function listCommentedIssues(
  db: Reader,
  repositoryId: number,
  page: { since?: number | undefined; afterNumber: number; limit: number },
): Promise<Pick<IssueRow, 'id' | 'number' | 'isPull' | 'updatedAt' | 'commentCount'>[]> {
  const { id, number, isPull, updatedAt, commentCount } = issues;
  const { since, afterNumber, limit } = page;
  return db
    .select({ id, number, isPull, updatedAt, commentCount })
    .from(issues)
    .where(
      and(
        eq(issues.repositoryId, repositoryId),
        gt(issues.commentCount, 0),
        ...(since === undefined
          ? [gt(number, afterNumber)]
          : [gte(updatedAt, since), or(gt(updatedAt, since), gt(number, afterNumber))]),
      ),
    )
    .orderBy(...(since === undefined ? [asc(number)] : [asc(updatedAt), asc(number)]))
    .limit(limit);
}

/** Comments of some issues, by issue. */
export async function listCommentsAmong(
  db: Reader,
  issueIds: readonly number[],
  page: CommentFilter & { limit: number },
): Promise<EntryRow[]> {
  if (issueIds.length === 0) return [];
  return db
    .select()
    .from(issueEntries)
    .where(
      and(inArray(issueEntries.issueId, [...issueIds]), eq(issueEntries.kind, 'comment'), ...between(page)),
    )
    .orderBy(asc(issueEntries.issueId), asc(issueEntries.id))
    .limit(page.limit);
}
