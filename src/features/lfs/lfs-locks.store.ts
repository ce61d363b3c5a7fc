// Queries on locks of files in repositories: one per path.
import { and, eq, gt } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { changedRows } from '../../platform/db/drizzle-session.ts';
import { lfsLocks } from '../../platform/db/tables/code.ts';
import { users } from '../../platform/db/tables/users.ts';
import { insertIfAbsent } from '../../platform/db/write-forms.ts';
import type { LfsLock, LfsLockRow } from './lfs.types.ts';

type Db = Reader | Tx;

const WITH_OWNER = { lock: lfsLocks, ownerName: users.name };

/** Says whether the path was free. */
export function insertLock(tx: Tx, row: Omit<LfsLockRow, 'id'>): Promise<boolean> {
  return insertIfAbsent(tx, lfsLocks, row);
}

export async function findLockByPath(
  db: Db,
  repositoryId: number,
  pathHash: string,
): Promise<LfsLock | undefined> {
  const [row] = await db
    .select(WITH_OWNER)
    .from(lfsLocks)
    .innerJoin(users, eq(users.id, lfsLocks.userId))
    .where(and(eq(lfsLocks.repositoryId, repositoryId), eq(lfsLocks.pathHash, pathHash)));
  return row && { ...row.lock, ownerName: row.ownerName };
}

export async function findLock(db: Db, repositoryId: number, id: number): Promise<LfsLock | undefined> {
  const [row] = await db
    .select(WITH_OWNER)
    .from(lfsLocks)
    .innerJoin(users, eq(users.id, lfsLocks.userId))
    .where(and(eq(lfsLocks.repositoryId, repositoryId), eq(lfsLocks.id, id)));
  return row && { ...row.lock, ownerName: row.ownerName };
}

/** A repository's locks behind an id, oldest first. */
export async function listLocks(
  db: Db,
  repositoryId: number,
  afterId: number,
  limit: number,
): Promise<LfsLock[]> {
  const rows = await db
    .select(WITH_OWNER)
    .from(lfsLocks)
    .innerJoin(users, eq(users.id, lfsLocks.userId))
    .where(and(eq(lfsLocks.repositoryId, repositoryId), gt(lfsLocks.id, afterId)))
    .orderBy(lfsLocks.id)
    .limit(limit);
  return rows.map((row) => ({ ...row.lock, ownerName: row.ownerName }));
}

/** Says whether it was there. */
export async function removeLock(tx: Tx, id: number): Promise<boolean> {
  return changedRows(await tx.delete(lfsLocks).where(eq(lfsLocks.id, id))) > 0;
}
