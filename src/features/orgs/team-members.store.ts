// Queries on who belongs to teams.
import { and, asc, count, eq, gt, inArray, type SQL } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { changedRows } from '../../platform/db/drizzle-session.ts';
import { teamAncestors, teamMembers, teams } from '../../platform/db/tables/orgs.ts';
import { users } from '../../platform/db/tables/users.ts';
import { insertIfAbsent } from '../../platform/db/write-forms.ts';
import type { TeamMember, TeamRole } from './orgs.types.ts';

type Db = Reader | Tx;
type TeamMemberRow = typeof teamMembers.$inferSelect;

export async function findTeamMembership(
  db: Db,
  teamId: number,
  userId: number,
): Promise<TeamMemberRow | undefined> {
  const [row] = await db.select().from(teamMembers).where(of(teamId, userId));
  return row;
}

/** Says false when they belong to it already. */
export async function insertTeamMember(tx: Tx, row: TeamMemberRow): Promise<boolean> {
  return insertIfAbsent(tx, teamMembers, row);
}

export async function updateTeamRole(tx: Tx, teamId: number, userId: number, role: TeamRole): Promise<void> {
  await tx.update(teamMembers).set({ role }).where(of(teamId, userId));
}

/** Says false when they did not belong to it. */
export async function removeTeamMember(tx: Tx, teamId: number, userId: number): Promise<boolean> {
  return changedRows(await tx.delete(teamMembers).where(of(teamId, userId))) > 0;
}

/** Takes somebody out of every team of an organization. */
export async function removeFromTeamsOf(tx: Tx, organizationId: number, userId: number): Promise<void> {
  const own = tx.select({ id: teams.id }).from(teams).where(eq(teams.organizationId, organizationId));
  await tx.delete(teamMembers).where(and(eq(teamMembers.userId, userId), inArray(teamMembers.teamId, own)));
}

/** A team's people by name, maintainers among them. */
export async function listTeamMembers(
  db: Db,
  teamId: number,
  filter: { after?: string; limit: number },
): Promise<TeamMember[]> {
  return db
    .select({
      userId: users.id,
      name: users.name,
      nameKey: users.nameKey,
      displayName: users.displayName,
      avatarHash: users.avatarHash,
      role: teamMembers.role,
    })
    .from(teamMembers)
    .innerJoin(users, eq(users.id, teamMembers.userId))
    .where(
      and(
        eq(teamMembers.teamId, teamId),
        filter.after === undefined ? undefined : gt(users.nameKey, filter.after),
      ),
    )
    .orderBy(asc(users.nameKey))
    .limit(filter.limit);
}

export async function countTeamMembers(db: Db, teamId: number): Promise<number> {
  const [row] = await db.select({ total: count() }).from(teamMembers).where(eq(teamMembers.teamId, teamId));
  return row?.total ?? 0;
}

/** The teams of an organization that somebody is in, with those above: whose existence they know of. */
export async function listTeamIdsAround(db: Db, organizationId: number, userId: number): Promise<number[]> {
  const rows = await db
    .selectDistinct({ id: teamAncestors.ancestorId })
    .from(teamMembers)
    .innerJoin(teamAncestors, eq(teamAncestors.teamId, teamMembers.teamId))
    .innerJoin(teams, eq(teams.id, teamAncestors.ancestorId))
    .where(and(eq(teamMembers.userId, userId), eq(teams.organizationId, organizationId)));
  return rows.map((row) => row.id);
}

/** How many people each of these teams has; teams without any are left out. */
export async function countMembersByTeam(db: Db, teamIds: readonly number[]): Promise<Map<number, number>> {
  if (teamIds.length === 0) return new Map();
  const rows = await db
    .select({ id: teamMembers.teamId, total: count() })
    .from(teamMembers)
    .where(inArray(teamMembers.teamId, [...teamIds]))
    .groupBy(teamMembers.teamId);
  return new Map(rows.map((row) => [row.id, row.total]));
}

function of(teamId: number, userId: number): SQL | undefined {
  return and(eq(teamMembers.teamId, teamId), eq(teamMembers.userId, userId));
}
