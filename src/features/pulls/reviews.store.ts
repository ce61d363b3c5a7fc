// Queries on submitted reviews.
import { and, asc, desc, eq, inArray, lt, ne } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { pullReviews, pullRevisions, reviewRequests } from '../../platform/db/tables/pulls.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';
import type { ReviewRow } from './pulls.types.ts';

type Db = Reader | Tx;

export async function insertReview(tx: Tx, row: typeof pullReviews.$inferInsert): Promise<ReviewRow> {
  return insertReturning(tx, pullReviews, row);
}

export async function updateReview(tx: Tx, id: number, columns: Partial<ReviewRow>): Promise<void> {
  await tx.update(pullReviews).set(columns).where(eq(pullReviews.id, id));
}

export async function findReview(db: Db, issueId: number, id: number): Promise<ReviewRow | undefined> {
  const [row] = await db
    .select()
    .from(pullReviews)
    .where(and(eq(pullReviews.issueId, issueId), eq(pullReviews.id, id)));
  return row;
}

/** Those that exist of a pull request's, in order. */
export async function findReviews(db: Db, issueId: number, ids: readonly number[]): Promise<ReviewRow[]> {
  if (ids.length === 0) return [];
  return db
    .select()
    .from(pullReviews)
    .where(and(eq(pullReviews.issueId, issueId), inArray(pullReviews.id, [...ids])))
    .orderBy(asc(pullReviews.id));
}

/** In order of id. */
export async function listReviews(
  db: Db,
  issueId: number,
  page: { offset: number; limit: number },
): Promise<ReviewRow[]> {
  const rows = await db
    .select()
    .from(pullReviews)
    .where(eq(pullReviews.issueId, issueId))
    .orderBy(asc(pullReviews.id))
    .limit(page.offset + page.limit);
  return rows.slice(page.offset);
}

/** All that say more than a comment, the newest first. */
export async function listOpinions(db: Db, issueId: number): Promise<ReviewRow[]> {
  return db
    .select()
    .from(pullReviews)
    .where(and(eq(pullReviews.issueId, issueId), ne(pullReviews.state, 'commented')))
    .orderBy(desc(pullReviews.id));
}

/** The newest review of somebody; undefined when there is none. */
export async function findNewestReviewOf(
  db: Db,
  issueId: number,
  reviewerId: number,
): Promise<ReviewRow | undefined> {
  const [row] = await db
    .select()
    .from(pullReviews)
    .where(and(eq(pullReviews.issueId, issueId), eq(pullReviews.reviewerId, reviewerId)))
    .orderBy(desc(pullReviews.id))
    .limit(1);
  return row;
}

/** Marks those of earlier heads as such. */
export async function markReviewsStale(tx: Tx, issueId: number, revision: number): Promise<void> {
  await tx
    .update(pullReviews)
    .set({ isStale: true })
    .where(
      and(
        eq(pullReviews.issueId, issueId),
        lt(pullReviews.revision, revision),
        eq(pullReviews.isStale, false),
      ),
    );
}

/** The newest revision whose head was this commit. */
export async function findRevisionOf(db: Db, issueId: number, headOid: string): Promise<number | undefined> {
  const [row] = await db
    .select({ revision: pullRevisions.revision })
    .from(pullRevisions)
    .where(and(eq(pullRevisions.issueId, issueId), eq(pullRevisions.headOid, headOid)))
    .orderBy(desc(pullRevisions.revision))
    .limit(1);
  return row?.revision;
}

/** Who reviewed is asked no longer. */
export async function removeRequestOf(tx: Tx, issueId: number, userId: number): Promise<void> {
  await tx
    .delete(reviewRequests)
    .where(and(eq(reviewRequests.issueId, issueId), eq(reviewRequests.userId, userId)));
}
