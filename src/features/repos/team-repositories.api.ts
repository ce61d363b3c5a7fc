// The repositories of teams, and the teams of repositories, in Gitea's REST API v1.
import type { AbilityOn } from '../../base/abilities.ts';
import { notFound } from '../../base/errors.ts';
import { bodyOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { organizationGate, repositoryGate, teamGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { openOrganization } from '../orgs/orgs.service.ts';
import type { OpenOrganization, OpenTeamOf } from '../orgs/orgs.types.ts';
import { teamDefaultsOf } from '../orgs/team-defaults.service.ts';
import { teamsJson } from '../orgs/teams.json.ts';
import { openTeamById, teamsByIds } from '../orgs/teams.service.ts';
import { openRepository } from './access.service.ts';
import { deleteOrganization } from './owner-deletion.service.ts';
import type { Ability, GivenPermission, OpenRepository } from './repos.types.ts';
import { repositoriesJson, repositoryJsonOf } from './repository.json.ts';
import { teamAccessBody } from './team-access.input.ts';
import {
  giveTeamAccess,
  requireTeamNamed,
  type TeamAccess,
  takeTeamAccess,
  teamAccessOf,
} from './team-access.service.ts';
import { pageOfReached, reaches } from './team-repositories.service.ts';

const OF_TEAM = '/api/v1/teams/:id/repos';
const ONE_OF_TEAM = `${OF_TEAM}/:org/:repo`;
const OF_REPOSITORY = '/api/v1/repos/:owner/:repo/teams';
const ONE_OF_REPOSITORY = `${OF_REPOSITORY}/:team`;
const PERMISSION =
  'Gives what the team has by itself, unless the body names another permission (read, triage, write, maintain or admin).';

const teamRoutes: Route<AbilityOn<'organization'>, OpenTeamOf>[] = [
  {
    method: 'get',
    path: OF_TEAM,
    access: 'teams:read',
    handler: getRepositories,
    api: {
      tag: 'organization',
      id: 'orgListTeamRepos',
      summary: 'List the repositories of a team',
      about: 'Those you may see, with those it has by the teams above it.',
      answer: 'Repository[]',
      paged: true,
    },
  },
  {
    method: 'get',
    path: ONE_OF_TEAM,
    access: 'teams:read',
    handler: getOneRepository,
    api: {
      tag: 'organization',
      id: 'orgListTeamRepo',
      summary: 'Get a repository of a team',
      answer: 'Repository',
    },
  },
  {
    method: 'put',
    path: ONE_OF_TEAM,
    // That they administer the repository is judged besides.
    access: 'team-members:manage',
    handler: putRepository,
    api: {
      tag: 'organization',
      id: 'orgAddTeamRepository',
      summary: 'Add a repository to a team',
      about: `For whoever administers the repository. ${PERMISSION}`,
      body: teamAccessBody,
      example: { permission: 'write' },
      answer: 'none',
    },
  },
  {
    method: 'delete',
    path: ONE_OF_TEAM,
    access: 'team-members:manage',
    handler: deleteRepository,
    api: {
      tag: 'organization',
      id: 'orgRemoveTeamRepository',
      summary: 'Remove a repository from a team',
      about: 'For whoever administers the repository. The repository itself stays.',
      answer: 'none',
    },
  },
];

const repositoryRoutes: Route<Ability, OpenRepository>[] = [
  {
    method: 'get',
    path: OF_REPOSITORY,
    access: 'access:read',
    handler: getTeams,
    api: {
      tag: 'repository',
      id: 'repoListTeams',
      summary: 'List the teams of a repository',
      about: 'With the permission each has there.',
      answer: 'Team[]',
    },
  },
  {
    method: 'get',
    path: ONE_OF_REPOSITORY,
    access: 'access:read',
    handler: getTeam,
    api: { tag: 'repository', id: 'repoCheckTeam', summary: 'Get a team of a repository', answer: 'Team' },
  },
  {
    method: 'put',
    path: ONE_OF_REPOSITORY,
    access: 'access:manage',
    handler: putTeam,
    api: {
      tag: 'repository',
      id: 'repoAddTeam',
      summary: 'Add a team to a repository',
      about: PERMISSION,
      body: teamAccessBody,
      example: { permission: 'write' },
      answer: 'none',
    },
  },
  {
    method: 'delete',
    path: ONE_OF_REPOSITORY,
    access: 'access:manage',
    handler: deleteTeam,
    api: {
      tag: 'repository',
      id: 'repoDeleteTeam',
      summary: 'Remove a team from a repository',
      answer: 'none',
    },
  },
];

const organizationRoutes: Route<AbilityOn<'organization'>, OpenOrganization>[] = [
  {
    method: 'delete',
    path: '/api/v1/orgs/:org',
    access: 'organization:delete',
    handler: removeOrganization,
    api: {
      tag: 'organization',
      id: 'orgDelete',
      summary: 'Delete an organization',
      about: 'With its repositories, teams and memberships. Its name is given to nobody again.',
      answer: 'none',
    },
  },
];

/** Adds the routes about teams and repositories, and the one that deletes an organization with its repositories. */
export function mountTeamRepositoryApi(web: WebApp): void {
  mountRoutes(web, teamGate(openTeamById), teamRoutes);
  mountRoutes(web, repositoryGate(openRepository), repositoryRoutes);
  mountRoutes(web, organizationGate(openOrganization), organizationRoutes);
}

async function getRepositories(c: WebContext, { team }: OpenTeamOf): Promise<Response> {
  const { app, actor } = c.var;
  const { ids, total } = await pageOfReached(app, actor, team.id, pageOf(c));
  setPages(c, { ...pageOf(c), total });
  return c.json(await repositoriesJson(app, actor, ids));
}

async function getOneRepository(c: WebContext, opened: OpenTeamOf): Promise<Response> {
  const { app, actor } = c.var;
  const { repository } = await openOwned(c, opened, 'repository:see');
  if (!(await reaches(app, opened.team.id, repository.id))) throw notFound('repository');
  return c.json(await repositoryJsonOf(app, actor, repository.id));
}

async function putRepository(c: WebContext, opened: OpenTeamOf): Promise<Response> {
  const { permission } = await bodyOf(c, teamAccessBody);
  const open = await openOwned(c, opened, 'access:manage');
  await give(c, open, opened.team.id, permission);
  return c.body(null, 204);
}

async function deleteRepository(c: WebContext, opened: OpenTeamOf): Promise<Response> {
  const open = await openOwned(c, opened, 'access:manage');
  await takeTeamAccess(c.var.app, c.var.actor, open, opened.team.id);
  return c.body(null, 204);
}

/** A repository of the team's own organization: others have nothing to do with it. */
async function openOwned(c: WebContext, { team }: OpenTeamOf, ability: Ability): Promise<OpenRepository> {
  const { app, actor } = c.var;
  const [owner, name] = [c.req.param('org') ?? '', c.req.param('repo') ?? ''];
  const open = await openRepository(app, actor, owner, name, ability);
  if (open.owner.id !== team.organizationId) throw notFound('repository');
  return open;
}

/** Without a word the team keeps what it was given, or else is given what it has by itself. */
async function give(
  c: WebContext,
  open: OpenRepository,
  teamId: number,
  wanted: GivenPermission | undefined,
): Promise<void> {
  const { app, actor } = c.var;
  const { teams } = await teamAccessOf(app, actor, open);
  const given = teams.find((team) => team.teamId === teamId)?.permission;
  const own = (await teamDefaultsOf(app, [teamId])).get(teamId)?.permission ?? 'read';
  await giveTeamAccess(app, actor, open, { teamId, permission: wanted ?? given ?? own });
}

async function getTeams(c: WebContext, open: OpenRepository): Promise<Response> {
  if (open.owner.kind !== 'organization') return refuseOwner(c);
  const { teams } = await teamAccessOf(c.var.app, c.var.actor, open);
  return c.json(await accessJson(c, open, teams));
}

async function getTeam(c: WebContext, open: OpenRepository): Promise<Response> {
  if (open.owner.kind !== 'organization') return refuseOwner(c);
  const [json] = await accessJson(c, open, [await requireNamed(c, open)]);
  if (!json) throw notFound('team');
  return c.json(json);
}

/** Those of the teams that were given something, with what that is. */
async function accessJson(c: WebContext, { owner }: OpenRepository, teams: readonly TeamAccess[]) {
  const { app, actor } = c.var;
  const given = new Map<number, string>();
  for (const { teamId, permission } of teams) if (permission) given.set(teamId, permission);
  return teamsJson(app, actor, await teamsByIds(app, owner.id, [...given.keys()]), given);
}

async function putTeam(c: WebContext, open: OpenRepository): Promise<Response> {
  const { permission } = await bodyOf(c, teamAccessBody);
  if (open.owner.kind !== 'organization') return refuseOwner(c);
  const { teamId, name, permission: given } = await requireNamed(c, open);
  if (given !== undefined && permission === undefined)
    return c.json({ message: `The team ${name} is in this repository already.` }, 422);
  await give(c, open, teamId, permission);
  return c.body(null, 204);
}

async function deleteTeam(c: WebContext, open: OpenRepository): Promise<Response> {
  if (open.owner.kind !== 'organization') return refuseOwner(c);
  const { teamId, name, permission } = await requireNamed(c, open);
  if (permission === undefined)
    return c.json({ message: `The team ${name} is not in this repository.` }, 422);
  await takeTeamAccess(c.var.app, c.var.actor, open, teamId);
  return c.body(null, 204);
}

function requireNamed(c: WebContext, open: OpenRepository): Promise<TeamAccess> {
  return requireTeamNamed(c.var.app, c.var.actor, open, c.req.param('team') ?? '');
}

/** As Gitea answers. */
function refuseOwner(c: WebContext): Response {
  return c.json({ message: 'Only repositories of organizations have teams.' }, 405);
}

async function removeOrganization(c: WebContext, { organization }: OpenOrganization): Promise<Response> {
  await deleteOrganization(c.var.app, c.var.actor, organization.id);
  return c.body(null, 204);
}
