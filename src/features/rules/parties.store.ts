// Whether somebody is in a team that a rule names.
import { and, eq, inArray } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { teamAncestors, teamMembers, teams } from '../../platform/db/tables/orgs.ts';

/** Of these teams of an organization those somebody is in, or in one nested in them. */
export async function listTeamsHeld(
  db: Reader | Tx,
  organizationId: number,
  userId: number,
  teamIds: readonly number[],
): Promise<Set<number>> {
  if (teamIds.length === 0) return new Set();
  const rows = await db
    .selectDistinct({ id: teamAncestors.ancestorId })
    .from(teamMembers)
    .innerJoin(teamAncestors, eq(teamAncestors.teamId, teamMembers.teamId))
    .innerJoin(teams, eq(teams.id, teamAncestors.ancestorId))
    .where(
      and(
        eq(teamMembers.userId, userId),
        inArray(teamAncestors.ancestorId, [...teamIds]),
        eq(teams.organizationId, organizationId),
      ),
    );
  return new Set(rows.map(({ id }) => id));
}
