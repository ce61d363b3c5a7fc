// Queries on deploy keys.
import { and, count, desc, eq, isNull } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { deployKeys, repositories } from '../../platform/db/tables/repos.ts';
import { users } from '../../platform/db/tables/users.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';
import type { DeployKeyRow } from './deploy-keys.types.ts';

type Db = Reader | Tx;

/** A key of a live repository whose owner is not suspended, with the repository's name of today. */
export async function findUsableKey(
  db: Db,
  fingerprint: string,
): Promise<{ key: DeployKeyRow; ownerName: string; name: string } | undefined> {
  const [row] = await db
    .select({ key: deployKeys, ownerName: users.name, name: repositories.name })
    .from(deployKeys)
    .innerJoin(repositories, eq(repositories.id, deployKeys.repositoryId))
    .innerJoin(users, eq(users.id, repositories.ownerId))
    .where(
      and(
        eq(deployKeys.fingerprint, fingerprint),
        isNull(repositories.deletedAt),
        eq(users.isSuspended, false),
      ),
    );
  return row;
}

export async function findDeployKey(db: Db, id: number): Promise<DeployKeyRow | undefined> {
  const [row] = await db.select().from(deployKeys).where(eq(deployKeys.id, id));
  return row;
}

/** A repository's keys, the newest first. */
export async function listDeployKeysOf(db: Db, repositoryId: number): Promise<DeployKeyRow[]> {
  return db
    .select()
    .from(deployKeys)
    .where(eq(deployKeys.repositoryId, repositoryId))
    .orderBy(desc(deployKeys.id));
}

export async function countDeployKeysOf(db: Db, repositoryId: number): Promise<number> {
  const [row] = await db
    .select({ total: count() })
    .from(deployKeys)
    .where(eq(deployKeys.repositoryId, repositoryId));
  return row?.total ?? 0;
}

export async function insertDeployKey(tx: Tx, row: Omit<DeployKeyRow, 'id'>): Promise<DeployKeyRow> {
  return insertReturning(tx, deployKeys, row);
}

export async function noteDeployKeyUseAt(tx: Tx, id: number, at: number): Promise<void> {
  await tx.update(deployKeys).set({ lastUsedAt: at }).where(eq(deployKeys.id, id));
}

export async function removeDeployKeyRow(tx: Tx, id: number): Promise<void> {
  await tx.delete(deployKeys).where(eq(deployKeys.id, id));
}

export async function removeDeployKeysOf(tx: Tx, repositoryId: number): Promise<void> {
  await tx.delete(deployKeys).where(eq(deployKeys.repositoryId, repositoryId));
}
