// Queries on branches that were deleted and can be restored.
import { and, asc, desc, eq, gt, lt } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { deletedBranches } from '../../platform/db/tables/code.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';

type Db = Reader | Tx;
export type DeletedBranchRow = typeof deletedBranches.$inferSelect;

export async function insertDeletedBranch(
  tx: Tx,
  row: Omit<DeletedBranchRow, 'id'>,
): Promise<DeletedBranchRow> {
  return insertReturning(tx, deletedBranches, row);
}

export async function findDeletedBranch(
  db: Db,
  repositoryId: number,
  id: number,
): Promise<DeletedBranchRow | undefined> {
  const [row] = await db
    .select()
    .from(deletedBranches)
    .where(and(eq(deletedBranches.repositoryId, repositoryId), eq(deletedBranches.id, id)));
  return row;
}

/** A repository's, the one deleted last first; `beforeId` goes on behind the last one of the page before. */
export async function listDeletedBranches(
  db: Db,
  repositoryId: number,
  page: { beforeId?: number; limit: number },
): Promise<DeletedBranchRow[]> {
  const behind = page.beforeId === undefined ? undefined : lt(deletedBranches.id, page.beforeId);
  return db
    .select()
    .from(deletedBranches)
    .where(and(eq(deletedBranches.repositoryId, repositoryId), behind))
    .orderBy(desc(deletedBranches.id))
    .limit(page.limit);
}

/** Of all repositories, those deleted before an instant, in the order of their ids behind `afterId`. */
export async function listDeletedBefore(
  db: Db,
  before: number,
  page: { afterId: number; limit: number },
): Promise<DeletedBranchRow[]> {
  return db
    .select()
    .from(deletedBranches)
    .where(and(lt(deletedBranches.deletedAt, before), gt(deletedBranches.id, page.afterId)))
    .orderBy(asc(deletedBranches.id))
    .limit(page.limit);
}

export async function removeDeletedBranch(tx: Tx, id: number): Promise<void> {
  await tx.delete(deletedBranches).where(eq(deletedBranches.id, id));
}
