// Queries on issues that are parts of others.
import { and, asc, count, eq, inArray, max } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { issues } from '../../platform/db/tables/issues.ts';
import type { IssueRow } from './issues.types.ts';

type Db = Reader | Tx;

/** The parts of an issue in their order. */
export async function listParts(db: Db, parentId: number): Promise<IssueRow[]> {
  return db
    .select()
    .from(issues)
    .where(eq(issues.parentId, parentId))
    .orderBy(asc(issues.parentPlace), asc(issues.id));
}

/** The ids of the parts of some issues. */
export async function findPartIds(db: Db, parentIds: readonly number[]): Promise<number[]> {
  if (parentIds.length === 0) return [];
  const rows = await db
    .select({ id: issues.id })
    .from(issues)
    .where(inArray(issues.parentId, [...parentIds]));
  return rows.map(({ id }) => id);
}

/** How many parts an issue has, and the place behind the last one. */
export async function countParts(db: Db, parentId: number): Promise<{ total: number; nextPlace: number }> {
  const [row] = await db
    .select({ total: count(), last: max(issues.parentPlace) })
    .from(issues)
    .where(eq(issues.parentId, parentId));
  return { total: row?.total ?? 0, nextPlace: (row?.last ?? -1) + 1 };
}

/** The issue that one is a part of, by its id; null where it is none. */
export async function findParentId(db: Db, id: number): Promise<number | null> {
  const [row] = await db.select({ parentId: issues.parentId }).from(issues).where(eq(issues.id, id));
  return row?.parentId ?? null;
}

export async function setPlace(tx: Tx, parentId: number, id: number, place: number): Promise<void> {
  await tx
    .update(issues)
    .set({ parentPlace: place })
    .where(and(eq(issues.id, id), eq(issues.parentId, parentId)));
}
