// Queries on saved views.
import { and, asc, count, eq, isNull, or } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { savedViews } from '../../platform/db/tables/issues.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';

type Db = Reader | Tx;
export type ViewRow = typeof savedViews.$inferSelect;

/** Somebody's views of one repository and those of all repositories, or these alone, in the order they were saved. */
export async function listViews(
  db: Db,
  userId: number,
  repositoryId: number | undefined,
): Promise<ViewRow[]> {
  const places = [isNull(savedViews.repositoryId)];
  if (repositoryId !== undefined) places.push(eq(savedViews.repositoryId, repositoryId));
  return db
    .select()
    .from(savedViews)
    .where(and(eq(savedViews.userId, userId), or(...places)))
    .orderBy(asc(savedViews.id));
}

/** Everything somebody saved, wherever. */
export async function listAllViews(db: Db, userId: number): Promise<ViewRow[]> {
  return db.select().from(savedViews).where(eq(savedViews.userId, userId)).orderBy(asc(savedViews.id));
}

export async function countViews(db: Db, userId: number): Promise<number> {
  const [row] = await db.select({ n: count() }).from(savedViews).where(eq(savedViews.userId, userId));
  return row?.n ?? 0;
}

export async function findView(db: Db, userId: number, id: number): Promise<ViewRow | undefined> {
  const [row] = await db
    .select()
    .from(savedViews)
    .where(and(eq(savedViews.id, id), eq(savedViews.userId, userId)));
  return row;
}

export async function insertView(tx: Tx, row: typeof savedViews.$inferInsert): Promise<ViewRow> {
  return insertReturning(tx, savedViews, row);
}

export async function updateView(
  tx: Tx,
  id: number,
  columns: { name: string; query: string },
): Promise<void> {
  await tx.update(savedViews).set(columns).where(eq(savedViews.id, id));
}

export async function removeView(tx: Tx, id: number): Promise<void> {
  await tx.delete(savedViews).where(eq(savedViews.id, id));
}
