// The pages of one team: its people, the teams below it, its settings.
import { type FieldErrors, isAppError, notFound } from '../../base/errors.ts';
import { organizationGate } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { idOf, listRequestOf } from './orgs.input.ts';
import { openOrganization } from './orgs.service.ts';
import type { OpenOrganization, OpenTeam, TeamDefaults } from './orgs.types.ts';
import { PLAIN_DEFAULTS, teamDefaultsOf } from './team-defaults.service.ts';
import { teamFrame } from './team-frame.service.ts';
import {
  addTeamMember,
  pageOfTeamMembers,
  removeFromTeam,
  setTeamRole,
  teamSizes,
} from './team-members.service.ts';
import { capChoices, defaultsOfForm, teamFields, teamFormOf, teamItem } from './teams.present.ts';
import { changeTeam, deleteTeam, openTeam, pageOfTeams, teamsOf } from './teams.service.ts';

const BASE = '/orgs/:org/teams/:team';
type Access = 'teams:read' | 'teams:manage' | 'team-members:manage';

const routes: Route<Access, OpenOrganization>[] = [
  { method: 'get', path: BASE, access: 'teams:read', handler: getMembers },
  { method: 'post', path: `${BASE}/members`, access: 'team-members:manage', handler: postMember },
  { method: 'post', path: `${BASE}/members/:user/role`, access: 'team-members:manage', handler: postRole },
  {
    method: 'post',
    path: `${BASE}/members/:user/removal`,
    access: 'team-members:manage',
    sudo: true,
    handler: postRemoval,
  },
  { method: 'get', path: `${BASE}/teams`, access: 'teams:read', handler: getChildren },
  { method: 'get', path: `${BASE}/settings`, access: 'teams:manage', handler: getSettings },
  { method: 'post', path: `${BASE}/settings`, access: 'teams:manage', sudo: true, handler: postSettings },
  { method: 'post', path: `${BASE}/deletion`, access: 'teams:manage', sudo: true, handler: postDeletion },
];

/** Adds the pages of teams. */
export function mountTeamPages(web: WebApp): void {
  mountRoutes(web, organizationGate(openOrganization), routes);
}

type Fields = Record<string, string>;

function opened(c: WebContext, open: OpenOrganization): Promise<OpenTeam> {
  return openTeam(c.var.app, open, c.req.param('team') ?? '');
}

async function getMembers(c: WebContext, open: OpenOrganization): Promise<Response> {
  return answerMembers(c, open, await opened(c, open), {}, {}, 200);
}

async function answerMembers(
  c: WebContext,
  open: OpenOrganization,
  team: OpenTeam,
  form: Fields,
  errors: FieldErrors,
  status: number,
): Promise<Response> {
  const { app, actor } = c.var;
  const { after } = listRequestOf(c.req.query());
  const { members, next, total } = await pageOfTeamMembers(app, team, after);
  const model = {
    title: `${team.team.name} · ${open.organization.name}`,
    ...(await teamFrame(app, open, team, 'members')),
    members,
    total,
    ownId: actor.kind === 'user' ? actor.userId : undefined,
    next: next && `${team.path}?${new URLSearchParams({ after: next })}`,
    isFirst: after === undefined,
    form,
    errors,
  };
  return page(c, 'orgs/team-members', model, status);
}

async function postMember(c: WebContext, open: OpenOrganization): Promise<Response> {
  const team = await opened(c, open);
  const form = await readForm(c);
  const { username = '' } = form;
  try {
    const input = { username: username.slice(0, 64), role: form.role ?? '' };
    await addTeamMember(c.var.app, c.var.actor, open.organization.id, team.team.id, input);
  } catch (error) {
    if (isAppError(error, 'invalid')) return answerMembers(c, open, team, form, error.fields ?? {}, 422);
    throw error;
  }
  return redirectWithMessage(c, team.path, `${username.trim()} is in the team now.`);
}

async function postRole(c: WebContext, open: OpenOrganization): Promise<Response> {
  const { team, path } = await opened(c, open);
  const { role = '' } = await readForm(c);
  const userId = requireId(c.req.param('user'));
  await setTeamRole(c.var.app, c.var.actor, open.organization.id, team.id, userId, role);
  return redirectWithMessage(c, path, `Now a ${role}.`);
}

