// Queries on the repositories a team reaches: by what it was given itself, and by what the teams above it were given.
import { and, asc, count, eq, gt, inArray, isNull, sql } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { teamAncestors, teams } from '../../platform/db/tables/orgs.ts';
import { repositories, teamRepositories } from '../../platform/db/tables/repos.ts';
import { visibleTo } from './lists.store.ts';
import type { GivenPermission, RepositoryRow, Viewer } from './repos.types.ts';

type Db = Reader | Tx;

/** What one team was given on a repository. */
export interface TeamGrant {
  repositoryId: number;
  teamId: number;
  teamName: string;
  permission: GivenPermission;
}

/** Live repositories that a team reaches and the viewer may see, by name. */
export async function listTeamRepositories(
  db: Db,
  viewer: Viewer,
  teamId: number,
  filter: { words?: string; after?: string; limit: number },
): Promise<RepositoryRow[]> {
  const { words, after, limit } = filter;
  return db
    .select()
    .from(repositories)
    .where(
      and(
        inArray(repositories.id, reachedBy(db, teamId)),
        isNull(repositories.deletedAt),
        visibleTo(db, viewer),
        words ? nameContains(words) : undefined,
        after === undefined ? undefined : gt(repositories.nameKey, after),
      ),
    )
    .orderBy(asc(repositories.nameKey))
    .limit(limit);
}

/** Ids of the live repositories that a team reaches and the viewer may see, by name. */
export async function listTeamRepositoryIds(
  db: Db,
  viewer: Viewer,
  teamId: number,
  slice: { limit: number; offset: number },
): Promise<number[]> {
  const rows = await db
    .select({ id: repositories.id })
    .from(repositories)
    .where(isReached(db, viewer, teamId))
    .orderBy(asc(repositories.nameKey))
    .limit(slice.limit)
    .offset(slice.offset);
  return rows.map(({ id }) => id);
}

export async function countTeamRepositories(db: Db, viewer: Viewer, teamId: number): Promise<number> {
  const [row] = await db
    .select({ total: count() })
    .from(repositories)
    .where(isReached(db, viewer, teamId));
  return row?.total ?? 0;
}

function isReached(db: Db, viewer: Viewer, teamId: number) {
  return and(
    inArray(repositories.id, reachedBy(db, teamId)),
    isNull(repositories.deletedAt),
    visibleTo(db, viewer),
  );
}

/** `_` is a wildcard of LIKE and legal in names, so it is escaped by a character that no name holds. */
function nameContains(words: string) {
  const literal = words.toLowerCase().replace(/[!%_]/g, '!$&');
  return sql`${repositories.nameKey} like ${`%${literal}%`} escape '!'`;
}

function reachedBy(db: Db, teamId: number) {
  return db
    .select({ id: teamRepositories.repositoryId })
    .from(teamAncestors)
    .innerJoin(teamRepositories, eq(teamRepositories.teamId, teamAncestors.ancestorId))
    .where(eq(teamAncestors.teamId, teamId));
}

/** What a team and those above it were given on these repositories. */
export async function listGrantsAlong(
  db: Db,
  teamId: number,
  repositoryIds: readonly number[],
): Promise<TeamGrant[]> {
  if (repositoryIds.length === 0) return [];
  return db
    .select({
      repositoryId: teamRepositories.repositoryId,
      teamId: teams.id,
      teamName: teams.name,
      permission: teamRepositories.permission,
    })
    .from(teamAncestors)
    .innerJoin(teams, eq(teams.id, teamAncestors.ancestorId))
    .innerJoin(teamRepositories, eq(teamRepositories.teamId, teamAncestors.ancestorId))
    .where(and(eq(teamAncestors.teamId, teamId), inArray(teamRepositories.repositoryId, [...repositoryIds])))
    .orderBy(asc(teamAncestors.depth));
}
