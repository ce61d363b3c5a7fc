// Queries on what teams were given on a repository, for its access page.
import { and, eq } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { changedRows } from '../../platform/db/drizzle-session.ts';
import { teams } from '../../platform/db/tables/orgs.ts';
import { teamRepositories } from '../../platform/db/tables/repos.ts';
import { upsert } from '../../platform/db/write-forms.ts';
import type { GivenPermission } from './repos.types.ts';

type Db = Reader | Tx;

/** A team of the owning organization; `permission` is undefined where it was given nothing. */
export interface TeamAccess {
  teamId: number;
  name: string;
  nameKey: string;
  isSecret: boolean;
  permission: GivenPermission | undefined;
}

/** Every team of an organization with what it was given on one of its repositories, by name. */
export async function listTeamAccess(
  db: Db,
  organizationId: number,
  repositoryId: number,
): Promise<TeamAccess[]> {
  const rows = await db
    .select({
      teamId: teams.id,
      name: teams.name,
      nameKey: teams.nameKey,
      isSecret: teams.isSecret,
      permission: teamRepositories.permission,
    })
    .from(teams)
    .leftJoin(
      teamRepositories,
      and(eq(teamRepositories.teamId, teams.id), eq(teamRepositories.repositoryId, repositoryId)),
    )
    .where(eq(teams.organizationId, organizationId))
    .orderBy(teams.nameKey);
  return rows.map(({ permission, ...team }) => ({ ...team, permission: permission ?? undefined }));
}

export async function setTeamGrant(
  tx: Tx,
  row: { teamId: number; repositoryId: number; permission: GivenPermission; createdAt: number },
): Promise<void> {
  await upsert(tx, teamRepositories, row, {
    target: [teamRepositories.teamId, teamRepositories.repositoryId],
    set: { permission: row.permission },
  });
}

/** Says false when the team had been given nothing. */
export async function removeTeamGrant(tx: Tx, teamId: number, repositoryId: number): Promise<boolean> {
  const removed = await tx
    .delete(teamRepositories)
    .where(and(eq(teamRepositories.teamId, teamId), eq(teamRepositories.repositoryId, repositoryId)));
  return changedRows(removed) > 0;
}
