// What was given to some people on one repository: grantsAmong of standing.store.ts turned round.
import { and, eq, inArray } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import {
  organizationMembers,
  organizations,
  teamAncestors,
  teamMembers,
  teams,
} from '../../platform/db/tables/orgs.ts';
import { collaborators, teamRepositories } from '../../platform/db/tables/repos.ts';
import { users } from '../../platform/db/tables/users.ts';
import type { RepositoryRow } from './repos.types.ts';
import type { Grant } from './standing.store.ts';

type Db = Reader | Tx;

/** What an account must be told apart by to judge what it may read. */
export type PersonRow = Pick<
  typeof users.$inferSelect,
  'id' | 'isAdmin' | 'isRestricted' | 'mustChangePassword'
>;

/** Of these accounts the people and bots that are not suspended. */
export async function listActivePeople(db: Db, ids: readonly number[]): Promise<PersonRow[]> {
  if (ids.length === 0) return [];
  const { id, isAdmin, isRestricted, mustChangePassword } = users;
  return db
    .select({ id, isAdmin, isRestricted, mustChangePassword })
    .from(users)
    .where(
      and(inArray(users.id, [...ids]), eq(users.isSuspended, false), inArray(users.kind, ['user', 'bot'])),
    );
}

/** What was given to each of these people on a repository, in three statements at most. */
export async function grantsOfPeople(
  db: Db,
  { id, ownerId }: Pick<RepositoryRow, 'id' | 'ownerId'>,
  ofOrganization: boolean,
  userIds: readonly number[],
): Promise<Map<number, Grant[]>> {
  const grants = new Map<number, Grant[]>(userIds.map((userId) => [userId, []]));
  if (userIds.length === 0) return grants;
  const ids = [...userIds];
  const byName = await db
    .select({ userId: collaborators.userId, permission: collaborators.permission })
    .from(collaborators)
    .where(and(eq(collaborators.repositoryId, id), inArray(collaborators.userId, ids)));
  for (const { userId, permission } of byName)
    grants.get(userId)?.push({ source: 'collaborator', permission, caps: {} });
  if (!ofOrganization) return grants;
  for (const row of await memberGrants(db, ownerId, ids)) grants.get(row.userId)?.push(row.grant);
  for (const row of await teamGrants(db, id, ids)) grants.get(row.userId)?.push(row.grant);
  return grants;
}

interface Given {
  userId: number;
  grant: Grant;
}

async function memberGrants(db: Db, organizationId: number, ids: number[]): Promise<Given[]> {
  const rows = await db
    .select({
      userId: organizationMembers.userId,
      role: organizationMembers.role,
      permission: organizations.basePermission,
    })
    .from(organizationMembers)
    .innerJoin(organizations, eq(organizations.userId, organizationMembers.organizationId))
    .where(
      and(eq(organizationMembers.organizationId, organizationId), inArray(organizationMembers.userId, ids)),
    );
  return rows.map(({ userId, role, permission }) => ({
    userId,
    grant: { source: 'member', permission: role === 'owner' ? 'owner' : permission, caps: {} },
  }));
}

async function teamGrants(db: Db, repositoryId: number, ids: number[]): Promise<Given[]> {
  const rows = await db
    .select({
      userId: teamMembers.userId,
      permission: teamRepositories.permission,
      caps: teams.unitCaps,
    })
    .from(teamRepositories)
    .innerJoin(teams, eq(teams.id, teamRepositories.teamId))
    .innerJoin(teamAncestors, eq(teamAncestors.ancestorId, teamRepositories.teamId))
    .innerJoin(teamMembers, eq(teamMembers.teamId, teamAncestors.teamId))
    .where(and(eq(teamRepositories.repositoryId, repositoryId), inArray(teamMembers.userId, ids)));
  return rows.map(({ userId, permission, caps }) => ({
    userId,
    grant: { source: 'team', permission, caps },
  }));
}
