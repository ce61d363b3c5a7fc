// The one query behind every access check: what a person was given on a repository, by whom.
import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import {
  organizationMembers,
  organizations,
  teamAncestors,
  teamMembers,
  teams,
} from '../../platform/db/tables/orgs.ts';
import { collaborators, repositories, teamRepositories } from '../../platform/db/tables/repos.ts';
import type { GivenPermission } from './repos.types.ts';

type Db = Reader | Tx;

/** `source` is a collaborator's own permission, a membership (`owner`, or the base permission), or a team's. */
export interface Grant {
  source: 'collaborator' | 'member' | 'team';
  permission: GivenPermission | 'none' | 'owner';
  /** Teams: at most this much of each unit. */
  caps: Record<string, 'none' | 'read' | 'write'>;
}

/** What was given to a person on a repository of a person. */
export async function ownGrants(db: Db, repositoryId: number, userId: number): Promise<Grant[]> {
  const rows = await db
    .select({ permission: collaborators.permission })
    .from(collaborators)
    .where(and(eq(collaborators.repositoryId, repositoryId), eq(collaborators.userId, userId)));
  return rows.map(({ permission }) => ({ source: 'collaborator', permission, caps: {} }));
}

/** What was given to a person on a repository of an organization: by name, as a member, and by teams and those above. */
export async function organizationGrants(
  db: Db,
  repositoryId: number,
  organizationId: number,
  userId: number,
): Promise<Grant[]> {
  const rows = await grantsQueryOf(db).execute({ repositoryId, organizationId, userId });
  return rows.map((row) => ({
    source: row.source as Grant['source'],
    permission: row.permission as Grant['permission'],
    caps: row.caps === '{}' ? {} : (JSON.parse(row.caps) as Grant['caps']),
  }));
}

/** As `organizationGrants`, on several repositories at once, by their ids. */
export async function grantsAmong(
  db: Db,
  repositoryIds: readonly number[],
  userId: number,
): Promise<Map<number, Grant[]>> {
  const ids = [...repositoryIds];
  const byName = await db
    .select({ id: collaborators.repositoryId, permission: collaborators.permission })
    .from(collaborators)
    .where(and(inArray(collaborators.repositoryId, ids), eq(collaborators.userId, userId)));
  const asMember = await db
    .select({
      id: repositories.id,
      role: organizationMembers.role,
      permission: organizations.basePermission,
    })
    .from(repositories)
    .innerJoin(organizationMembers, eq(organizationMembers.organizationId, repositories.ownerId))
    .innerJoin(organizations, eq(organizations.userId, repositories.ownerId))
    .where(and(inArray(repositories.id, ids), eq(organizationMembers.userId, userId)));
  const byTeam = await db
    .select({
      id: teamRepositories.repositoryId,
      permission: teamRepositories.permission,
      caps: teams.unitCaps,
    })
    .from(teamMembers)
    .innerJoin(teamAncestors, eq(teamAncestors.teamId, teamMembers.teamId))
    .innerJoin(teams, eq(teams.id, teamAncestors.ancestorId))
    .innerJoin(teamRepositories, eq(teamRepositories.teamId, teamAncestors.ancestorId))
    .where(and(eq(teamMembers.userId, userId), inArray(teamRepositories.repositoryId, ids)));
  const grants = new Map<number, Grant[]>(ids.map((id) => [id, []]));
  for (const { id, permission } of byName)
    grants.get(id)?.push({ source: 'collaborator', permission, caps: {} });
  for (const { id, role, permission } of asMember)
    grants.get(id)?.push({ source: 'member', permission: role === 'owner' ? 'owner' : permission, caps: {} });
  for (const { id, permission, caps } of byTeam) grants.get(id)?.push({ source: 'team', permission, caps });
  return grants;
}

type GrantsQuery = ReturnType<typeof prepareGrantsQuery>;

/** Every request runs this query; drizzle takes longer to build it than the database to answer. */
const prepared = new WeakMap<Db, GrantsQuery>();

function grantsQueryOf(db: Db): GrantsQuery {
  const known = prepared.get(db) ?? prepareGrantsQuery(db);
  prepared.set(db, known);
  return known;
}

function prepareGrantsQuery(db: Db) {
  const repositoryId = sql.placeholder('repositoryId');
  const organizationId = sql.placeholder('organizationId');
  const userId = sql.placeholder('userId');
  const byName = db
    .select({
      source: sql<string>`'collaborator'`.as('source'),
      permission: sql<string>`${collaborators.permission}`.as('permission'),
      caps: sql<string>`'{}'`.as('caps'),
    })
    .from(collaborators)
    .where(and(eq(collaborators.repositoryId, repositoryId), eq(collaborators.userId, userId)));
  const asMember = db
    .select({
      source: sql<string>`'member'`.as('source'),
      permission:
        sql<string>`case when ${organizationMembers.role} = 'owner' then 'owner' else ${organizations.basePermission} end`.as(
          'permission',
        ),
      caps: sql<string>`'{}'`.as('caps'),
    })
    .from(organizationMembers)
    .innerJoin(organizations, eq(organizations.userId, organizationMembers.organizationId))
    .where(
      and(eq(organizationMembers.organizationId, organizationId), eq(organizationMembers.userId, userId)),
    );
  const byTeam = db
    .select({
      source: sql<string>`'team'`.as('source'),
      permission: sql<string>`${teamRepositories.permission}`.as('permission'),
      caps: sql<string>`${teams.unitCaps}`.as('caps'),
    })
    .from(teamMembers)
    .innerJoin(teamAncestors, eq(teamAncestors.teamId, teamMembers.teamId))
    .innerJoin(teams, eq(teams.id, teamAncestors.ancestorId))
    .innerJoin(teamRepositories, eq(teamRepositories.teamId, teamAncestors.ancestorId))
    .where(and(eq(teamMembers.userId, userId), eq(teamRepositories.repositoryId, repositoryId)));
  return byName.unionAll(asMember).unionAll(byTeam).prepare();
}
