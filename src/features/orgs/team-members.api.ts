// The people of teams in Gitea's REST API v1.
import type { AbilityOn } from '../../base/abilities.ts';
import { notFound } from '../../base/errors.ts';
import { bodyOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { teamGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { accountsJson, userJson } from '../users/accounts.json.ts';
import { findUserByName } from '../users/users.service.ts';
import type { UserRow } from '../users/users.types.ts';
import { pageOfTeamMemberIds } from './organization-lists.service.ts';
import type { OpenTeamOf } from './orgs.types.ts';
import { isInTeam, removeFromTeam } from './team-members.service.ts';
import { putIntoTeam } from './team-places.service.ts';
import { openTeamById } from './teams.service.ts';
import { teamMemberBody } from './teams-api.input.ts';

const MEMBERS = '/api/v1/teams/:id/members';
const MEMBER = `${MEMBERS}/:username`;

const routes: Route<AbilityOn<'organization'>, OpenTeamOf>[] = [
  {
    method: 'get',
    path: MEMBERS,
    access: 'teams:read',
    handler: getMembers,
    api: {
      tag: 'organization',
      id: 'orgListTeamMembers',
      summary: 'List the members of a team',
      answer: 'User[]',
      paged: true,
    },
  },
  {
    method: 'get',
    path: MEMBER,
    access: 'teams:read',
    handler: getMember,
    api: {
      tag: 'organization',
      id: 'orgListTeamMember',
      summary: 'Get a member of a team',
      answer: 'User',
    },
  },
  {
    method: 'put',
    path: MEMBER,
    access: 'team-members:manage',
    handler: putMember,
    api: {
      tag: 'organization',
      id: 'orgAddTeamMember',
      summary: 'Add somebody to a team',
      about:
        'Nobody becomes a member of an organization without accepting: who is none yet is invited by an owner, and in the team when they accept. Administrators of the site add anybody.',
      body: teamMemberBody,
      example: { role: 'maintainer' },
      answer: 'none',
    },
  },
  {
    method: 'delete',
    path: MEMBER,
    access: 'team-members:manage',
    handler: deleteMember,
    api: {
      tag: 'organization',
      id: 'orgRemoveTeamMember',
      summary: 'Remove somebody from a team',
      answer: 'none',
    },
  },
];

/** Adds the routes about a team's people. */
export function mountTeamMemberApi(web: WebApp): void {
  mountRoutes(web, teamGate(openTeamById), routes);
}

async function getMembers(c: WebContext, opened: OpenTeamOf): Promise<Response> {
  const { app, actor } = c.var;
  const { items, total } = await pageOfTeamMemberIds(app, opened, pageOf(c));
  setPages(c, { ...pageOf(c), total });
  return c.json([...(await accountsJson(app, actor, items)).values()]);
}

async function getMember(c: WebContext, { team }: OpenTeamOf): Promise<Response> {
  const { app, actor } = c.var;
  const user = await requireNamed(c);
  if (!(await isInTeam(app, team, user.id))) throw notFound('member');
  return c.json(await userJson(app, actor, user));
}

async function putMember(c: WebContext, { team }: OpenTeamOf): Promise<Response> {
  const { role } = await bodyOf(c, teamMemberBody);
  await putIntoTeam(c.var.app, c.var.actor, team, await requireNamed(c), role);
  return c.body(null, 204);
}

async function deleteMember(c: WebContext, { team }: OpenTeamOf): Promise<Response> {
  const { id } = await requireNamed(c);
  await removeFromTeam(c.var.app, c.var.actor, team.organizationId, team.id, id);
  return c.body(null, 204);
}

async function requireNamed(c: WebContext): Promise<UserRow> {
  const user = await findUserByName(c.var.app, c.req.param('username') ?? '');
  if (user?.kind !== 'user' && user?.kind !== 'bot') throw notFound('user');
  return user;
}
