// Queries that take an issue with everything of it to another repository, or away altogether.
import { and, desc, eq, inArray, isNull, or } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import {
  issueAssignees,
  issueDependencies,
  issueEntries,
  issueLabels,
  issueRedirects,
  issues,
  labels,
  milestones,
} from '../../platform/db/tables/issues.ts';
import { repositories } from '../../platform/db/tables/repos.ts';
import { upsert } from '../../platform/db/write-forms.ts';

export async function insertRedirect(
  tx: Tx,
  row: { repositoryId: number; number: number; issueId: number },
): Promise<void> {
  await upsert(tx, issueRedirects, row, {
    target: [issueRedirects.repositoryId, issueRedirects.number],
    set: { issueId: row.issueId },
  });
}

/** Replaces labels of the old repository by those of the same name that the new one, or its owner, has. */
export async function moveLabels(
  tx: Tx,
  issueId: number,
  to: { repositoryId: number; ownerId: number },
): Promise<void> {
  const held = await tx
    .select({ id: labels.id, nameKey: labels.nameKey, repositoryId: labels.repositoryId })
    .from(issueLabels)
    .innerJoin(labels, eq(labels.id, issueLabels.labelId))
    .where(eq(issueLabels.issueId, issueId));
  const own = held.filter(({ repositoryId }) => repositoryId !== null);
  if (own.length === 0) return;
  const there = await tx
    .select({ id: labels.id, nameKey: labels.nameKey, isExclusive: labels.isExclusive })
    .from(labels)
    .where(
      and(
        inArray(
          labels.nameKey,
          own.map(({ nameKey }) => nameKey),
        ),
        or(
          eq(labels.repositoryId, to.repositoryId),
          and(eq(labels.organizationId, to.ownerId), isNull(labels.repositoryId)),
        ),
      ),
    );
  await tx.delete(issueLabels).where(
    and(
      eq(issueLabels.issueId, issueId),
      inArray(
        issueLabels.labelId,
        own.map(({ id }) => id),
      ),
    ),
  );
  const kept = new Set(held.filter(({ repositoryId }) => repositoryId === null).map(({ id }) => id));
  for (const labelId of onePerScope(there).filter((id) => !kept.has(id)))
    await tx.insert(issueLabels).values({ issueId, labelId });
}

/** Labels that exclude each other where the issue goes need not have done so where it comes from. */
function onePerScope(found: readonly { id: number; nameKey: string; isExclusive: boolean }[]): number[] {
  const taken = new Set<string>();
  return found.flatMap(({ id, nameKey, isExclusive }) => {
    const scope = nameKey.includes('/') ? nameKey.slice(0, nameKey.lastIndexOf('/')) : undefined;
    if (!isExclusive || scope === undefined) return [id];
    if (taken.has(scope)) return [];
    taken.add(scope);
    return [id];
  });
}

/** The id of the milestone of the same title in another repository. */
export async function findSameMilestone(
  tx: Tx,
  milestoneId: number,
  repositoryId: number,
): Promise<number | undefined> {
  const [old] = await tx
    .select({ titleKey: milestones.titleKey })
    .from(milestones)
    .where(eq(milestones.id, milestoneId));
  if (!old) return undefined;
  const [row] = await tx
    .select({ id: milestones.id })
    .from(milestones)
    .where(and(eq(milestones.repositoryId, repositoryId), eq(milestones.titleKey, old.titleKey)));
  return row?.id;
}

export async function listAssigneeIds(tx: Tx, issueId: number): Promise<number[]> {
  const rows = await tx
    .select({ userId: issueAssignees.userId })
    .from(issueAssignees)
    .where(eq(issueAssignees.issueId, issueId));
  return rows.map(({ userId }) => userId);
}

export async function removeAssignees(tx: Tx, issueId: number, userIds: readonly number[]): Promise<void> {
  if (userIds.length === 0) return;
  await tx
    .delete(issueAssignees)
    .where(and(eq(issueAssignees.issueId, issueId), inArray(issueAssignees.userId, [...userIds])));
}

/** What the issue left behind in other timelines is seen by who may read its new repository. */
export async function moveSources(tx: Tx, issueId: number, repositoryId: number): Promise<void> {
  await tx
    .update(issueEntries)
    .set({ sourceRepositoryId: repositoryId })
    .where(eq(issueEntries.sourceIssueId, issueId));
}

/** Repositories of an owner, the newest first. */
export async function listIdsOfOwner(db: Reader, ownerId: number, limit: number): Promise<number[]> {
  const rows = await db
    .select({ id: repositories.id })
    .from(repositories)
    .where(and(eq(repositories.ownerId, ownerId), isNull(repositories.deletedAt)))
    .orderBy(desc(repositories.id))
    .limit(limit);
  return rows.map(({ id }) => id);
}

/** Issues that say something of this one: its parent, its parts, what it blocks and what blocks it. */
export async function listNeighbours(
  tx: Tx,
  { id, parentId }: { id: number; parentId: number | null },
): Promise<number[]> {
  const parts = await tx.select({ id: issues.id }).from(issues).where(eq(issues.parentId, id));
  const tied = await tx
    .select()
    .from(issueDependencies)
    .where(or(eq(issueDependencies.blockedId, id), eq(issueDependencies.blockerId, id)));
  const ids = tied.flatMap(({ blockedId, blockerId }) => [blockedId, blockerId]);
  const all = new Set([...ids, ...parts.map((part) => part.id), ...(parentId === null ? [] : [parentId])]);
  all.delete(id);
  return [...all];
}

/** Removes an issue with its comments and everything else that hangs on it. */
export async function removeIssue(tx: Tx, id: number): Promise<void> {
  await tx.delete(issues).where(eq(issues.id, id));
}
