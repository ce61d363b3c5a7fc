// Queries on merges under way and on what a branch's pull requests wait for.
import { and, desc, eq, isNotNull, isNull, type SQL, sql } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { issues } from '../../platform/db/tables/issues.ts';
import { pulls, queueEntries } from '../../platform/db/tables/pulls.ts';

type Db = Reader | Tx;

/** Ids of the open pull requests into a branch that are in no merge queue, those changed last first. */
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
    .leftJoin(queueEntries, eq(queueEntries.pullId, pulls.issueId))
    .where(
      and(
        eq(pulls.repositoryId, repositoryId),
        eq(pulls.baseBranch, baseBranch),
        isNull(pulls.mergedAt),
        eq(issues.state, 'open'),
        isNull(queueEntries.id),
      ),
    )
    .orderBy(desc(issues.updatedAt), desc(pulls.issueId))
    .limit(limit);
  return rows.map(({ id }) => id);
}

/** Ids of the open pull requests into a branch that are to be merged as soon as that is possible. */
export async function listAutoMergesByBase(
  db: Db,
  repositoryId: number,
  baseBranch: string,
): Promise<number[]> {
  return listAutoMerges(
    db,
    and(eq(pulls.repositoryId, repositoryId), eq(pulls.baseBranch, baseBranch), isNull(pulls.mergedAt)),
  );
}

/** As `listAutoMergesByBase`, of those whose head is a commit. */
export async function listAutoMergesByHead(db: Db, repositoryId: number, headOid: string): Promise<number[]> {
  return listAutoMerges(db, and(eq(pulls.repositoryId, repositoryId), eq(pulls.headOid, headOid)));
}

/** As `listAutoMergesByBase`, of a whole repository. */
export async function listAutoMergesOf(db: Db, repositoryId: number): Promise<number[]> {
  return listAutoMerges(db, eq(pulls.repositoryId, repositoryId));
}

async function listAutoMerges(db: Db, which: SQL | undefined): Promise<number[]> {
  const rows = await db
    .select({ id: pulls.issueId })
    .from(pulls)
    .innerJoin(issues, eq(issues.id, pulls.issueId))
    .where(and(which, eq(issues.state, 'open'), isNotNull(pulls.autoMerge)))
    .orderBy(pulls.issueId);
  return rows.map(({ id }) => id);
}

/** Takes back what says that a merge is under way, if it is this one. */
export async function clearIntent(tx: Tx, issueId: number): Promise<void> {
  await tx.update(pulls).set({ merging: sql`null` }).where(eq(pulls.issueId, issueId));
}
