// The repositories of a team, as its page shows them. Giving and taking is in team-access.service.ts.
import type { Actor } from '../../base/actor.ts';
import { requireSiteAbility } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import { viewerOf } from './repos.policy.ts';
import type { GivenPermission, RepositoryRow } from './repos.types.ts';
import {
  countTeamRepositories,
  listGrantsAlong,
  listTeamRepositories,
  listTeamRepositoryIds,
  type TeamGrant,
} from './team-repositories.store.ts';

const PER_PAGE = 30;

export interface TeamRepository {
  repository: RepositoryRow;
  /** What the team was given itself. */
  own: GivenPermission | undefined;
  /** What teams above it were given, which it has as well. */
  inherited: { team: string; permission: GivenPermission }[];
}

/** One page of the repositories that a team reaches and the actor may see, by name; the team was opened for them. */
export async function pageOfTeamRepositories(
  app: App,
  actor: Actor,
  teamId: number,
  request: { words?: string; after?: string },
): Promise<{ items: TeamRepository[]; next: string | undefined }> {
  requireSiteAbility(actor, 'repositories:list');
  const filter = { ...request, limit: PER_PAGE + 1 };
  const rows = await listTeamRepositories(app.db.read, viewerOf(actor), teamId, filter);
  const shown = rows.slice(0, PER_PAGE);
  const ids = shown.map(({ id }) => id);
  const grants = await listGrantsAlong(app.db.read, teamId, ids);
  return {
    items: shown.map((repository) => withGrants(repository, teamId, grants)),
    next: rows.length > PER_PAGE ? shown.at(-1)?.nameKey : undefined,
  };
}

/** One page of the ids of the repositories that a team reaches and the actor may see; the team was opened for them. */
export async function pageOfReached(
  app: App,
  actor: Actor,
  teamId: number,
  { page, limit }: { page: number; limit: number },
): Promise<{ ids: number[]; total: number }> {
  requireSiteAbility(actor, 'repositories:list');
  const viewer = viewerOf(actor);
  const slice = { limit, offset: (page - 1) * limit };
  return {
    ids: await listTeamRepositoryIds(app.db.read, viewer, teamId, slice),
    total: await countTeamRepositories(app.db.read, viewer, teamId),
  };
}

/** Whether a team reaches a repository, by itself or by one above it. */
export async function reaches(app: App, teamId: number, repositoryId: number): Promise<boolean> {
  return (await listGrantsAlong(app.db.read, teamId, [repositoryId])).length > 0;
}

function withGrants(repository: RepositoryRow, teamId: number, grants: readonly TeamGrant[]): TeamRepository {
  const here = grants.filter(({ repositoryId }) => repositoryId === repository.id);
  return {
    repository,
    own: here.find((grant) => grant.teamId === teamId)?.permission,
    inherited: here
      .filter((grant) => grant.teamId !== teamId)
      .map(({ teamName, permission }) => ({ team: teamName, permission })),
  };
}
