// The page of a team's repositories: owners of the organization give it access here, and take it away.
import { type FieldErrors, invalid, isAppError } from '../../base/errors.ts';
import { organizationGate } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { openOrganization } from '../orgs/orgs.service.ts';
import type { OpenOrganization, OpenTeam } from '../orgs/orgs.types.ts';
import { teamFrame } from '../orgs/team-frame.service.ts';
import { openTeam } from '../orgs/teams.service.ts';
import { openRepository } from './access.service.ts';
import { parseTeamAccess } from './repos.input.ts';
import { GIVEN_PERMISSIONS, type OpenRepository } from './repos.types.ts';
import { giveTeamAccess, takeTeamAccess } from './team-access.service.ts';
import { pageOfTeamRepositories } from './team-repositories.service.ts';

const BASE = '/orgs/:org/teams/:team/repositories';

const routes: Route<'teams:read' | 'teams:manage', OpenOrganization>[] = [
  { method: 'get', path: BASE, access: 'teams:read', handler: getRepositories },
  { method: 'post', path: BASE, access: 'teams:manage', sudo: true, handler: postRepository },
  { method: 'post', path: `${BASE}/:repo/removal`, access: 'teams:manage', sudo: true, handler: postRemoval },
];

/** Adds the page of a team's repositories. */
export function mountTeamRepositories(web: WebApp): void {
  mountRoutes(web, organizationGate(openOrganization), routes);
}

type Fields = Record<string, string>;

function opened(c: WebContext, open: OpenOrganization): Promise<OpenTeam> {
  return openTeam(c.var.app, open, c.req.param('team') ?? '');
}

async function getRepositories(c: WebContext, open: OpenOrganization): Promise<Response> {
  return answer(c, open, await opened(c, open), {}, {}, 200);
}

async function answer(
  c: WebContext,
  open: OpenOrganization,
  team: OpenTeam,
  form: Fields,
  errors: FieldErrors,
  status: number,
): Promise<Response> {
  const { app, actor } = c.var;
  const words = (c.req.query('q') ?? '').trim().slice(0, 100);
  const after = (c.req.query('after') ?? '').slice(0, 100).toLowerCase();
  const request = { ...(words ? { words } : {}), ...(after ? { after } : {}) };
  const { items, next } = await pageOfTeamRepositories(app, actor, team.team.id, request);
  const action = `${team.path}/repositories`;
  const model = {
    title: `Repositories of ${team.team.name} · ${open.organization.name}`,
    ...(await teamFrame(app, open, team, 'repositories')),
    items,
    action,
    words,
    next: next && `${action}?${new URLSearchParams({ ...(words ? { q: words } : {}), after: next })}`,
    isFirst: after === '',
    permissions: GIVEN_PERMISSIONS,
    form,
    errors,
  };
  return page(c, 'repos/team-repositories', model, status);
}

async function postRepository(c: WebContext, open: OpenOrganization): Promise<Response> {
  const team = await opened(c, open);
  const form = await readForm(c);
  const name = (form.repository ?? '').trim().slice(0, 100);
  try {
    const { permission } = parseTeamAccess({ team: team.team.id, permission: form.permission });
    const repository = await requireNamed(c, open, name);
    await giveTeamAccess(c.var.app, c.var.actor, repository, { teamId: team.team.id, permission });
  } catch (error) {
    if (isAppError(error, 'invalid')) return answer(c, open, team, form, error.fields ?? {}, 422);
    throw error;
  }
  return redirectWithMessage(c, `${team.path}/repositories`, `The team has access to ${name} now.`);
}

/** A repository of the organization by the name that was typed, alone or behind the organization's. */
async function requireNamed(c: WebContext, open: OpenOrganization, typed: string): Promise<OpenRepository> {
  const owner = open.organization.name;
  const prefix = `${owner}/`.toLowerCase();
  const name = typed.toLowerCase().startsWith(prefix) ? typed.slice(prefix.length) : typed;
  try {
    return await openRepository(c.var.app, c.var.actor, owner, name, 'access:manage');
  } catch (error) {
    if (!isAppError(error, 'not_found')) throw error;
    throw invalid({ repository: `${owner} has no repository named ${name}.` });
  }
}

async function postRemoval(c: WebContext, open: OpenOrganization): Promise<Response> {
  const { team, path } = await opened(c, open);
  const { app, actor } = c.var;
  const name = c.req.param('repo') ?? '';
  const repository = await openRepository(app, actor, open.organization.name, name, 'access:manage');
  await takeTeamAccess(app, actor, repository, team.id);
  return redirectWithMessage(c, `${path}/repositories`, 'The access was taken away.');
}
