// Queries on somebody's threads: the inbox, and what is done with it.
import { and, desc, eq, gt, inArray, lt, lte, or, type SQL, sql } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { changedRows } from '../../platform/db/drizzle-session.ts';
import { releases } from '../../platform/db/tables/code.ts';
import { issues } from '../../platform/db/tables/issues.ts';
import { notifications } from '../../platform/db/tables/notifications.ts';
import type {
  NotificationReason,
  NotificationRow,
  NotificationState,
  NotificationSubject,
  SeenThread,
} from './notifications.types.ts';

type Db = Reader | Tx;

/** Where a list goes on. */
export interface ThreadCursor {
  updatedAt: number;
  id: number;
}

export interface ThreadFilter {
  userId: number;
  /** Those in any of these states, or the saved ones of whatever state. */
  states: readonly NotificationState[] | 'saved';
  reason?: NotificationReason;
  repositoryId?: number;
  subject?: NotificationSubject;
  /** Told of at this instant or later, and before this one. */
  since?: number;
  before?: number;
  after?: ThreadCursor;
  limit: number;
}

/** A thread with what it is about, as that is now. */
export interface ThreadRow {
  thread: NotificationRow;
  /** Null when it is gone. */
  issue: {
    id: number;
    repositoryId: number;
    number: number;
    title: string;
    state: string;
    closeReason: string | null;
    isPull: boolean;
    commentCount: number;
  } | null;
  release: { id: number; repositoryId: number; tagName: string; title: string } | null;
}

const ISSUE = {
  id: issues.id,
  repositoryId: issues.repositoryId,
  number: issues.number,
  title: issues.title,
  state: issues.state,
  closeReason: issues.closeReason,
  isPull: issues.isPull,
  commentCount: issues.commentCount,
};
const RELEASE = {
  id: releases.id,
  repositoryId: releases.repositoryId,
  tagName: releases.tagName,
  title: releases.title,
};

/** Somebody's threads, the newest first: each state is read by the index in its order, and merged. */
export async function listThreads(db: Db, filter: ThreadFilter): Promise<ThreadRow[]> {
  const { states, limit } = filter;
  const runs =
    states === 'saved'
      ? [eq(notifications.isSaved, true)]
      : states.map((one) => eq(notifications.state, one));
  const places: ThreadCursor[] = [];
  for (const run of runs) places.push(...(await readRun(db, run, filter)));
  const ids = places
    .toSorted((one, other) => other.updatedAt - one.updatedAt || other.id - one.id)
    .slice(0, limit)
    .map(({ id }) => id);
  return threadsByIds(db, filter.userId, ids);
}

async function readRun(db: Db, run: SQL, filter: ThreadFilter): Promise<ThreadCursor[]> {
  const { userId, reason, repositoryId, subject, since, before, after, limit } = filter;
  return db
    .select({ id: notifications.id, updatedAt: notifications.updatedAt })
    .from(notifications)
    .where(
      and(
        eq(notifications.userId, userId),
        run,
        reason === undefined ? undefined : eq(notifications.reason, reason),
        repositoryId === undefined ? undefined : eq(notifications.repositoryId, repositoryId),
        subject === undefined ? undefined : eq(notifications.subject, subject),
        since === undefined ? undefined : sql`${notifications.updatedAt} >= ${since}`,
        before === undefined ? undefined : lt(notifications.updatedAt, before),
        after && behind(after),
      ),
    )
    .orderBy(desc(notifications.updatedAt), desc(notifications.id))
    .limit(limit);
}

/** The first half alone bounds what is read of the index. */
function behind({ updatedAt, id }: ThreadCursor): SQL | undefined {
  return and(
    lte(notifications.updatedAt, updatedAt),
    or(lt(notifications.updatedAt, updatedAt), lt(notifications.id, id)),
  );
}

