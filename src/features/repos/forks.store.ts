// Queries on forks, their networks and the pools of objects that they share.
import { and, desc, eq, isNull, lt, notExists, or, type SQL, sql } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { objectPools, repositories } from '../../platform/db/tables/repos.ts';
import { users } from '../../platform/db/tables/users.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';
import { SUMMARY } from './repos.store.ts';
import type { RepositorySummary } from './repos.types.ts';

type Db = Reader | Tx;
export type ObjectPool = typeof objectPools.$inferSelect;

/** Of a network, which the id of its root names, the live repositories of an owner. */
export async function listOwnedInNetwork(
  db: Db,
  networkId: number,
  ownerId: number,
): Promise<RepositorySummary[]> {
  return db
    .select(SUMMARY)
    .from(repositories)
    .innerJoin(users, eq(users.id, repositories.ownerId))
    .where(and(eq(repositories.ownerId, ownerId), inNetwork(networkId), isNull(repositories.deletedAt)));
}

/** As `listOwnedInNetwork`, by the owner's name in lower case. */
export async function listNamedInNetwork(
  db: Db,
  networkId: number,
  ownerKey: string,
): Promise<RepositorySummary[]> {
  return db
    .select(SUMMARY)
    .from(repositories)
    .innerJoin(users, eq(users.id, repositories.ownerId))
    .where(and(eq(users.nameKey, ownerKey), inNetwork(networkId), isNull(repositories.deletedAt)));
}

/** The ids of a network's live repositories, the oldest first. */
export async function listNetwork(db: Db, networkId: number, limit: number): Promise<number[]> {
  const rows = await db
    .select({ id: repositories.id })
    .from(repositories)
    .where(and(inNetwork(networkId), isNull(repositories.deletedAt)))
    .orderBy(repositories.id)
    .limit(limit);
  return rows.map((row) => row.id);
}

/** The ids of a repository's live forks, the newest first, behind (older than) one. */
export async function listForkIds(
  db: Db,
  parentId: number,
  page: { before?: number; limit: number },
): Promise<number[]> {
  const rows = await db
    .select({ id: repositories.id })
    .from(repositories)
    .where(
      and(
        eq(repositories.parentId, parentId),
        isNull(repositories.deletedAt),
        page.before === undefined ? undefined : lt(repositories.id, page.before),
      ),
    )
    .orderBy(desc(repositories.id))
    .limit(page.limit);
  return rows.map((row) => row.id);
}

/** Counts a fork, or one fewer, at its parent. */
export async function changeForkCount(tx: Tx, parentId: number, by: 1 | -1): Promise<void> {
  const left = by === 1 ? [] : [sql`${repositories.forkCount} > 0`];
  await tx
    .update(repositories)
    .set({ forkCount: sql`${repositories.forkCount} + ${by}` })
    .where(and(eq(repositories.id, parentId), ...left));
}

export async function insertPool(tx: Tx, row: Omit<ObjectPool, 'id'>): Promise<ObjectPool> {
  return insertReturning(tx, objectPools, row);
}

export async function findPool(db: Db, id: number): Promise<ObjectPool | undefined> {
  const [row] = await db.select().from(objectPools).where(eq(objectPools.id, id));
  return row;
}

/** Pools that a repository or its forks use, the newest first. */
export async function listPoolsAround(db: Db, repositoryId: number, limit: number): Promise<ObjectPool[]> {
  return db
    .selectDistinct({
      id: objectPools.id,
      storageKey: objectPools.storageKey,
      createdAt: objectPools.createdAt,
    })
    .from(objectPools)
    .innerJoin(repositories, eq(repositories.poolId, objectPools.id))
    .where(or(eq(repositories.id, repositoryId), eq(repositories.parentId, repositoryId)))
    .orderBy(desc(objectPools.id))
    .limit(limit);
}

/** Pools made before an instant that no repository uses, deleted ones included. */
export async function listUnusedPools(db: Db, before: number, limit: number): Promise<ObjectPool[]> {
  return db
    .select()
    .from(objectPools)
    .where(and(lt(objectPools.createdAt, before), notExists(usersOf(db))))
    .limit(limit);
}

/** Removes a pool's row unless a repository uses it by now; says whether it is gone. */
export async function removeUnusedPoolRow(tx: Tx, id: number): Promise<boolean> {
  const used = await tx
    .select({ id: repositories.id })
    .from(repositories)
    .where(eq(repositories.poolId, id))
    .limit(1);
  if (used.length > 0) return false;
  await tx.delete(objectPools).where(eq(objectPools.id, id));
  return true;
}

/** Every pool with a row. */
export async function listPools(db: Db, after: number, limit: number): Promise<ObjectPool[]> {
  return db
    .select()
    .from(objectPools)
    .where(sql`${objectPools.id} > ${after}`)
    .orderBy(objectPools.id)
    .limit(limit);
}

function usersOf(db: Db) {
  return db.select({ one: sql`1` }).from(repositories).where(eq(repositories.poolId, objectPools.id));
}

function inNetwork(networkId: number): SQL | undefined {
  return or(eq(repositories.networkId, networkId), eq(repositories.id, networkId));
}
