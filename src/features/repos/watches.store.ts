// Queries on what people watch.
import { and, asc, count, desc, eq, gt, inArray, lt, ne, or, type SQL } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { changedRows } from '../../platform/db/drizzle-session.ts';
import { issueCounters } from '../../platform/db/tables/issues.ts';
import { repositoryWatches } from '../../platform/db/tables/notifications.ts';
import { users } from '../../platform/db/tables/users.ts';
import { upsert } from '../../platform/db/write-forms.ts';
import type { Person, PersonCursor } from '../users/people.types.ts';
import type { WatchChoice } from './repos.types.ts';

type Db = Reader | Tx;
export type WatchRow = typeof repositoryWatches.$inferSelect;

const CHOICE = { level: repositoryWatches.level, kinds: repositoryWatches.kinds };
/** The levels of those who count as watching. */
const WATCHING = ['all', 'custom'] as const;

/** What somebody chose for a repository; who chose nothing is told of what they take part in. */
export async function findWatch(db: Db, userId: number, repositoryId: number): Promise<WatchChoice> {
  const [row] = await db.select(CHOICE).from(repositoryWatches).where(isOf(userId, repositoryId));
  return row ?? { level: 'participating', kinds: [] };
}

/** The row of what somebody chose for a repository. */
export async function findWatchRow(
  db: Db,
  userId: number,
  repositoryId: number,
): Promise<WatchRow | undefined> {
  const [row] = await db.select().from(repositoryWatches).where(isOf(userId, repositoryId));
  return row;
}

/** What each of some people chose for a repository; who chose nothing is left out. */
export async function watchesAmong(
  db: Db,
  repositoryId: number,
  userIds: readonly number[],
): Promise<WatchRow[]> {
  if (userIds.length === 0) return [];
  return db
    .select()
    .from(repositoryWatches)
    .where(
      and(eq(repositoryWatches.repositoryId, repositoryId), inArray(repositoryWatches.userId, [...userIds])),
    );
}

/** Ids of those who watch a repository in some way, in order. */
export async function listWatcherIds(
  db: Db,
  repositoryId: number,
  page: { after: number; limit: number },
): Promise<number[]> {
  const rows = await db
    .select({ userId: repositoryWatches.userId })
    .from(repositoryWatches)
    .where(
      and(
        eq(repositoryWatches.repositoryId, repositoryId),
        gt(repositoryWatches.userId, page.after),
        inArray(repositoryWatches.level, [...WATCHING]),
      ),
    )
    .orderBy(asc(repositoryWatches.userId))
    .limit(page.limit);
  return rows.map((row) => row.userId);
}

/** Who watches a repository, the first of them first; `since` is when they began. */
export async function listWatchers(
  db: Db,
  repositoryId: number,
  page: { after: number; limit: number },
): Promise<Person[]> {
  const { id, name, displayName, bio, avatarHash } = users;
  return db
    .select({ id, name, displayName, bio, avatarHash, since: repositoryWatches.createdAt })
    .from(repositoryWatches)
    .innerJoin(users, eq(users.id, repositoryWatches.userId))
    .where(
      and(
        eq(repositoryWatches.repositoryId, repositoryId),
        gt(repositoryWatches.userId, page.after),
        inArray(repositoryWatches.level, [...WATCHING]),
      ),
    )
    .orderBy(asc(repositoryWatches.userId))
    .limit(page.limit);
}

/** How many watch a repository. */
export async function countWatchers(db: Db, repositoryId: number): Promise<number> {
  const [row] = await db
    .select({ total: count() })
    .from(repositoryWatches)
    .where(
      and(eq(repositoryWatches.repositoryId, repositoryId), inArray(repositoryWatches.level, [...WATCHING])),
    );
  return row?.total ?? 0;
}

/** How many watch each of some repositories; those that nobody watches are left out. */
export async function countWatchersAmong(db: Db, ids: readonly number[]): Promise<Map<number, number>> {
  if (ids.length === 0) return new Map();
  const { repositoryId, level } = repositoryWatches;
  const rows = await db
    .select({ repositoryId, total: count() })
    .from(repositoryWatches)
    .where(and(inArray(repositoryId, [...ids]), inArray(level, [...WATCHING])))
    .groupBy(repositoryId);
  return new Map(rows.map((row) => [row.repositoryId, row.total]));
}

/** What somebody chose for repositories, ignored ones too, the newest choice first; `since` and `id` continue a page. */
export async function listWatchesOf(
  db: Db,
  userId: number,
  page: { after?: PersonCursor; limit: number },
): Promise<WatchRow[]> {
  return db
    .select()
    .from(repositoryWatches)
    .where(
      and(
        eq(repositoryWatches.userId, userId),
        ne(repositoryWatches.level, 'participating'),
        behind(page.after),
      ),
    )
    .orderBy(desc(repositoryWatches.createdAt), desc(repositoryWatches.repositoryId))
    .limit(page.limit);
}

function behind(cursor: PersonCursor | undefined): SQL | undefined {
  if (!cursor) return undefined;
  const { createdAt, repositoryId } = repositoryWatches;
  return or(lt(createdAt, cursor.since), and(eq(createdAt, cursor.since), lt(repositoryId, cursor.id)));
}

export async function putWatch(tx: Tx, row: WatchRow): Promise<void> {
  await upsert(tx, repositoryWatches, row, {
    target: [repositoryWatches.repositoryId, repositoryWatches.userId],
    set: { level: row.level, kinds: row.kinds },
  });
}

/** Says whether there was one. */
export async function removeWatch(tx: Tx, userId: number, repositoryId: number): Promise<boolean> {
  return changedRows(await tx.delete(repositoryWatches).where(isOf(userId, repositoryId))) > 0;
}

function isOf(userId: number, repositoryId: number): SQL | undefined {
  return and(eq(repositoryWatches.repositoryId, repositoryId), eq(repositoryWatches.userId, userId));
}

/** How many issues and pull requests of a repository are open. */
export async function countOpen(
  db: Db,
  repositoryId: number,
): Promise<{ openIssues: number; openPulls: number }> {
  const [row] = await db
    .select({ openIssues: issueCounters.openIssues, openPulls: issueCounters.openPulls })
    .from(issueCounters)
    .where(eq(issueCounters.repositoryId, repositoryId));
  return row ?? { openIssues: 0, openPulls: 0 };
}