/** Somebody's threads by their ids, in the order of these. */
export async function threadsByIds(db: Db, userId: number, ids: readonly number[]): Promise<ThreadRow[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .select({ thread: notifications, issue: ISSUE, release: RELEASE })
    .from(notifications)
    .leftJoin(
      issues,
      and(inArray(notifications.subject, ['issue', 'pull']), eq(issues.id, notifications.subjectId)),
    )
    .leftJoin(
      releases,
      and(
        eq(notifications.subject, 'release'),
        eq(releases.id, notifications.subjectId),
        eq(releases.isDraft, false),
      ),
    )
    .where(and(eq(notifications.userId, userId), inArray(notifications.id, [...ids])));
  const byId = new Map(rows.map((row) => [row.thread.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** The id of some unread thread of somebody's: one look at the index. */
export async function findAnyUnread(db: Db, userId: number): Promise<number | undefined> {
  const [row] = await unreadQueryOf(db).execute({ userId });
  return row?.id;
}

type UnreadQuery = ReturnType<typeof prepareUnreadQuery>;

/** Every page runs this query; drizzle takes longer to build it than the database to answer. */
const prepared = new WeakMap<Db, UnreadQuery>();

function unreadQueryOf(db: Db): UnreadQuery {
  const known = prepared.get(db) ?? prepareUnreadQuery(db);
  prepared.set(db, known);
  return known;
}

function prepareUnreadQuery(db: Db) {
  return db
    .select({ id: notifications.id })
    .from(notifications)
    .where(and(eq(notifications.userId, sql.placeholder('userId')), eq(notifications.state, 'unread')))
    .limit(1)
    .prepare();
}

export async function findThread(
  db: Db,
  userId: number,
  subject: NotificationSubject,
  subjectId: number,
): Promise<NotificationRow | undefined> {
  const [row] = await db
    .select()
    .from(notifications)
    .where(isAbout(userId, subject, subjectId));
  return row;
}

function isAbout(userId: number, subject: NotificationSubject, subjectId: number): SQL | undefined {
  return and(
    eq(notifications.userId, userId),
    eq(notifications.subject, subject),
    eq(notifications.subjectId, subjectId),
  );
}

export type ThreadChange = Partial<Pick<NotificationRow, 'state' | 'isSaved' | 'readAt'>>;

/** Changes somebody's threads, as far as they are still as they were seen; says how many. */
export async function changeThreads(
  tx: Tx,
  userId: number,
  seen: readonly SeenThread[],
  change: ThreadChange,
): Promise<number> {
  let changed = 0;
  for (const { id, lastEventId } of seen) {
    const isSame = and(eq(notifications.id, id), lte(notifications.lastEventId, lastEventId));
    const result = await tx
      .update(notifications)
      .set(change)
      .where(and(eq(notifications.userId, userId), isSame));
    changed += changedRows(result);
  }
  return changed;
}

const MOST_MOVED = 500;

export interface AllFilter {
  userId: number;
  states: readonly NotificationState[];
  reason?: NotificationReason;
  repositoryId?: number;
  /** Only what was told before this instant. */
  before: number;
}

/** Moves somebody's threads out of these states into another one, up to 500 at once; says whether there may be more. */
export async function moveSome(
  tx: Tx,
  filter: AllFilter,
  change: ThreadChange & { state: NotificationState },
): Promise<boolean> {
  const { userId, states, reason, repositoryId, before } = filter;
  const rows = await tx
    .select({ id: notifications.id })
    .from(notifications)
    .where(
      and(
        eq(notifications.userId, userId),
        inArray(
          notifications.state,
          states.filter((state) => state !== change.state),
        ),
        reason === undefined ? undefined : eq(notifications.reason, reason),
        repositoryId === undefined ? undefined : eq(notifications.repositoryId, repositoryId),
        lt(notifications.updatedAt, before),
      ),
    )
    .limit(MOST_MOVED);
  const ids = rows.map((row) => row.id);
  if (ids.length > 0) await tx.update(notifications).set(change).where(inArray(notifications.id, ids));
  return ids.length === MOST_MOVED;
}

/** Takes a thread out of somebody's inbox. */
export async function finishThread(
  tx: Tx,
  userId: number,
  subject: NotificationSubject,
  subjectId: number,
): Promise<void> {
  await tx
    .update(notifications)
    .set({ state: 'done' })
    .where(isAbout(userId, subject, subjectId));
}

/** Some threads in order of their ids, whoever's: for what tidies up. */
export async function listOldThreads(
  db: Db,
  afterId: number,
  limit: number,
): Promise<Pick<NotificationRow, 'id' | 'updatedAt' | 'isSaved' | 'state'>[]> {
  const { id, updatedAt, isSaved, state } = notifications;
  return db
    .select({ id, updatedAt, isSaved, state })
    .from(notifications)
    .where(gt(id, afterId))
    .orderBy(id)
    .limit(limit);
}

export async function removeThreads(tx: Tx, ids: readonly number[]): Promise<void> {
  if (ids.length > 0) await tx.delete(notifications).where(inArray(notifications.id, [...ids]));
}
