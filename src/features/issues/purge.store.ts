// Queries that remove the issues of a repository some at a time.
import { asc, eq, inArray, or } from 'drizzle-orm';
import type { Tx } from '../../platform/db/db.types.ts';
import { issueDependencies, issues } from '../../platform/db/tables/issues.ts';

export async function listSomeIssues(tx: Tx, repositoryId: number, limit: number): Promise<number[]> {
  const rows = await tx
    .select({ id: issues.id })
    .from(issues)
    .where(eq(issues.repositoryId, repositoryId))
    .orderBy(asc(issues.number))
    .limit(limit);
  return rows.map(({ id }) => id);
}

/** Other issues that say something of these: their parents and parts, what they block and what blocks them. */
export async function listTied(tx: Tx, ids: readonly number[]): Promise<number[]> {
  const own = [...ids];
  const { blockedId, blockerId } = issueDependencies;
  const above = await tx.select({ id: issues.parentId }).from(issues).where(inArray(issues.id, own));
  const parts = await tx.select({ id: issues.id }).from(issues).where(inArray(issues.parentId, own));
  const waiting = await tx
    .select()
    .from(issueDependencies)
    .where(or(inArray(blockedId, own), inArray(blockerId, own)));
  const all = [...above, ...parts].map(({ id }) => id ?? 0);
  const tied = new Set([...all, ...waiting.flatMap((row) => [row.blockedId, row.blockerId])]);
  for (const id of [0, ...own]) tied.delete(id);
  return [...tied];
}

export async function removeIssues(tx: Tx, ids: readonly number[]): Promise<void> {
  await tx.delete(issues).where(inArray(issues.id, [...ids]));
}
