// Pull requests in lines about branches and commits, without their texts.
import { and, desc, eq, inArray } from 'drizzle-orm';
import type { Reader } from '../../platform/db/db.types.ts';
import { issues } from '../../platform/db/tables/issues.ts';
import { pulls } from '../../platform/db/tables/pulls.ts';

const COLUMNS = {
  id: issues.id,
  repositoryId: issues.repositoryId,
  number: issues.number,
  isPull: issues.isPull,
  title: issues.title,
  state: issues.state,
  closeReason: issues.closeReason,
  isDraft: pulls.isDraft,
  headBranch: pulls.headBranch,
};

export type ShortPull = Awaited<ReturnType<typeof listByHeads>>[number];

/** Those whose head is one of some branches, in whatever state, the newest first. */
export async function listByHeads(
  db: Reader,
  headRepositoryId: number,
  branches: readonly string[],
  limit: number,
) {
  if (branches.length === 0) return [];
  return db
    .select(COLUMNS)
    .from(pulls)
    .innerJoin(issues, eq(issues.id, pulls.issueId))
    .where(and(eq(pulls.headRepositoryId, headRepositoryId), inArray(pulls.headBranch, [...branches])))
    .orderBy(desc(pulls.issueId))
    .limit(limit);
}

/** Where the newest pull requests of a repository begin and end, in whatever state. */
export async function listNewestRanges(db: Reader, repositoryId: number, limit: number) {
  const { issueId, headOid, baseOid, mergedOid } = pulls;
  return db
    .select({ issueId, headOid, baseOid, mergedOid })
    .from(pulls)
    .where(eq(pulls.repositoryId, repositoryId))
    .orderBy(desc(pulls.number))
    .limit(limit);
}

/** Those of some ids, the newest first. */
export async function listShortPulls(db: Reader, ids: readonly number[]): Promise<ShortPull[]> {
  if (ids.length === 0) return [];
  return db
    .select(COLUMNS)
    .from(pulls)
    .innerJoin(issues, eq(issues.id, pulls.issueId))
    .where(inArray(pulls.issueId, [...ids]))
    .orderBy(desc(pulls.issueId));
}
