// Queries on transfers that wait for the new owner's consent.
import { and, desc, eq, gt, inArray, isNull, lte } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { changedRows } from '../../platform/db/drizzle-session.ts';
import { repositories, repositoryTransfers, teamRepositories } from '../../platform/db/tables/repos.ts';
import { users } from '../../platform/db/tables/users.ts';
import { upsert } from '../../platform/db/write-forms.ts';
import { SUMMARY } from './repos.store.ts';
import type { RepositorySummary } from './repos.types.ts';
import type { TransferRow } from './transfers.types.ts';

type Db = Reader | Tx;

/** Waiting transfers a page shows at most. */
const MOST_SHOWN = 100;

/** The transfer of a repository that waits and has not expired at `now`. */
export async function findTransfer(
  db: Db,
  repositoryId: number,
  now: number,
): Promise<TransferRow | undefined> {
  const [row] = await db
    .select()
    .from(repositoryTransfers)
    .where(and(eq(repositoryTransfers.repositoryId, repositoryId), gt(repositoryTransfers.expiresAt, now)));
  return row;
}

/** Waiting transfers to any of these accounts, the newest first, with the repository as it is. */
export async function listTransfersTo(
  db: Db,
  recipientIds: readonly number[],
  now: number,
): Promise<{ transfer: TransferRow; found: RepositorySummary }[]> {
  if (recipientIds.length === 0) return [];
  const rows = await db
    .select({ transfer: repositoryTransfers, ...SUMMARY })
    .from(repositoryTransfers)
    .innerJoin(repositories, eq(repositories.id, repositoryTransfers.repositoryId))
    .innerJoin(users, eq(users.id, repositories.ownerId))
    .where(
      and(
        inArray(repositoryTransfers.recipientId, [...recipientIds]),
        gt(repositoryTransfers.expiresAt, now),
        isNull(repositories.deletedAt),
      ),
    )
    .orderBy(desc(repositoryTransfers.createdAt), desc(repositoryTransfers.repositoryId))
    .limit(MOST_SHOWN);
  return rows.map(({ transfer, ...found }) => ({ transfer, found }));
}

/** Writes a transfer in the place of an earlier one of the same repository. */
export async function setTransfer(tx: Tx, row: TransferRow): Promise<void> {
  const { repositoryId: _, ...set } = row;
  await upsert(tx, repositoryTransfers, row, { target: repositoryTransfers.repositoryId, set });
}

/** Says false when there was none. */
export async function removeTransfer(tx: Tx, repositoryId: number): Promise<boolean> {
  const removed = await tx
    .delete(repositoryTransfers)
    .where(eq(repositoryTransfers.repositoryId, repositoryId));
  return changedRows(removed) > 0;
}

export async function removeExpiredTransfers(tx: Tx, now: number): Promise<void> {
  await tx.delete(repositoryTransfers).where(lte(repositoryTransfers.expiresAt, now));
}

/** Teams belong to an organization: what they were given does not follow a repository out of it. */
export async function removeTeamGrants(tx: Tx, repositoryId: number): Promise<void> {
  await tx.delete(teamRepositories).where(eq(teamRepositories.repositoryId, repositoryId));
}
