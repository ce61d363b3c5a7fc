// What the index in memory reads: issues in bulk, their labels and assignees, and the log of what changed.
import { and, asc, desc, eq, gt, inArray, lt, lte, max, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import {
  issueAssignees,
  issueChanges,
  issueDependencies,
  issueLabels,
  issuePeople,
  issues,
} from '../../platform/db/tables/issues.ts';
import { pullReviews, pulls, reviewRequests } from '../../platform/db/tables/pulls.ts';
import type { IndexRow, PersonRole } from './issue-index.types.ts';

type Db = Reader | Tx;

/** Two ids that belong together. */
export interface Pair {
  issueId: number;
  otherId: number;
}

const ROW = {
  id: issues.id,
  repositoryId: issues.repositoryId,
  isPull: issues.isPull,
  authorId: issues.authorId,
  state: issues.state,
  closeReason: issues.closeReason,
  closedAt: issues.closedAt,
  lockedAt: issues.lockedAt,
  pinnedAt: issues.pinnedAt,
  milestoneId: issues.milestoneId,
  dueOn: issues.dueOn,
  parentId: issues.parentId,
  commentCount: issues.commentCount,
  reactionCount: issues.reactionCount,
  createdAt: issues.createdAt,
  updatedAt: issues.updatedAt,
  isDraft: pulls.isDraft,
  decision: pulls.decision,
  headBranch: pulls.headBranch,
  baseBranch: pulls.baseBranch,
};

/** Issues behind an id, in order of id. */
export async function indexRowsAfter(db: Db, after: number, limit: number): Promise<IndexRow[]> {
  return rowsOf(db).where(gt(issues.id, after)).orderBy(asc(issues.id)).limit(limit);
}

/** Those that exist, in no order. */
export async function indexRowsByIds(db: Db, ids: readonly number[]): Promise<IndexRow[]> {
  return rowsOf(db).where(inArray(issues.id, [...ids]));
}

function rowsOf(db: Db) {
  return db.select(ROW).from(issues).leftJoin(pulls, eq(pulls.issueId, issues.id));
}

/** Which of some issues; a range is exclusive at its lower end. */
export type Which = readonly number[] | { after: number; to: number };

/** The labels of issues, in order of issue and label. */
export async function labelPairs(db: Db, which: Which): Promise<Pair[]> {
  const column = issueLabels.issueId;
  return db
    .select({ issueId: column, otherId: issueLabels.labelId })
    .from(issueLabels)
    .where(isRange(which) ? and(gt(column, which.after), lte(column, which.to)) : inArray(column, [...which]))
    .orderBy(asc(column), asc(issueLabels.labelId));
}

/** The assignees of issues, in order of issue and person. */
export async function assigneePairs(db: Db, which: Which): Promise<Pair[]> {
  const column = issueAssignees.issueId;
  return db
    .select({ issueId: column, otherId: issueAssignees.userId })
    .from(issueAssignees)
    .where(isRange(which) ? and(gt(column, which.after), lte(column, which.to)) : inArray(column, [...which]))
    .orderBy(asc(column), asc(issueAssignees.userId));
}

function isRange(which: Which): which is { after: number; to: number } {
  return !Array.isArray(which);
}

export interface Dependency {
  blockedId: number;
  blockerId: number;
  isBlockedOpen: boolean;
  isBlockerOpen: boolean;
}

const blocked = alias(issues, 'blocked');
const blocker = alias(issues, 'blocker');

/** Dependencies in order, behind one of them. */
export async function dependenciesAfter(
  db: Db,
  after: { blockedId: number; blockerId: number },
  limit: number,
): Promise<Dependency[]> {
  const { blockedId, blockerId } = issueDependencies;
  return withStates(db)
    .where(
      and(
        sql`${blockedId} >= ${after.blockedId}`,
        or(gt(blockedId, after.blockedId), gt(blockerId, after.blockerId)),
      ),
    )
    .orderBy(asc(blockedId), asc(blockerId))
    .limit(limit)
    .then((rows) => rows.map(dependencyOf));
}

/** The dependencies that issues are a side of. */
export async function dependenciesOf(db: Db, ids: readonly number[]): Promise<Dependency[]> {
  const some = [...ids];
  const waiting = await withStates(db).where(inArray(issueDependencies.blockedId, some));
  const waitedFor = await withStates(db).where(inArray(issueDependencies.blockerId, some));
  return [...waiting, ...waitedFor].map(dependencyOf);
}

function withStates(db: Db) {
  return db
    .select({
      blockedId: issueDependencies.blockedId,
      blockerId: issueDependencies.blockerId,
      blockedState: blocked.state,
      blockerState: blocker.state,
    })
    .from(issueDependencies)
    .innerJoin(blocked, eq(blocked.id, issueDependencies.blockedId))
    .innerJoin(blocker, eq(blocker.id, issueDependencies.blockerId));
}

function dependencyOf(row: {
  blockedId: number;
  blockerId: number;
  blockedState: string;
  blockerState: string;
}) {
  return {
    blockedId: row.blockedId,
    blockerId: row.blockerId,
    isBlockedOpen: row.blockedState === 'open',
    isBlockerOpen: row.blockerState === 'open',
  };
}

/** The parts of these issues. */
export async function partPairs(db: Db, ids: readonly number[]): Promise<{ id: number; parentId: number }[]> {
  const rows = await db
    .select({ id: issues.id, parentId: issues.parentId })
    .from(issues)
    .where(inArray(issues.parentId, [...ids]));
  return rows.flatMap(({ id, parentId }) => (parentId === null ? [] : [{ id, parentId }]));
}

/**
 * Issues somebody commented on, is mentioned in, reviewed or is to review, behind an id and in order of id; ids of teams for
 * what a team is to review.
 */
export async function issuesOfPerson(
  db: Db,
  who: PersonRole,
  after: number,
  limit: number,
): Promise<number[]> {
  if (who.role === 'reviewer') {
    const { issueId, reviewerId } = pullReviews;
    const rows = await db
      .selectDistinct({ id: issueId })
      .from(pullReviews)
      .where(and(eq(reviewerId, who.userId), gt(issueId, after)))
      .orderBy(asc(issueId))
      .limit(limit);
    return rows.map(({ id }) => id);
  }
  if (who.role === 'requested' || who.role === 'team-requested') {
    const { issueId, userId, teamId } = reviewRequests;
    const column = who.role === 'requested' ? userId : teamId;
    const rows = await db
      .select({ id: issueId })
      .from(reviewRequests)
      .where(and(eq(column, who.userId), gt(issueId, after)))
      .orderBy(asc(issueId))
      .limit(limit);
    return rows.map(({ id }) => id);
  }
  const rows = await db
    .select({ id: issuePeople.issueId })
    .from(issuePeople)
    .where(
      and(eq(issuePeople.userId, who.userId), eq(issuePeople.role, who.role), gt(issuePeople.issueId, after)),
    )
    .orderBy(asc(issuePeople.issueId))
    .limit(limit);
  return rows.map(({ id }) => id);
}

/** Who takes part in these issues, reviewed them, or is to. */
export async function peopleOf(
  db: Db,
  ids: readonly number[],
): Promise<{ userId: number; role: string; issueId: number }[]> {
  const among = [...ids];
  const part = await db.select().from(issuePeople).where(inArray(issuePeople.issueId, among));
  const reviewers = await db
    .selectDistinct({ userId: pullReviews.reviewerId, issueId: pullReviews.issueId })
    .from(pullReviews)
    .where(inArray(pullReviews.issueId, among));
  const { userId, teamId, issueId } = reviewRequests;
  const asked = await db
    .select({ userId, teamId, issueId })
    .from(reviewRequests)
    .where(inArray(issueId, among));
  return [
    ...part,
    ...reviewers.map((row) => ({ ...row, role: 'reviewer' })),
    ...asked.map((row) => ({
      issueId: row.issueId,
      userId: row.userId ?? row.teamId ?? 0,
      role: row.userId === null ? 'team-requested' : 'requested',
    })),
  ];
}

export interface Change {
  id: number;
  issueId: number;
}

/** What changed behind a place in the log, in order. */
export async function changesAfter(db: Db, after: number, limit: number): Promise<Change[]> {
  return db
    .select({ id: issueChanges.id, issueId: issueChanges.issueId })
    .from(issueChanges)
    .where(gt(issueChanges.id, after))
    .orderBy(asc(issueChanges.id))
    .limit(limit);
}

/** The place in the log of the newest change before an instant; 0 where there is none. */
export async function placeBefore(db: Db, at: number): Promise<number> {
  const [row] = await db
    .select({ id: issueChanges.id })
    .from(issueChanges)
    .where(lt(issueChanges.at, at))
    .orderBy(desc(issueChanges.at), desc(issueChanges.id))
    .limit(1);
  return row?.id ?? 0;
}

/** Forgets what changed before an instant. */
export async function removeChangesBefore(tx: Tx, at: number): Promise<void> {
  await tx.delete(issueChanges).where(lt(issueChanges.at, at));
}

/** The highest id that was given to an issue. */
export async function lastIssueId(db: Db): Promise<number> {
  const [row] = await db.select({ id: max(issues.id) }).from(issues);
  return row?.id ?? 0;
}
