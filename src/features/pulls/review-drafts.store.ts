// Queries on comments of reviews that were not submitted yet.
import { and, asc, count, eq } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { reviewDrafts } from '../../platform/db/tables/pulls.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';
import type { ReviewDraftRow } from './pulls.types.ts';

type Db = Reader | Tx;

/** Whose pending review it is. */
export type DraftsOf = Pick<ReviewDraftRow, 'issueId' | 'userId'>;

export async function insertDraft(tx: Tx, row: typeof reviewDrafts.$inferInsert): Promise<ReviewDraftRow> {
  return insertReturning(tx, reviewDrafts, row);
}

export async function updateDraft(tx: Tx, id: number, columns: Partial<ReviewDraftRow>): Promise<void> {
  await tx.update(reviewDrafts).set(columns).where(eq(reviewDrafts.id, id));
}

export async function findDraft(db: Db, of: DraftsOf, id: number): Promise<ReviewDraftRow | undefined> {
  const [row] = await db
    .select()
    .from(reviewDrafts)
    .where(and(isOf(of), eq(reviewDrafts.id, id)));
  return row;
}

export async function listDrafts(db: Db, of: DraftsOf): Promise<ReviewDraftRow[]> {
  return db.select().from(reviewDrafts).where(isOf(of)).orderBy(asc(reviewDrafts.id));
}

export async function countDrafts(db: Db, of: DraftsOf): Promise<number> {
  const [row] = await db.select({ total: count() }).from(reviewDrafts).where(isOf(of));
  return row?.total ?? 0;
}

export async function removeDraft(tx: Tx, id: number): Promise<void> {
  await tx.delete(reviewDrafts).where(eq(reviewDrafts.id, id));
}

export async function removeDrafts(tx: Tx, of: DraftsOf): Promise<void> {
  await tx.delete(reviewDrafts).where(isOf(of));
}

function isOf({ issueId, userId }: DraftsOf) {
  return and(eq(reviewDrafts.issueId, issueId), eq(reviewDrafts.userId, userId));
}
