// Which issues a pull request closes when it is merged.
import { and, eq, inArray } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { pullClosings, pulls } from '../../platform/db/tables/pulls.ts';
import { insertIfAbsent } from '../../platform/db/write-forms.ts';

type Db = Reader | Tx;

export async function listClosings(db: Db, pullId: number): Promise<number[]> {
  const rows = await db
    .select({ issueId: pullClosings.issueId })
    .from(pullClosings)
    .where(eq(pullClosings.pullId, pullId));
  return rows.map(({ issueId }) => issueId);
}

/** The pull requests that close an issue. */
export async function listClosers(db: Db, issueId: number, limit: number): Promise<number[]> {
  const rows = await db
    .select({ pullId: pullClosings.pullId })
    .from(pullClosings)
    .where(eq(pullClosings.issueId, issueId))
    .limit(limit);
  return rows.map(({ pullId }) => pullId);
}

export async function insertClosing(tx: Tx, pullId: number, issueId: number): Promise<void> {
  await insertIfAbsent(tx, pullClosings, { pullId, issueId, byHand: false });
}

export async function removeClosings(tx: Tx, pullId: number, issueIds: readonly number[]): Promise<void> {
  if (issueIds.length === 0) return;
  await tx
    .delete(pullClosings)
    .where(
      and(
        eq(pullClosings.pullId, pullId),
        eq(pullClosings.byHand, false),
        inArray(pullClosings.issueId, [...issueIds]),
      ),
    );
}

/** The branch that a pull request goes to. */
export async function findBase(db: Db, issueId: number): Promise<string | undefined> {
  const [row] = await db.select({ base: pulls.baseBranch }).from(pulls).where(eq(pulls.issueId, issueId));
  return row?.base;
}
