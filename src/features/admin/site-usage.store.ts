// Counts that the site tells anybody.
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Reader } from '../../platform/db/db.types.ts';
import { issueCounters } from '../../platform/db/tables/issues.ts';
import { repositories } from '../../platform/db/tables/repos.ts';
import { users } from '../../platform/db/tables/users.ts';

export interface SiteUsage {
  total: number;
  activeMonth: number;
  activeHalfyear: number;
  /** Issues and pull requests of public repositories. */
  localPosts: number;
}

/** People who may sign in, those who did since two instants, and what they wrote in public. */
export async function countUsage(db: Reader, since: { month: number; halfYear: number }): Promise<SiteUsage> {
  const [people] = await db
    .select({
      total: sql<number>`count(*)`,
      activeMonth: sql<number>`sum(case when ${users.lastLoginAt} >= ${since.month} then 1 else 0 end)`,
      activeHalfyear: sql<number>`sum(case when ${users.lastLoginAt} >= ${since.halfYear} then 1 else 0 end)`,
    })
    .from(users)
    .where(and(eq(users.kind, 'user'), eq(users.isSuspended, false)));
  return {
    total: Number(people?.total ?? 0),
    activeMonth: Number(people?.activeMonth ?? 0),
    activeHalfyear: Number(people?.activeHalfyear ?? 0),
    localPosts: await countPublicPosts(db),
  };
}

async function countPublicPosts(db: Reader): Promise<number> {
  const { openIssues, closedIssues, openPulls, closedPulls } = issueCounters;
  const [row] = await db
    .select({ total: sql<number>`sum(${openIssues} + ${closedIssues} + ${openPulls} + ${closedPulls})` })
    .from(issueCounters)
    .innerJoin(repositories, eq(repositories.id, issueCounters.repositoryId))
    .where(and(eq(repositories.visibility, 'public'), isNull(repositories.deletedAt)));
  return Number(row?.total ?? 0);
}