async function postRemoval(c: WebContext, open: OpenOrganization): Promise<Response> {
  const { team, path } = await opened(c, open);
  const { app, actor } = c.var;
  const userId = requireId(c.req.param('user'));
  await removeFromTeam(app, actor, open.organization.id, team.id, userId);
  const left = actor.kind === 'user' && actor.userId === userId;
  // A secret team is out of sight for whoever left it.
  const to = left ? `${open.path}/teams` : path;
  return redirectWithMessage(c, to, left ? `You left ${team.name}.` : 'Removed from the team.');
}

async function getChildren(c: WebContext, open: OpenOrganization): Promise<Response> {
  const { app, actor } = c.var;
  const team = await opened(c, open);
  const request = listRequestOf(c.req.query());
  const within = { ...request, parentId: team.team.id };
  const { teams, next } = await pageOfTeams(app, actor, open.organization.id, within);
  const sizes = await teamSizes(app, teams);
  const model = {
    title: `Teams of ${team.team.name} · ${open.organization.name}`,
    ...(await teamFrame(app, open, team, 'teams')),
    teams: teams.map((one) => teamItem(open, one, sizes, new Map())),
    next: next && `${team.path}/teams?${new URLSearchParams({ after: next })}`,
    isFirst: request.after === undefined,
  };
  return page(c, 'orgs/team-children', model);
}

async function getSettings(c: WebContext, open: OpenOrganization): Promise<Response> {
  const team = await opened(c, open);
  return answerSettings(c, open, team, await fieldsOf(c, team), {}, 200);
}

async function defaultsOf(c: WebContext, { team }: OpenTeam): Promise<TeamDefaults> {
  return (await teamDefaultsOf(c.var.app, [team.id])).get(team.id) ?? PLAIN_DEFAULTS;
}

async function fieldsOf(c: WebContext, opened: OpenTeam): Promise<Fields> {
  return teamFields(opened.team, opened.ancestors[0]?.name ?? '', await defaultsOf(c, opened));
}

async function answerSettings(
  c: WebContext,
  open: OpenOrganization,
  team: OpenTeam,
  form: Fields,
  errors: FieldErrors,
  status: number,
): Promise<Response> {
  const { app, actor } = c.var;
  const others = (await teamsOf(app, actor, open.organization.id)).filter(({ id }) => id !== team.team.id);
  const model = {
    title: `Settings of ${team.team.name} · ${open.organization.name}`,
    ...(await teamFrame(app, open, team, 'settings')),
    parents: others.map(({ name }) => name),
    caps: capChoices(form),
    form,
    errors,
  };
  return page(c, 'orgs/team-settings', model, status);
}

async function postSettings(c: WebContext, open: OpenOrganization): Promise<Response> {
  const team = await opened(c, open);
  const form = await readForm(c);
  const { app, actor } = c.var;
  try {
    const defaults = defaultsOfForm(form, await defaultsOf(c, team));
    const { id } = open.organization;
    const changed = await changeTeam(app, actor, id, team.team.id, teamFormOf(form), defaults);
    return redirectWithMessage(c, `${open.path}/teams/${changed.name}/settings`, 'The team was saved.');
  } catch (error) {
    if (isAppError(error, 'invalid')) return answerSettings(c, open, team, form, error.fields ?? {}, 422);
    throw error;
  }
}

async function postDeletion(c: WebContext, open: OpenOrganization): Promise<Response> {
  const team = await opened(c, open);
  const { confirmation = '' } = await readForm(c);
  if (confirmation.trim().toLowerCase() !== team.team.nameKey) {
    const form = await fieldsOf(c, team);
    const errors = { confirmation: `Type ${team.team.name} to confirm.` };
    return answerSettings(c, open, team, form, errors, 422);
  }
  await deleteTeam(c.var.app, c.var.actor, open.organization.id, team.team.id);
  return redirectWithMessage(c, `${open.path}/teams`, `The team ${team.team.name} was deleted.`);
}

function requireId(text: string | undefined): number {
  const id = idOf(text);
  if (id === undefined) throw notFound('member');
  return id;
}
