// Queries on what teams do of themselves in their organizations.
import { and, eq, inArray } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { teamDefaults, teamMembers, teams } from '../../platform/db/tables/orgs.ts';
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

/** Whether somebody is in a team of the organization whose people create repositories. */
export async function isInCreatingTeam(db: Db, organizationId: number, userId: number): Promise<boolean> {
  const rows = await db
    .select({ id: teams.id })
    .from(teamMembers)
    .innerJoin(teams, eq(teams.id, teamMembers.teamId))
    .innerJoin(teamDefaults, eq(teamDefaults.teamId, teams.id))
    .where(
      and(
        eq(teamMembers.userId, userId),
        eq(teams.organizationId, organizationId),
        eq(teamDefaults.createsRepositories, true),
      ),
    )
    .limit(1);
  return rows.length > 0;
}
