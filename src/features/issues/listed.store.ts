// Queries for the rows of a page of a list, by their ids.
import { asc, count, eq, inArray } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { issueAssignees, issueLabels, issues, labels, milestones } from '../../platform/db/tables/issues.ts';
import { repositories } from '../../platform/db/tables/repos.ts';
import { users } from '../../platform/db/tables/users.ts';
import type { ListedLabel, ListedRow } from './listing.types.ts';

type Db = Reader | Tx;

/** Those that exist, in no order. */
export async function listedRows(db: Db, ids: readonly number[]): Promise<ListedRow[]> {
  return db
    .select({
      id: issues.id,
      repositoryId: issues.repositoryId,
      number: issues.number,
      isPull: issues.isPull,
      authorId: issues.authorId,
      title: issues.title,
      state: issues.state,
      closeReason: issues.closeReason,
      closedAt: issues.closedAt,
      closedById: issues.closedById,
      lockedAt: issues.lockedAt,
      lockReason: issues.lockReason,
      pinnedAt: issues.pinnedAt,
      milestoneId: issues.milestoneId,
      dueOn: issues.dueOn,
      parentId: issues.parentId,
      commentCount: issues.commentCount,
      reactionCount: issues.reactionCount,
      createdAt: issues.createdAt,
      updatedAt: issues.updatedAt,
    })
    .from(issues)
    .where(inArray(issues.id, [...ids]));
}

/** The labels of issues, in order of their names. */
export async function listedLabels(
  db: Db,
  issueIds: readonly number[],
): Promise<(ListedLabel & { issueId: number })[]> {
  return db
    .select({
      issueId: issueLabels.issueId,
      id: labels.id,
      name: labels.name,
      description: labels.description,
      color: labels.color,
    })
    .from(issueLabels)
    .innerJoin(labels, eq(labels.id, issueLabels.labelId))
    .where(inArray(issueLabels.issueId, [...issueIds]))
    .orderBy(asc(labels.nameKey), asc(labels.id));
}

/** Who issues are assigned to, in the order they were. */
export async function listedAssignees(
  db: Db,
  issueIds: readonly number[],
): Promise<{ issueId: number; userId: number }[]> {
  return db
    .select({ issueId: issueAssignees.issueId, userId: issueAssignees.userId })
    .from(issueAssignees)
    .where(inArray(issueAssignees.issueId, [...issueIds]))
    .orderBy(asc(issueAssignees.createdAt), asc(issueAssignees.userId));
}

export async function listedMilestones(
  db: Db,
  ids: readonly number[],
): Promise<{ id: number; title: string; dueOn: string | null }[]> {
  if (ids.length === 0) return [];
  return db
    .select({ id: milestones.id, title: milestones.title, dueOn: milestones.dueOn })
    .from(milestones)
    .where(inArray(milestones.id, [...ids]));
}

/** How many parts issues have, by repository and state. */
export async function countParts(
  db: Db,
  issueIds: readonly number[],
): Promise<{ parentId: number | null; repositoryId: number; state: 'open' | 'closed'; total: number }[]> {
  return db
    .select({
      parentId: issues.parentId,
      repositoryId: issues.repositoryId,
      state: issues.state,
      total: count(),
    })
    .from(issues)
    .where(inArray(issues.parentId, [...issueIds]))
    .groupBy(issues.parentId, issues.repositoryId, issues.state);
}

/** `/owner/name` of repositories, by their ids. */
export async function pathsOf(db: Db, repositoryIds: readonly number[]): Promise<Map<number, string>> {
  if (repositoryIds.length === 0) return new Map();
  const rows = await db
    .select({ id: repositories.id, name: repositories.name, ownerName: users.name })
    .from(repositories)
    .innerJoin(users, eq(users.id, repositories.ownerId))
    .where(inArray(repositories.id, [...repositoryIds]));
  return new Map(rows.map(({ id, name, ownerName }) => [id, `/${ownerName}/${name}`]));
}
