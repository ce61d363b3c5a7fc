// Queries on merges under way and on what a branch's pull requests wait for.
import { and, desc, eq, isNotNull, sql } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { issues } from '../../platform/db/tables/issues.ts';
import { pulls } from '../../platform/db/tables/pulls.ts';
import type { Pull } from './pulls.types.ts';

type Db = Reader | Tx;

/** Ids of the open pull requests into a branch, those changed last first. */
export async function listNewestByBase(
  db: Db,
  repositoryId: number,
  baseBranch: string,
  limit: number,
): Promise<number[]> {
  const rows = await db
    .select({ id: pulls.issueId })
    .from(pulls)
    .innerJoin(issues, eq(issues.id, pulls.issueId))
    .where(
      and(eq(pulls.repositoryId, repositoryId), eq(pulls.baseBranch, baseBranch), eq(issues.state, 'open')),
    )
    .orderBy(desc(issues.updatedAt), desc(pulls.issueId))
    .limit(limit);
  return rows.map(({ id }) => id);
}

/** The open pull requests into a branch that somebody wants merged as soon as that is possible. */
export async function listAutoMergesByBase(
  db: Db,
  repositoryId: number,
  baseBranch: string,
): Promise<Pull[]> {
  return db
    .select({ issue: issues, pull: pulls })
    .from(pulls)
    .innerJoin(issues, eq(issues.id, pulls.issueId))
    .where(
      and(
        eq(pulls.repositoryId, repositoryId),
        eq(pulls.baseBranch, baseBranch),
        eq(issues.state, 'open'),
        isNotNull(pulls.autoMerge),
      ),
    )
    .orderBy(pulls.issueId);
}

/** The open pull requests of a repository whose head is a commit and that are to be merged as soon as possible. */
export async function listAutoMergesByHead(db: Db, repositoryId: number, headOid: string): Promise<number[]> {
  const rows = await db
    .select({ id: pulls.issueId })
    .from(pulls)
    .innerJoin(issues, eq(issues.id, pulls.issueId))
    .where(
      and(
        eq(pulls.repositoryId, repositoryId),
        eq(pulls.headOid, headOid),
        eq(issues.state, 'open'),
        isNotNull(pulls.autoMerge),
      ),
    );
  return rows.map(({ id }) => id);
}

/** Takes back what says that a merge is under way, if it is this one. */
export async function clearIntent(tx: Tx, issueId: number): Promise<void> {
  await tx.update(pulls).set({ merging: sql`null` }).where(eq(pulls.issueId, issueId));
}
