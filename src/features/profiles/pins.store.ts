// Queries on the repositories somebody shows first, in their order.
import { asc, eq } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { pins } from '../../platform/db/tables/repos.ts';

/** The pinned repositories' ids in their order, whoever may see them. */
export async function listPins(db: Reader | Tx, userId: number): Promise<number[]> {
  const rows = await db
    .select({ id: pins.repositoryId })
    .from(pins)
    .where(eq(pins.userId, userId))
    .orderBy(asc(pins.position), asc(pins.repositoryId));
  return rows.map(({ id }) => id);
}

export async function replacePins(tx: Tx, userId: number, repositoryIds: readonly number[]): Promise<void> {
  await tx.delete(pins).where(eq(pins.userId, userId));
  for (const [position, repositoryId] of repositoryIds.entries())
    await tx.insert(pins).values({ userId, repositoryId, position });
}
