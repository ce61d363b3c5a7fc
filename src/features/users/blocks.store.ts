// Queries on who blocked whom. A blocker is a person or an organization.
import { and, count, desc, eq, inArray, lt, or, type SQL } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { changedRows } from '../../platform/db/drizzle-session.ts';
import { blocks, users } from '../../platform/db/tables/users.ts';
import { insertIfAbsent } from '../../platform/db/write-forms.ts';
import type { Person, PersonCursor } from './people.types.ts';

type Db = Reader | Tx;

/** Says whether it is new. */
export async function insertBlock(tx: Tx, row: typeof blocks.$inferInsert): Promise<boolean> {
  return insertIfAbsent(tx, blocks, row);
}

/** Says whether there was one. */
export async function removeBlock(tx: Tx, blockerId: number, blockedId: number): Promise<boolean> {
  return changedRows(await tx.delete(blocks).where(isBlock(blockerId, blockedId))) > 0;
}

export async function hasBlocked(db: Db, blockerId: number, blockedId: number): Promise<boolean> {
  return exists(db, isBlock(blockerId, blockedId));
}

/** Whether either has blocked the other. */
export async function isBlockedEitherWay(db: Db, one: number, other: number): Promise<boolean> {
  return exists(db, or(isBlock(one, other), isBlock(other, one)));
}

/** Accounts in one statement at most. */
const AT_ONCE = 500;

/** Of these accounts those that have blocked one. */
export async function listBlockersAmong(
  db: Db,
  accountIds: readonly number[],
  blockedId: number,
): Promise<Set<number>> {
  const found = new Set<number>();
  for (let from = 0; from < accountIds.length; from += AT_ONCE) {
    const some = inArray(blocks.blockerId, accountIds.slice(from, from + AT_ONCE));
    const rows = await db
      .select({ id: blocks.blockerId })
      .from(blocks)
      .where(and(eq(blocks.blockedId, blockedId), some));
    for (const { id } of rows) found.add(id);
  }
  return found;
}

/** Of some accounts those that have blocked one, or that it has blocked. */
export async function listApartAmong(db: Db, one: number, others: readonly number[]): Promise<number[]> {
  if (others.length === 0) return [];
  const ids = [...others];
  const { blockerId, blockedId } = blocks;
  const rows = await db
    .select({ blockerId, blockedId })
    .from(blocks)
    .where(
      or(and(eq(blockerId, one), inArray(blockedId, ids)), and(eq(blockedId, one), inArray(blockerId, ids))),
    );
  return rows.map((row) => (row.blockerId === one ? row.blockedId : row.blockerId));
}

async function exists(db: Db, condition: SQL | undefined): Promise<boolean> {
  const [row] = await db.select({ total: count() }).from(blocks).where(condition);
  return (row?.total ?? 0) > 0;
}

function isBlock(blockerId: number, blockedId: number): SQL | undefined {
  return and(eq(blocks.blockerId, blockerId), eq(blocks.blockedId, blockedId));
}

/** Whom somebody blocked, the newest first. */
export async function listBlocked(
  db: Db,
  blockerId: number,
  page: { after?: PersonCursor; limit: number },
): Promise<Person[]> {
  return db
    .select({
      id: users.id,
      name: users.name,
      displayName: users.displayName,
      bio: users.bio,
      avatarHash: users.avatarHash,
      since: blocks.createdAt,
    })
    .from(blocks)
    .innerJoin(users, eq(users.id, blocks.blockedId))
    .where(and(eq(blocks.blockerId, blockerId), behind(page.after)))
    .orderBy(desc(blocks.createdAt), desc(users.id))
    .limit(page.limit);
}

/** As `listBlocked`, of ids by the number of the page. */
export async function listBlockedIds(
  db: Db,
  blockerId: number,
  page: { offset: number; limit: number },
): Promise<number[]> {
  const rows = await db
    .select({ id: blocks.blockedId })
    .from(blocks)
    .where(eq(blocks.blockerId, blockerId))
    .orderBy(desc(blocks.createdAt), desc(blocks.blockedId))
    .limit(page.limit)
    .offset(page.offset);
  return rows.map(({ id }) => id);
}

export async function countBlocked(db: Db, blockerId: number): Promise<number> {
  const [row] = await db.select({ total: count() }).from(blocks).where(eq(blocks.blockerId, blockerId));
  return row?.total ?? 0;
}

function behind(cursor: PersonCursor | undefined): SQL | undefined {
  if (!cursor) return undefined;
  return or(
    lt(blocks.createdAt, cursor.since),
    and(eq(blocks.createdAt, cursor.since), lt(users.id, cursor.id)),
  );
}
