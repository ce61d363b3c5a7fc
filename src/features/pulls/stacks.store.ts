// Queries on stacks: which pull requests stand on which.
import { and, asc, eq, inArray, isNotNull, isNull, or } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { issues } from '../../platform/db/tables/issues.ts';
import { pulls } from '../../platform/db/tables/pulls.ts';
import type { Pull } from './pulls.types.ts';

type Db = Reader | Tx;

/** What others stand on: by itself, or as the head's branch in the same repository. */
export interface Supports {
  pullIds: readonly number[];
  /** Without refs/heads/; never empty ones. */
  branches: readonly string[];
}

/** The open pull requests that stand right on one of these, in order of number. */
export async function listStandingOn(
  db: Db,
  repositoryId: number,
  { pullIds, branches }: Supports,
  limit: number,
): Promise<Pull[]> {
  if (pullIds.length === 0) return [];
  const byBranch =
    branches.length === 0
      ? undefined
      : and(inArray(pulls.baseBranch, [...branches]), isNull(pulls.basePullId));
  return db
    .select({ issue: issues, pull: pulls })
    .from(pulls)
    .innerJoin(issues, eq(issues.id, pulls.issueId))
    .where(
      and(
        eq(pulls.repositoryId, repositoryId),
        isNull(pulls.mergedAt),
        eq(issues.state, 'open'),
        or(inArray(pulls.basePullId, [...pullIds]), byBranch),
      ),
    )
    .orderBy(asc(pulls.number))
    .limit(limit);
}

/** Whether anything was merged into a branch by a pull request. */
export async function hasMergedInto(db: Db, repositoryId: number, baseBranch: string): Promise<boolean> {
  const [row] = await db
    .select({ issueId: pulls.issueId })
    .from(pulls)
    .where(
      and(eq(pulls.repositoryId, repositoryId), eq(pulls.baseBranch, baseBranch), isNotNull(pulls.mergedAt)),
    )
    .limit(1);
  return row !== undefined;
}

/** Of these commits, the open pull requests of a repository whose heads they are. */
export async function listOpenByHeadOids(
  db: Db,
  repositoryId: number,
  oids: readonly string[],
): Promise<Pull[]> {
  if (oids.length === 0) return [];
  return db
    .select({ issue: issues, pull: pulls })
    .from(pulls)
    .innerJoin(issues, eq(issues.id, pulls.issueId))
    .where(
      and(eq(pulls.repositoryId, repositoryId), inArray(pulls.headOid, [...oids]), eq(issues.state, 'open')),
    )
    .orderBy(asc(pulls.number));
}
