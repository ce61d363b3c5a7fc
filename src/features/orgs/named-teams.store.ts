// Queries on teams as texts name them, many at once.
import { and, eq, inArray, or } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import {
  organizationMembers,
  organizations,
  teamAncestors,
  teamMembers,
  teams,
} from '../../platform/db/tables/orgs.ts';
import { users } from '../../platform/db/tables/users.ts';
import type { MemberRole, OrganizationVisibility } from './orgs.types.ts';

type Db = Reader | Tx;

export interface NamedTeam {
  id: number;
  organizationId: number;
  organization: string;
  name: string;
  isSecret: boolean;
  visibility: OrganizationVisibility;
}

/** The teams of these names, both in lower case, that exist. */
export async function findTeamsNamed(
  db: Db,
  names: readonly { organization: string; team: string }[],
): Promise<NamedTeam[]> {
  if (names.length === 0) return [];
  return db
    .select({
      id: teams.id,
      organizationId: teams.organizationId,
      organization: users.name,
      name: teams.name,
      isSecret: teams.isSecret,
      visibility: organizations.visibility,
    })
    .from(teams)
    .innerJoin(users, eq(users.id, teams.organizationId))
    .innerJoin(organizations, eq(organizations.userId, teams.organizationId))
    .where(
      and(
        // The two lists lead through the indexes; pairs alone would be looked for in all teams.
        inArray(users.nameKey, [...new Set(names.map(({ organization }) => organization))]),
        inArray(teams.nameKey, [...new Set(names.map(({ team }) => team))]),
        or(
          ...names.map(({ organization, team }) =>
            and(eq(users.nameKey, organization), eq(teams.nameKey, team)),
          ),
        ),
      ),
    );
}

/** What somebody is in some organizations, by their ids. */
export async function listRoles(
  db: Db,
  userId: number,
  organizationIds: readonly number[],
): Promise<Map<number, MemberRole>> {
  if (organizationIds.length === 0) return new Map();
  const rows = await db
    .select({ id: organizationMembers.organizationId, role: organizationMembers.role })
    .from(organizationMembers)
    .where(
      and(
        eq(organizationMembers.userId, userId),
        inArray(organizationMembers.organizationId, [...organizationIds]),
      ),
    );
  return new Map(rows.map(({ id, role }) => [id, role]));
}

/** Of these teams those somebody is in, or in one nested in them. */
export async function listTeamsHeld(
  db: Db,
  userId: number,
  teamIds: readonly number[],
): Promise<Set<number>> {
  if (teamIds.length === 0) return new Set();
  const rows = await db
    .selectDistinct({ id: teamAncestors.ancestorId })
    .from(teamMembers)
    .innerJoin(teamAncestors, eq(teamAncestors.teamId, teamMembers.teamId))
    .where(and(eq(teamMembers.userId, userId), inArray(teamAncestors.ancestorId, [...teamIds])));
  return new Set(rows.map(({ id }) => id));
}

/** The people of teams and of those nested in them, once each. */
export async function listPeopleOfTeams(
  db: Db,
  teamIds: readonly number[],
  limit: number,
): Promise<number[]> {
  if (teamIds.length === 0) return [];
  const rows = await db
    .selectDistinct({ userId: teamMembers.userId })
    .from(teamAncestors)
    .innerJoin(teamMembers, eq(teamMembers.teamId, teamAncestors.teamId))
    .where(inArray(teamAncestors.ancestorId, [...teamIds]))
    .limit(limit);
  return rows.map(({ userId }) => userId);
}

/** The teams somebody is in, and those above them. */
export async function listTeamsAround(db: Db, userId: number, limit: number): Promise<number[]> {
  const rows = await db
    .selectDistinct({ id: teamAncestors.ancestorId })
    .from(teamMembers)
    .innerJoin(teamAncestors, eq(teamAncestors.teamId, teamMembers.teamId))
    .where(eq(teamMembers.userId, userId))
    .limit(limit);
  return rows.map(({ id }) => id);
}

/** Accounts by their names in lower case that are nobody's ghost and not suspended, with how open organizations are. */
export async function findAccountsNamed(db: Db, nameKeys: readonly string[]) {
  if (nameKeys.length === 0) return [];
  return db
    .select({ id: users.id, name: users.name, kind: users.kind, visibility: organizations.visibility })
    .from(users)
    .leftJoin(organizations, eq(organizations.userId, users.id))
    .where(
      and(
        inArray(users.nameKey, [...nameKeys]),
        eq(users.isSuspended, false),
        inArray(users.kind, ['user', 'bot', 'organization']),
      ),
    );
}
