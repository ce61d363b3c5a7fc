// The teams of an organization: their list, and making one.
import { type FieldErrors, isAppError } from '../../base/errors.ts';
import { organizationGate } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { organizationFrame } from './frame.service.ts';
import { listRequestOf } from './orgs.input.ts';
import { openOrganization } from './orgs.service.ts';
import type { OpenOrganization } from './orgs.types.ts';
import { PLAIN_DEFAULTS } from './team-defaults.service.ts';
import { teamSizes } from './team-members.service.ts';
import { capChoices, defaultsOfForm, teamFormOf, teamItem } from './teams.present.ts';
import { createTeam, pageOfTeams, parentNames, teamsOf } from './teams.service.ts';

const BASE = '/orgs/:org/teams';

const routes: Route<'teams:read' | 'teams:manage', OpenOrganization>[] = [
  { method: 'get', path: BASE, access: 'teams:read', handler: getTeams },
  { method: 'get', path: `${BASE}/new`, access: 'teams:manage', handler: getNew },
  { method: 'post', path: `${BASE}/new`, access: 'teams:manage', handler: postNew },
];

/** Adds the list of teams. */
export function mountTeams(web: WebApp): void {
  mountRoutes(web, organizationGate(openOrganization), routes);
}

async function getTeams(c: WebContext, open: OpenOrganization): Promise<Response> {
  const { app, actor } = c.var;
  const { id, name } = open.organization;
  const request = listRequestOf(c.req.query());
  const { teams, next } = await pageOfTeams(app, actor, id, request);
  const parents = await parentNames(app, teams);
  const sizes = await teamSizes(app, teams);
  const action = `${open.path}/teams`;
  const { words = '', after } = request;
  const model = {
    title: `Teams · ${name}`,
    org: await organizationFrame(app, open, 'teams'),
    teams: teams.map((team) => teamItem(open, team, sizes, parents)),
    words,
    next: next && `${action}?${new URLSearchParams({ ...(words ? { q: words } : {}), after: next })}`,
    isFirst: after === undefined,
  };
  return page(c, 'orgs/teams', model);
}

function getNew(c: WebContext, open: OpenOrganization): Promise<Response> {
  const parent = (c.req.query('parent') ?? '').slice(0, 64);
  return answerNew(c, open, { parent }, {}, 200);
}

async function postNew(c: WebContext, open: OpenOrganization): Promise<Response> {
  const form = await readForm(c);
  try {
    const team = await createTeam(
      c.var.app,
      c.var.actor,
      open.organization.id,
      teamFormOf(form),
      defaultsOfForm(form, PLAIN_DEFAULTS),
    );
    return redirectWithMessage(c, `${open.path}/teams/${team.name}`, `The team ${team.name} was created.`);
  } catch (error) {
    if (isAppError(error, 'invalid')) return answerNew(c, open, form, error.fields ?? {}, 422);
    throw error;
  }
}

async function answerNew(
  c: WebContext,
  open: OpenOrganization,
  form: Record<string, string>,
  errors: FieldErrors,
  status: number,
): Promise<Response> {
  const { app, actor } = c.var;
  const model = {
    title: `New team · ${open.organization.name}`,
    org: await organizationFrame(app, open, 'teams'),
    parents: (await teamsOf(app, actor, open.organization.id)).map(({ name }) => name),
    caps: capChoices(form),
    form,
    errors,
  };
  return page(c, 'orgs/team-new', model, status);
}
