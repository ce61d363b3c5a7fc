// Queries on who follows whom. The counts on both accounts change in the same transaction.
import { and, count, desc, eq, inArray, lt, ne, or, type SQL, sql } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { changedRows } from '../../platform/db/drizzle-session.ts';
import { follows, users } from '../../platform/db/tables/users.ts';
import { insertIfAbsent } from '../../platform/db/write-forms.ts';
import type { Person, PersonCursor } from './people.types.ts';

type Db = Reader | Tx;

/** Says whether it is new. */
export async function insertFollow(tx: Tx, row: typeof follows.$inferInsert): Promise<boolean> {
  if (!(await insertIfAbsent(tx, follows, row))) return false;
  await countBoth(tx, row, 1);
  return true;
}

/** Says whether there was one. */
export async function removeFollow(tx: Tx, followerId: number, followedId: number): Promise<boolean> {
  const removed = await tx
    .delete(follows)
    .where(and(eq(follows.followerId, followerId), eq(follows.followedId, followedId)));
  if (changedRows(removed) === 0) return false;
  await countBoth(tx, { followerId, followedId }, -1);
  return true;
}

async function countBoth(tx: Tx, of: { followerId: number; followedId: number }, by: 1 | -1): Promise<void> {
  await tx
    .update(users)
    .set({ followingCount: sql`${users.followingCount} + ${by}` })
    .where(eq(users.id, of.followerId));
  await tx
    .update(users)
    .set({ followerCount: sql`${users.followerCount} + ${by}` })
    .where(eq(users.id, of.followedId));
}

export async function isFollow(db: Db, followerId: number, followedId: number): Promise<boolean> {
  const [row] = await db
    .select({ total: count() })
    .from(follows)
    .where(and(eq(follows.followerId, followerId), eq(follows.followedId, followedId)));
  return (row?.total ?? 0) > 0;
}

export type FollowSide = 'followers' | 'following';

/** As `listFollows`, of ids by the number of the page. */
export async function listFollowIds(
  db: Db,
  userId: number,
  side: FollowSide,
  page: { offset: number; limit: number },
): Promise<number[]> {
  const [other, own] = sidesOf(side);
  const rows = await db
    .select({ id: users.id })
    .from(follows)
    .innerJoin(users, eq(users.id, other))
    .where(and(eq(own, userId), eq(users.isSuspended, false), ne(users.kind, 'ghost')))
    .orderBy(desc(follows.createdAt), desc(users.id))
    .limit(page.limit)
    .offset(page.offset);
  return rows.map(({ id }) => id);
}

function sidesOf(side: FollowSide) {
  const { followerId, followedId } = follows;
  return side === 'followers' ? ([followerId, followedId] as const) : ([followedId, followerId] as const);
}

/** People on one side of somebody, the newest first; suspended and deleted accounts are left out. */
export async function listFollows(
  db: Db,
  userId: number,
  side: FollowSide,
  page: { after?: PersonCursor; limit: number },
): Promise<Person[]> {
  const [other, own] = sidesOf(side);
  return db
    .select({
      id: users.id,
      name: users.name,
      displayName: users.displayName,
      bio: users.bio,
      avatarHash: users.avatarHash,
      since: follows.createdAt,
    })
    .from(follows)
    .innerJoin(users, eq(users.id, other))
    .where(and(eq(own, userId), eq(users.isSuspended, false), ne(users.kind, 'ghost'), behind(page.after)))
    .orderBy(desc(follows.createdAt), desc(users.id))
    .limit(page.limit);
}

function behind(cursor: PersonCursor | undefined): SQL | undefined {
  if (!cursor) return undefined;
  return or(
    lt(follows.createdAt, cursor.since),
    and(eq(follows.createdAt, cursor.since), lt(users.id, cursor.id)),
  );
}

/** Which of these accounts somebody follows. */
export async function followedAmong(db: Db, followerId: number, ids: number[]): Promise<Set<number>> {
  if (ids.length === 0) return new Set();
  const rows = await db
    .select({ id: follows.followedId })
    .from(follows)
    .where(and(eq(follows.followerId, followerId), inArray(follows.followedId, ids)));
  return new Set(rows.map(({ id }) => id));
}
