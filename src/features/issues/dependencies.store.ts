// Queries on which issues wait for which.
import { and, asc, count, eq, inArray } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { changedRows } from '../../platform/db/drizzle-session.ts';
import { issueDependencies, issues } from '../../platform/db/tables/issues.ts';
import { insertIfAbsent } from '../../platform/db/write-forms.ts';
import type { IssueRow } from './issues.types.ts';

type Db = Reader | Tx;

/** Says whether it is new. */
export async function insertDependency(
  tx: Tx,
  row: { blockedId: number; blockerId: number; createdAt: number },
): Promise<boolean> {
  return insertIfAbsent(tx, issueDependencies, row);
}

/** Says whether there was one. */
export async function removeDependency(tx: Tx, blockedId: number, blockerId: number): Promise<boolean> {
  const removed = await tx
    .delete(issueDependencies)
    .where(and(eq(issueDependencies.blockedId, blockedId), eq(issueDependencies.blockerId, blockerId)));
  return changedRows(removed) > 0;
}

/** What an issue waits for, in the order it was said. */
export async function listBlockers(db: Db, blockedId: number): Promise<IssueRow[]> {
  const rows = await db
    .select({ issue: issues })
    .from(issueDependencies)
    .innerJoin(issues, eq(issues.id, issueDependencies.blockerId))
    .where(eq(issueDependencies.blockedId, blockedId))
    .orderBy(asc(issueDependencies.createdAt), asc(issues.id));
  return rows.map(({ issue }) => issue);
}

/** What waits for an issue, in the order it was said. */
export async function listBlocked(db: Db, blockerId: number): Promise<IssueRow[]> {
  const rows = await db
    .select({ issue: issues })
    .from(issueDependencies)
    .innerJoin(issues, eq(issues.id, issueDependencies.blockedId))
    .where(eq(issueDependencies.blockerId, blockerId))
    .orderBy(asc(issueDependencies.createdAt), asc(issues.id));
  return rows.map(({ issue }) => issue);
}

/** The ids of what some issues wait for directly. */
export async function findBlockerIds(db: Db, blockedIds: readonly number[]): Promise<number[]> {
  if (blockedIds.length === 0) return [];
  const rows = await db
    .select({ id: issueDependencies.blockerId })
    .from(issueDependencies)
    .where(inArray(issueDependencies.blockedId, [...blockedIds]));
  return rows.map(({ id }) => id);
}

export async function countBlockers(db: Db, blockedId: number): Promise<number> {
  const [row] = await db
    .select({ total: count() })
    .from(issueDependencies)
    .where(eq(issueDependencies.blockedId, blockedId));
  return row?.total ?? 0;
}

export async function countBlocked(db: Db, blockerId: number): Promise<number> {
  const [row] = await db
    .select({ total: count() })
    .from(issueDependencies)
    .where(eq(issueDependencies.blockerId, blockerId));
  return row?.total ?? 0;
}
