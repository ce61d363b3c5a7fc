// Queries of the pages that list issues, beside the list itself.
import { and, count, desc, eq, inArray, isNotNull, isNull, type SQL } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { issueAssignees, issueLabels, issues, labels, milestones } from '../../platform/db/tables/issues.ts';
import type { IssueRow } from './issues.types.ts';

type Db = Reader | Tx;

/** Those of the numbers that exist, in the order of their numbers. */
export async function findIssuesByNumbers(
  db: Db,
  repositoryId: number,
  numbers: readonly number[],
): Promise<IssueRow[]> {
  if (numbers.length === 0) return [];
  const rows = await db
    .select()
    .from(issues)
    .where(and(eq(issues.repositoryId, repositoryId), inArray(issues.number, [...numbers])));
  return rows.toSorted((one, other) => one.number - other.number);
}

/** Which labels issues have, a row for each. */
export async function listLabelIdsOf(db: Db, ids: readonly number[]): Promise<{ heldId: number }[]> {
  if (ids.length === 0) return [];
  return db
    .select({ heldId: issueLabels.labelId })
    .from(issueLabels)
    .where(inArray(issueLabels.issueId, [...ids]));
}

/** Who is assigned to issues, a row for each. */
export async function listAssigneeIdsOf(db: Db, ids: readonly number[]): Promise<{ heldId: number }[]> {
  if (ids.length === 0) return [];
  return db
    .select({ heldId: issueAssignees.userId })
    .from(issueAssignees)
    .where(inArray(issueAssignees.issueId, [...ids]));
}

/** Pinned issues, the first pinned first, without their texts. */
export async function listPinned(db: Db, repositoryId: number) {
  return db
    .select({
      number: issues.number,
      title: issues.title,
      state: issues.state,
      closeReason: issues.closeReason,
      isPull: issues.isPull,
      authorId: issues.authorId,
      createdAt: issues.createdAt,
      commentCount: issues.commentCount,
    })
    .from(issues)
    .where(and(eq(issues.repositoryId, repositoryId), isNotNull(issues.pinnedAt)))
    .orderBy(issues.pinnedAt)
    .limit(3);
}

/** Labels of a repository, and of the organization it belongs to. */
export async function countLabelsFor(db: Db, repositoryId: number, organizationId?: number): Promise<number> {
  const own = await countLabelsAt(db, eq(labels.repositoryId, repositoryId));
  if (organizationId === undefined) return own;
  // By itself: for an "or" SQLite reads the labels of all repositories, since most are of no organization.
  return own + (await countLabelsAt(db, eq(labels.organizationId, organizationId)));
}

async function countLabelsAt(db: Db, isThere: SQL): Promise<number> {
  const [row] = await db.select({ n: count() }).from(labels).where(isThere);
  return row?.n ?? 0;
}

export async function countOpenMilestones(db: Db, repositoryId: number): Promise<number> {
  const [row] = await db
    .select({ n: count() })
    .from(milestones)
    .where(and(eq(milestones.repositoryId, repositoryId), isNull(milestones.closedAt)));
  return row?.n ?? 0;
}

/** Who opened the issues (or pull requests) of a repository that changed last, or is assigned to them; each once, the latest first. */
export async function listRecentPeople(
  db: Db,
  repositoryId: number,
  kind: 'author' | 'assignee',
  isPull: boolean,
  issuesRead: number,
): Promise<number[]> {
  const recent = await db
    .select({ id: issues.id, authorId: issues.authorId })
    .from(issues)
    .where(and(eq(issues.repositoryId, repositoryId), eq(issues.isPull, isPull)))
    .orderBy(desc(issues.updatedAt))
    .limit(issuesRead);
  if (kind === 'author') return [...new Set(recent.map(({ authorId }) => authorId))];
  const ids = recent.map(({ id }) => id);
  return [...new Set((await listAssigneeIdsOf(db, ids)).map(({ heldId }) => heldId))];
}

/** Open issues somebody is assigned to, of those assigned last, the most recently changed first. */
export async function listAssignedOpen(db: Db, userId: number, among: number, limit: number) {
  const latest = db
    .select({ issueId: issueAssignees.issueId })
    .from(issueAssignees)
    .where(eq(issueAssignees.userId, userId))
    .orderBy(desc(issueAssignees.issueId))
    .limit(among)
    .as('latest');
  return db
    .select({
      number: issues.number,
      title: issues.title,
      isPull: issues.isPull,
      repositoryId: issues.repositoryId,
      updatedAt: issues.updatedAt,
    })
    .from(latest)
    .innerJoin(issues, eq(issues.id, latest.issueId))
    .where(eq(issues.state, 'open'))
    .orderBy(desc(issues.updatedAt))
    .limit(limit);
}
