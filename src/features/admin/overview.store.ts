// Counts for the overview.
import { and, count, eq, gt, isNull, sum } from 'drizzle-orm';
import type { Reader } from '../../platform/db/db.types.ts';
import { repositories } from '../../platform/db/tables/repos.ts';
import { sessions, users } from '../../platform/db/tables/users.ts';

export interface SiteCounts {
  people: number;
  suspended: number;
  bots: number;
  organizations: number;
  repositories: number;
  /** Of all live repositories, as last measured by their maintenance. */
  repositoryBytes: number;
  /** Browsers that are signed in. */
  sessions: number;
}

export async function countSite(reader: Reader, now: number): Promise<SiteCounts> {
  const accounts = await reader
    .select({ kind: users.kind, isSuspended: users.isSuspended, total: count() })
    .from(users)
    .groupBy(users.kind, users.isSuspended);
  const [live] = await reader
    .select({ total: count(), bytes: sum(repositories.sizeBytes) })
    .from(repositories)
    .where(and(isNull(repositories.deletedAt)));
  const [open] = await reader.select({ total: count() }).from(sessions).where(gt(sessions.expiresAt, now));
  const totalOf = (kind: string, suspended?: boolean) =>
    accounts
      .filter((row) => row.kind === kind && (suspended === undefined || row.isSuspended === suspended))
      .reduce((sum, row) => sum + row.total, 0);
  return {
    people: totalOf('user'),
    suspended: totalOf('user', true),
    bots: totalOf('bot'),
    organizations: totalOf('organization'),
    repositories: live?.total ?? 0,
    repositoryBytes: Number(live?.bytes ?? 0),
    sessions: open?.total ?? 0,
  };
}

/** Whether an administrator has no second factor. */
export async function countAdministratorsWithoutSecondFactor(reader: Reader): Promise<number> {
  const [row] = await reader
    .select({ total: count() })
    .from(users)
    .where(
      and(
        eq(users.kind, 'user'),
        eq(users.isAdmin, true),
        eq(users.isSuspended, false),
        eq(users.hasSecondFactor, false),
      ),
    );
  return row?.total ?? 0;
}
