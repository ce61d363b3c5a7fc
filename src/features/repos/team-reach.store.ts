// Queries that change what a team was given on many repositories at once.
import { and, eq, isNull, notExists } from 'drizzle-orm';
import type { Tx } from '../../platform/db/db.types.ts';
import { repositories, teamRepositories } from '../../platform/db/tables/repos.ts';
import type { GivenPermission } from './repos.types.ts';

/** Whatever a team was given becomes this. */
export async function changeGrantsOf(tx: Tx, teamId: number, permission: GivenPermission): Promise<void> {
  await tx.update(teamRepositories).set({ permission }).where(eq(teamRepositories.teamId, teamId));
}

/** Gives a team a permission on every live repository of an organization on which it has none. */
export async function grantEverywhere(
  tx: Tx,
  given: { organizationId: number; teamId: number; permission: GivenPermission; createdAt: number },
): Promise<void> {
  const { organizationId, teamId, permission, createdAt } = given;
  const known = tx
    .select({ id: teamRepositories.repositoryId })
    .from(teamRepositories)
    .where(and(eq(teamRepositories.teamId, teamId), eq(teamRepositories.repositoryId, repositories.id)));
  const rows = await tx
    .select({ id: repositories.id })
    .from(repositories)
    .where(and(eq(repositories.ownerId, organizationId), isNull(repositories.deletedAt), notExists(known)));
  for (let from = 0; from < rows.length; from += AT_ONCE)
    await tx
      .insert(teamRepositories)
      .values(
        rows
          .slice(from, from + AT_ONCE)
          .map(({ id }) => ({ teamId, repositoryId: id, permission, createdAt })),
      );
}

/** Rows in one statement. */
const AT_ONCE = 500;
