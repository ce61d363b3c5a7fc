// Queries on stars. The count on the repository changes in the same transaction.
import { and, asc, count, desc, eq, lt, or, type SQL, sql } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { changedRows } from '../../platform/db/drizzle-session.ts';
import { repositories, stars } from '../../platform/db/tables/repos.ts';
import { insertIfAbsent } from '../../platform/db/write-forms.ts';

type Db = Reader | Tx;
export type StarRow = typeof stars.$inferSelect;

/** Says whether it is new. */
export async function insertStar(tx: Tx, row: StarRow): Promise<boolean> {
  if (!(await insertIfAbsent(tx, stars, row))) return false;
  await countStar(tx, row.repositoryId, 1);
  return true;
}

/** Says whether there was one. */
export async function removeStar(tx: Tx, userId: number, repositoryId: number): Promise<boolean> {
  const removed = await tx.delete(stars).where(isStar(userId, repositoryId));
  if (changedRows(removed) === 0) return false;
  await countStar(tx, repositoryId, -1);
  return true;
}

async function countStar(tx: Tx, repositoryId: number, by: 1 | -1): Promise<void> {
  await tx
    .update(repositories)
    .set({ starCount: sql`${repositories.starCount} + ${by}` })
    .where(eq(repositories.id, repositoryId));
}

export async function hasStar(db: Db, userId: number, repositoryId: number): Promise<boolean> {
  const [row] = await db.select({ total: count() }).from(stars).where(isStar(userId, repositoryId));
  return (row?.total ?? 0) > 0;
}

function isStar(userId: number, repositoryId: number): SQL | undefined {
  return and(eq(stars.userId, userId), eq(stars.repositoryId, repositoryId));
}

export interface StarCursor {
  createdAt: number;
  repositoryId: number;
}

/** What somebody starred, the newest first, whoever may see it. */
export async function listStars(
  db: Db,
  userId: number,
  page: { after?: StarCursor; limit: number },
): Promise<StarRow[]> {
  const { after } = page;
  const behind =
    after &&
    or(
      lt(stars.createdAt, after.createdAt),
      and(eq(stars.createdAt, after.createdAt), lt(stars.repositoryId, after.repositoryId)),
    );
  return db
    .select()
    .from(stars)
    .where(and(eq(stars.userId, userId), behind))
    .orderBy(desc(stars.createdAt), desc(stars.repositoryId))
    .limit(page.limit);
}

/** The ids of those who starred a repository, the first of them first. */
export async function listStargazers(
  db: Db,
  repositoryId: number,
  page: { offset: number; limit: number },
): Promise<number[]> {
  const rows = await db
    .select({ userId: stars.userId })
    .from(stars)
    .where(eq(stars.repositoryId, repositoryId))
    .orderBy(asc(stars.createdAt), asc(stars.userId))
    .limit(page.limit)
    .offset(page.offset);
  return rows.map((row) => row.userId);
}
