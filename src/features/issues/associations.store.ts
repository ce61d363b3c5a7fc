// Queries on how people belong to a repository, for the words beside their names.
import { and, eq, inArray } from 'drizzle-orm';
import type { Reader } from '../../platform/db/db.types.ts';
import { organizationMembers } from '../../platform/db/tables/orgs.ts';
import { collaborators } from '../../platform/db/tables/repos.ts';

/** Of some people those who belong to an organization; only openly, unless the reader belongs to it as well. */
export async function listMembersAmong(
  db: Reader,
  organizationId: number,
  userIds: readonly number[],
  isForMember: boolean,
): Promise<number[]> {
  if (userIds.length === 0) return [];
  const rows = await db
    .select({ userId: organizationMembers.userId })
    .from(organizationMembers)
    .where(
      and(
        eq(organizationMembers.organizationId, organizationId),
        inArray(organizationMembers.userId, [...userIds]),
        isForMember ? undefined : eq(organizationMembers.isPublic, true),
      ),
    );
  return rows.map(({ userId }) => userId);
}

/** Of some people those who were given something on a repository by name. */
export async function listCollaboratorsAmong(
  db: Reader,
  repositoryId: number,
  userIds: readonly number[],
): Promise<number[]> {
  if (userIds.length === 0) return [];
  const rows = await db
    .select({ userId: collaborators.userId })
    .from(collaborators)
    .where(and(eq(collaborators.repositoryId, repositoryId), inArray(collaborators.userId, [...userIds])));
  return rows.map(({ userId }) => userId);
}
