// Queries on what people watch.
import { and, eq } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { issueCounters } from '../../platform/db/tables/issues.ts';
import { repositoryWatches } from '../../platform/db/tables/notifications.ts';
import type { WatchChoice } from './repos.types.ts';

type Db = Reader | Tx;

/** What somebody chose for a repository; who chose nothing is told of what they take part in. */
export async function findWatch(db: Db, userId: number, repositoryId: number): Promise<WatchChoice> {
  const [row] = await db
    .select({ level: repositoryWatches.level, kinds: repositoryWatches.kinds })
    .from(repositoryWatches)
    .where(and(eq(repositoryWatches.repositoryId, repositoryId), eq(repositoryWatches.userId, userId)));
  return row ?? { level: 'participating', kinds: [] };
}

/** How many issues of a repository are open. */
export async function countOpenIssues(db: Db, repositoryId: number): Promise<number> {
  const [row] = await db
    .select({ total: issueCounters.openIssues })
    .from(issueCounters)
    .where(eq(issueCounters.repositoryId, repositoryId));
  return row?.total ?? 0;
}
