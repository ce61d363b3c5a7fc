// Queries for comparing the database with the disk.
import { asc, eq, gt, lt } from 'drizzle-orm';
import type { Reader } from '../../platform/db/db.types.ts';
import { objectPools, pushIntents, repositories } from '../../platform/db/tables/repos.ts';
import { users } from '../../platform/db/tables/users.ts';

export interface StoredRepository {
  id: number;
  owner: string;
  name: string;
  storageKey: string;
  objectFormat: 'sha1' | 'sha256';
  defaultBranch: string;
  isEmpty: boolean;
  /** The key of the pool whose objects it shares. */
  poolKey: string | null;
}

/** Every repository, those in their grace period included, in the order of their ids. */
export async function repositoriesAfter(
  reader: Reader,
  id: number,
  limit: number,
): Promise<StoredRepository[]> {
  return reader
    .select({
      id: repositories.id,
      owner: users.name,
      name: repositories.name,
      storageKey: repositories.storageKey,
      objectFormat: repositories.objectFormat,
      defaultBranch: repositories.defaultBranch,
      isEmpty: repositories.isEmpty,
      poolKey: objectPools.storageKey,
    })
    .from(repositories)
    .innerJoin(users, eq(users.id, repositories.ownerId))
    .leftJoin(objectPools, eq(objectPools.id, repositories.poolId))
    .where(gt(repositories.id, id))
    .orderBy(asc(repositories.id))
    .limit(limit);
}

/** How many pushes were accepted before an instant and never recorded. */
export async function countOldIntents(reader: Reader, before: number): Promise<number> {
  return reader.$count(pushIntents, lt(pushIntents.createdAt, before));
}
