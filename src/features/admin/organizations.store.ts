// Queries on organizations for administrators.
import { and, count, desc, eq, inArray, isNull, lt, sql } from 'drizzle-orm';
import type { Reader } from '../../platform/db/db.types.ts';
import { organizationMembers, organizations } from '../../platform/db/tables/orgs.ts';
import { repositories } from '../../platform/db/tables/repos.ts';
import { users } from '../../platform/db/tables/users.ts';

export interface ListedOrganization {
  id: number;
  name: string;
  displayName: string;
  visibility: string;
  members: number;
  repositories: number;
  createdAt: number;
}

/** The newest first, behind the id `before`, with counts read in one query each. */
export async function listOrganizations(
  reader: Reader,
  wanted: { words?: string; before?: number; limit: number },
): Promise<ListedOrganization[]> {
  const { words, before, limit } = wanted;
  const rows = await reader
    .select({
      id: users.id,
      name: users.name,
      displayName: users.displayName,
      visibility: organizations.visibility,
      createdAt: users.createdAt,
    })
    .from(users)
    .innerJoin(organizations, eq(organizations.userId, users.id))
    .where(
      and(
        words === undefined
          ? undefined
          : sql`${users.nameKey} like ${`%${words.toLowerCase().replace(/[!%_]/g, '!$&')}%`} escape '!'`,
        before === undefined ? undefined : lt(users.id, before),
      ),
    )
    .orderBy(desc(users.id))
    .limit(limit);
  const ids = rows.map(({ id }) => id);
  const members = await countMembers(reader, ids);
  const owned = await countRepositories(reader, ids);
  return rows.map((row) => ({
    ...row,
    members: members.get(row.id) ?? 0,
    repositories: owned.get(row.id) ?? 0,
  }));
}

async function countMembers(reader: Reader, ids: number[]): Promise<Map<number, number>> {
  if (ids.length === 0) return new Map();
  const rows = await reader
    .select({ id: organizationMembers.organizationId, total: count() })
    .from(organizationMembers)
    .where(inArray(organizationMembers.organizationId, ids))
    .groupBy(organizationMembers.organizationId);
  return new Map(rows.map(({ id, total }) => [id, total]));
}

async function countRepositories(reader: Reader, ids: number[]): Promise<Map<number, number>> {
  if (ids.length === 0) return new Map();
  const rows = await reader
    .select({ id: repositories.ownerId, total: count() })
    .from(repositories)
    .where(and(inArray(repositories.ownerId, ids), isNull(repositories.deletedAt)))
    .groupBy(repositories.ownerId);
  return new Map(rows.map(({ id, total }) => [id, total]));
}
