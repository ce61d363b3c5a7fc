// Queries on what teams do of themselves in their organizations.
import { and, eq, inArray } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { teamAncestors, teamDefaults, teamMembers, teams } from '../../platform/db/tables/orgs.ts';
import { upsert } from '../../platform/db/write-forms.ts';
import type { TeamDefaults } from './orgs.types.ts';

type Db = Reader | Tx;

/** What was set for these teams, by id; teams for which nothing was are left out. */
export async function listTeamDefaults(
  db: Db,
  teamIds: readonly number[],
): Promise<Map<number, TeamDefaults>> {
  if (teamIds.length === 0) return new Map();
  const rows = await db
    .select()
    .from(teamDefaults)
    .where(inArray(teamDefaults.teamId, [...teamIds]));
  return new Map(rows.map(({ teamId, ...defaults }) => [teamId, defaults]));
}

export async function setTeamDefaults(tx: Tx, teamId: number, defaults: TeamDefaults): Promise<void> {
  const row = { teamId, ...defaults };
  await upsert(tx, teamDefaults, row, { target: [teamDefaults.teamId], set: defaults });
}

/** The teams of an organization that are added to every repository, with what they are given there. */
export async function listTakingAll(
  db: Db,
  organizationId: number,
): Promise<{ teamId: number; permission: TeamDefaults['permission'] }[]> {
  return db
    .select({ teamId: teams.id, permission: teamDefaults.permission })
    .from(teamDefaults)
    .innerJoin(teams, eq(teams.id, teamDefaults.teamId))
    .where(and(eq(teams.organizationId, organizationId), eq(teamDefaults.takesAll, true)));
}

/** The organizations in which somebody is in a team whose people create repositories, or in one nested in it. */
export async function listCreatingOrganizations(db: Db, userId: number): Promise<Set<number>> {
  const rows = await db
    .selectDistinct({ id: teams.organizationId })
    .from(teamMembers)
    .innerJoin(teamAncestors, eq(teamAncestors.teamId, teamMembers.teamId))
    .innerJoin(teamDefaults, eq(teamDefaults.teamId, teamAncestors.ancestorId))
    .innerJoin(teams, eq(teams.id, teamDefaults.teamId))
    .where(and(eq(teamMembers.userId, userId), eq(teamDefaults.createsRepositories, true)));
  return new Set(rows.map(({ id }) => id));
}
