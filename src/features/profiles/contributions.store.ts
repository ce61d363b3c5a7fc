// Queries on what people contributed, for the graph on their page.
import { and, between, count, eq, inArray } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { contributions } from '../../platform/db/tables/repos.ts';

type Db = Reader | Tx;
export type ContributionRow = typeof contributions.$inferSelect;

/** Adds what is not there yet, of one repository, some hundred at a time. Says how many were new. */
export async function addContributions(
  tx: Tx,
  repositoryId: number,
  rows: ContributionRow[],
): Promise<number> {
  if (rows.length === 0) return 0;
  const known = await tx
    .select({ userId: contributions.userId, subject: contributions.subject })
    .from(contributions)
    .where(
      and(
        eq(contributions.repositoryId, repositoryId),
        inArray(contributions.userId, [...new Set(rows.map((row) => row.userId))]),
        inArray(
          contributions.subject,
          rows.map((row) => row.subject),
        ),
      ),
    );
  const have = new Set(known.map((row) => `${row.userId} ${row.subject}`));
  const fresh = rows.filter((row) => !have.has(`${row.userId} ${row.subject}`));
  if (fresh.length > 0) await tx.insert(contributions).values(fresh);
  return fresh.length;
}

export interface DailyCount {
  day: number;
  repositoryId: number;
  total: number;
}

/** How much somebody contributed on each day to each repository, whoever may see it. */
export async function countDaily(
  db: Db,
  userId: number,
  days: { first: number; last: number },
): Promise<DailyCount[]> {
  return db
    .select({ day: contributions.day, repositoryId: contributions.repositoryId, total: count() })
    .from(contributions)
    .where(and(eq(contributions.userId, userId), between(contributions.day, days.first, days.last)))
    .groupBy(contributions.day, contributions.repositoryId);
}
