// Teams in Gitea's REST API v1. Their repositories are in the repos room.
import type { AbilityOn } from '../../base/abilities.ts';
import type { NeededScope, UserActor } from '../../base/actor.ts';
import { invalid, isAppError } from '../../base/errors.ts';
import { bodyOf, namingFields, queryOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { organizationGate, scopeGate, teamGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { pageOfOwnTeams, pageOfTeamsIn } from './organization-lists.service.ts';
import { openOrganization } from './orgs.service.ts';
import type { OpenOrganization, OpenTeamOf, TeamRow } from './orgs.types.ts';
import { mountTeamMemberApi } from './team-members.api.ts';
import { teamsJson } from './teams.json.ts';
import { changeTeam, createTeam, deleteTeam, openTeamById, parentNames } from './teams.service.ts';
import {
  capsOf,
  defaultsOf,
  newTeamBody,
  TEAM_FIELDS,
  type TeamBody,
  teamChangesBody,
  teamSearchQuery,
} from './teams-api.input.ts';

const TEAMS = '/api/v1/orgs/:org/teams';
const TEAM = '/api/v1/teams/:id';

const ownRoutes: Route<NeededScope, UserActor>[] = [
  {
    method: 'get',
    path: '/api/v1/user/teams',
    access: 'read:organization',
    handler: getOwn,
    api: {
      tag: 'user',
      id: 'userListTeams',
      summary: 'List the teams you are in',
      answer: 'Team[]',
      paged: true,
    },
  },
];

const organizationRoutes: Route<AbilityOn<'organization'>, OpenOrganization>[] = [
  {
    method: 'get',
    path: TEAMS,
    access: 'teams:read',
    handler: getTeams,
    api: {
      tag: 'organization',
      id: 'orgListTeams',
      summary: 'List the teams of an organization',
      about: 'Secret teams are listed for owners and for who is in them. Owners are no team here.',
      answer: 'Team[]',
      paged: true,
    },
  },
  {
    method: 'post',
    path: TEAMS,
    access: 'teams:manage',
    handler: postTeam,
    api: {
      tag: 'organization',
      id: 'orgCreateTeam',
      summary: 'Create a team',
      body: newTeamBody,
      example: {
        name: 'engine',
        description: 'Keeps it running',
        permission: 'write',
        units: ['repo.code', 'repo.issues', 'repo.pulls', 'repo.releases'],
      },
      answer: 'Team',
      status: 201,
    },
  },
  {
    method: 'get',
    path: `${TEAMS}/search`,
    access: 'teams:read',
    handler: getSearch,
    api: {
      tag: 'organization',
      id: 'teamSearch',
      summary: 'Search the teams of an organization',
      query: teamSearchQuery,
      answer: 'TeamSearchResults',
      paged: true,
    },
  },
];

const teamRoutes: Route<AbilityOn<'organization'>, OpenTeamOf>[] = [
  {
    method: 'get',
    path: TEAM,
    access: 'teams:read',
    handler: (c, { team }) => answerTeam(c, team, 200),
    api: { tag: 'organization', id: 'orgGetTeam', summary: 'Get a team', answer: 'Team' },
  },
  {
    method: 'patch',
    path: TEAM,
    access: 'teams:manage',
    handler: patchTeam,
    api: {
      tag: 'organization',
      id: 'orgEditTeam',
      summary: 'Change a team',
      about:
        'What is left out stays as it is. A new permission holds on every repository the team was given, whatever it was given there.',
      body: teamChangesBody,
      example: { name: 'engine', description: 'Keeps all of it running', permission: 'read' },
      answer: 'Team',
    },
  },
  {
    method: 'delete',
    path: TEAM,
    access: 'teams:manage',
    handler: removeTeam,
    api: {
      tag: 'organization',
      id: 'orgDeleteTeam',
      summary: 'Delete a team',
      about: 'Teams below it move up to the one above it.',
      answer: 'none',
    },
  },
];

/** Adds the routes about teams. */
export function mountTeamApi(web: WebApp): void {
  mountRoutes(web, scopeGate, ownRoutes);
  mountRoutes(web, organizationGate(openOrganization), organizationRoutes);
  mountRoutes(web, teamGate(openTeamById), teamRoutes);
  mountTeamMemberApi(web);
}

async function getOwn(c: WebContext, actor: UserActor): Promise<Response> {
  const { app } = c.var;
  const { items, total } = await pageOfOwnTeams(app, actor.userId, pageOf(c));
  setPages(c, { ...pageOf(c), total });
  return c.json(await teamsJson(app, actor, items));
}

async function getTeams(c: WebContext, { organization }: OpenOrganization): Promise<Response> {
  const { app, actor } = c.var;
  const { items, total } = await pageOfTeamsIn(app, actor, organization.id, {}, pageOf(c));
  setPages(c, { ...pageOf(c), total });
  return c.json(await teamsJson(app, actor, items));
}

async function getSearch(c: WebContext, { organization }: OpenOrganization): Promise<Response> {
  const { app, actor } = c.var;
  const { q = '', include_desc: includes = 'true' } = queryOf(c, teamSearchQuery);
  const wanted = { words: q.trim(), alsoDescriptions: includes === 'true' || includes === '1' };
  const { items, total } = await pageOfTeamsIn(app, actor, organization.id, wanted, pageOf(c));
  setPages(c, { ...pageOf(c), total });
  return c.json({ ok: true, data: await teamsJson(app, actor, items) });
}

async function postTeam(c: WebContext, open: OpenOrganization): Promise<Response> {
  const { app, actor } = c.var;
  const body = await bodyOf(c, newTeamBody);
  const raw = {
    name: body.name,
    description: body.description,
    parent: (await parentOf(c, open, body)) ?? '',
    isSecret: body.is_secret,
    unitCaps: capsOf(body),
  };
  const made = await namingFields(TEAM_FIELDS, () =>
    createTeam(app, actor, open.organization.id, raw, defaultsOf(body)),
  );
  return answerTeam(c, made, 201);
}

async function patchTeam(c: WebContext, opened: OpenTeamOf): Promise<Response> {
  const { app, actor } = c.var;
  const { team, organization: open } = opened;
  const body = await bodyOf(c, teamChangesBody);
  const parent = (await parentOf(c, open, body)) ?? (await parentNames(app, [team])).get(team.parentId ?? 0);
  const raw = {
    name: body.name ?? team.name,
    description: body.description ?? team.description,
    parent: parent ?? '',
    isSecret: body.is_secret ?? team.isSecret,
    unitCaps: capsOf(body),
  };
  const changed = await namingFields(TEAM_FIELDS, () =>
    changeTeam(app, actor, team.organizationId, team.id, raw, defaultsOf(body)),
  );
  return answerTeam(c, changed, 200);
}

/** The name of the team that a body wants one nested in: empty for none, undefined where it says nothing. */
async function parentOf(
  c: WebContext,
  { organization }: OpenOrganization,
  { parent_id: id }: TeamBody,
): Promise<string | undefined> {
  if (id === undefined || id === 0) return id === undefined ? undefined : '';
  const refusal = invalid({ parent_id: 'There is no such team in this organization.' });
  try {
    const { team } = await openTeamById(c.var.app, c.var.actor, id, 'teams:read');
    if (team.organizationId !== organization.id) throw refusal;
    return team.name;
  } catch (error) {
    throw isAppError(error, 'not_found') ? refusal : error;
  }
}

async function answerTeam(c: WebContext, team: TeamRow, status: 200 | 201): Promise<Response> {
  const [json] = await teamsJson(c.var.app, c.var.actor, [team]);
  return c.json(json, status);
}

async function removeTeam(c: WebContext, { team }: OpenTeamOf): Promise<Response> {
  await deleteTeam(c.var.app, c.var.actor, team.organizationId, team.id);
  return c.body(null, 204);
}
