// What lists show of pull requests besides what they have in common with issues.
import { eq, inArray } from 'drizzle-orm';
import type { Reader } from '../../platform/db/db.types.ts';
import { issues } from '../../platform/db/tables/issues.ts';
import { pulls } from '../../platform/db/tables/pulls.ts';

export interface PullFacts {
  id: number;
  repositoryId: number;
  headOid: string;
  isDraft: boolean;
  decision: 'none' | 'approved' | 'changes_requested';
  baseBranch: string;
  mergedAt: number | null;
}

/** Of these issues the pull requests, in no order. */
export async function pullFactsOf(db: Reader, ids: readonly number[]): Promise<PullFacts[]> {
  if (ids.length === 0) return [];
  const { repositoryId, headOid, isDraft, decision, baseBranch, mergedAt } = pulls;
  return db
    .select({ id: issues.id, repositoryId, headOid, isDraft, decision, baseBranch, mergedAt })
    .from(pulls)
    .innerJoin(issues, eq(issues.id, pulls.issueId))
    .where(inArray(pulls.issueId, [...ids]));
}
