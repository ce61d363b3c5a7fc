// Queries on threads and the comments in them.
import { and, asc, count, countDistinct, eq, gt, inArray, isNull, notExists } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { issueEntries } from '../../platform/db/tables/issues.ts';
import { pullComments, pullThreads } from '../../platform/db/tables/pulls.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';
import type { PullCommentRow, ThreadRow } from './pulls.types.ts';
import type { ThreadComment } from './threads.types.ts';

type Db = Reader | Tx;

export async function insertThread(tx: Tx, row: typeof pullThreads.$inferInsert): Promise<number> {
  return (await insertReturning(tx, pullThreads, row)).id;
}

export async function updateThread(tx: Tx, id: number, columns: Partial<ThreadRow>): Promise<void> {
  await tx.update(pullThreads).set(columns).where(eq(pullThreads.id, id));
}

export async function findThread(db: Db, issueId: number, id: number): Promise<ThreadRow | undefined> {
  const [row] = await db
    .select()
    .from(pullThreads)
    .where(and(eq(pullThreads.issueId, issueId), eq(pullThreads.id, id)));
  return row;
}

/** In order of id; `limit` at most. */
export async function listThreads(db: Db, issueId: number, limit: number): Promise<ThreadRow[]> {
  return db
    .select()
    .from(pullThreads)
    .where(eq(pullThreads.issueId, issueId))
    .orderBy(asc(pullThreads.id))
    .limit(limit);
}

export async function findThreads(db: Db, issueId: number, ids: readonly number[]): Promise<ThreadRow[]> {
  if (ids.length === 0) return [];
  return db
    .select()
    .from(pullThreads)
    .where(and(eq(pullThreads.issueId, issueId), inArray(pullThreads.id, [...ids])))
    .orderBy(asc(pullThreads.id));
}

export async function countThreads(db: Db, issueId: number): Promise<number> {
  const [row] = await db.select({ total: count() }).from(pullThreads).where(eq(pullThreads.issueId, issueId));
  return row?.total ?? 0;
}

/** Comments on code of each of some pull requests that have any. */
export async function countPullComments(db: Db, issueIds: readonly number[]): Promise<Map<number, number>> {
  if (issueIds.length === 0) return new Map();
  const rows = await db
    .select({ issueId: pullComments.issueId, total: count() })
    .from(pullComments)
    .where(inArray(pullComments.issueId, [...issueIds]))
    .groupBy(pullComments.issueId);
  return new Map(rows.map(({ issueId, total }) => [issueId, total]));
}

/** Threads that nobody resolved. */
export async function countUnresolved(db: Db, issueId: number): Promise<number> {
  const [row] = await db
    .select({ total: countDistinct(pullThreads.id) })
    .from(pullThreads)
    .innerJoin(pullComments, eq(pullComments.threadId, pullThreads.id))
    .where(and(eq(pullThreads.issueId, issueId), isNull(pullThreads.resolvedAt)));
  return row?.total ?? 0;
}

export async function insertPullComment(tx: Tx, row: PullCommentRow): Promise<void> {
  await tx.insert(pullComments).values(row);
}

export async function findPullComment(
  db: Db,
  issueId: number,
  entryId: number,
): Promise<PullCommentRow | undefined> {
  const [row] = await db
    .select()
    .from(pullComments)
    .where(and(eq(pullComments.issueId, issueId), eq(pullComments.entryId, entryId)));
  return row;
}

export async function findIssueOfPullComment(db: Db, entryId: number): Promise<number | undefined> {
  const [row] = await db
    .select({ issueId: pullComments.issueId })
    .from(pullComments)
    .where(eq(pullComments.entryId, entryId));
  return row?.issueId;
}

/** The comments of some threads, the oldest first. */
export async function commentsOfThreads(db: Db, threadIds: readonly number[]): Promise<ThreadComment[]> {
  return listComments(db, inArray(pullComments.threadId, [...threadIds]), threadIds.length);
}

/** The comments of some reviews, the oldest first. */
export async function commentsOfReviews(db: Db, reviewIds: readonly number[]): Promise<ThreadComment[]> {
  return listComments(db, inArray(pullComments.reviewId, [...reviewIds]), reviewIds.length);
}

async function listComments(db: Db, which: ReturnType<typeof eq>, length: number): Promise<ThreadComment[]> {
  if (length === 0) return [];
  return db
    .select({ threadId: pullComments.threadId, reviewId: pullComments.reviewId, entry: issueEntries })
    .from(pullComments)
    .innerJoin(issueEntries, eq(issueEntries.id, pullComments.entryId))
    .where(which)
    .orderBy(asc(pullComments.entryId));
}

/** A page of a pull request's comments on code, the oldest first. */
export async function listPullComments(
  db: Db,
  issueId: number,
  page: { after: number; limit: number },
): Promise<ThreadComment[]> {
  return db
    .select({ threadId: pullComments.threadId, reviewId: pullComments.reviewId, entry: issueEntries })
    .from(pullComments)
    .innerJoin(issueEntries, eq(issueEntries.id, pullComments.entryId))
    .where(and(eq(pullComments.issueId, issueId), gt(pullComments.entryId, page.after)))
    .orderBy(asc(pullComments.entryId))
    .limit(page.limit);
}

/** Removes the threads that have no comment any more. */
export async function removeEmptyThreads(tx: Tx, issueId: number): Promise<void> {
  const comments = tx
    .select({ id: pullComments.entryId })
    .from(pullComments)
    .where(eq(pullComments.threadId, pullThreads.id));
  await tx.delete(pullThreads).where(and(eq(pullThreads.issueId, issueId), notExists(comments)));
}
