// The page of who may work in a repository, and through what.
import { AppError, isAppError } from '../../base/errors.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { findOrganizationById } from '../orgs/orgs.service.ts';
import { collaboratorsOf, giveAccess, takeAccess } from './collaborators.service.ts';
import { repositoryFrame } from './frame.service.ts';
import { parseCollaborator, parseTeamAccess } from './repos.input.ts';
import { type Ability, GIVEN_PERMISSIONS, type OpenRepository } from './repos.types.ts';
import { giveTeamAccess, takeTeamAccess, teamAccessOf } from './team-access.service.ts';

const BASE = '/:owner/:repo/settings/access';
const MANAGE = { method: 'post', access: 'access:manage', sudo: true } as const;

/** The routes of the access page. */
export const accessRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: BASE, access: 'access:read', handler: getAccess },
  { ...MANAGE, path: BASE, handler: postAccess },
  { ...MANAGE, path: `${BASE}/:user/removal`, handler: postRemoval },
  { ...MANAGE, path: `${BASE}/teams`, handler: postTeam },
  { ...MANAGE, path: `${BASE}/teams/:team/removal`, handler: postTeamRemoval },
];

type Fields = Record<string, string>;

function getAccess(c: WebContext, open: OpenRepository): Promise<Response> {
  return answerAccess(c, open, {}, {}, 200);
}

async function answerAccess(
  c: WebContext,
  open: OpenRepository,
  form: Fields,
  errors: Fields,
  status: number,
): Promise<Response> {
  const { app, actor } = c.var;
  const organization =
    open.owner.kind === 'organization' ? await findOrganizationById(app, open.owner.id) : undefined;
  const { teams, secretCount } = await teamAccessOf(app, actor, open);
  const model = {
    title: `Access · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'settings'),
    section: 'access',
    collaborators: await collaboratorsOf(app, actor, open),
    organization: organization && { name: organization.name, basePermission: organization.basePermission },
    teams: teams.filter(({ permission }) => permission !== undefined),
    otherTeams: teams.filter(({ permission }) => permission === undefined),
    secretCount,
    permissions: GIVEN_PERMISSIONS,
    form,
    errors,
  };
  return page(c, 'repos/settings-access', model, status);
}

async function postAccess(c: WebContext, open: OpenRepository): Promise<Response> {
  const form = await readForm(c);
  try {
    await giveAccess(c.var.app, c.var.actor, open, parseCollaborator(form));
  } catch (error) {
    if (isAppError(error, 'invalid')) return answerAccess(c, open, form, error.fields ?? {}, 422);
    throw error;
  }
  return comeBack(c, open, `${form.username} now has ${form.permission} permission.`);
}

async function postRemoval(c: WebContext, open: OpenRepository): Promise<Response> {
  await takeAccess(c.var.app, c.var.actor, open, idIn(c, 'user'));
  return comeBack(c, open, 'The access was taken away.');
}

async function postTeam(c: WebContext, open: OpenRepository): Promise<Response> {
  const form = await readForm(c);
  try {
    const { team: teamId, permission } = parseTeamAccess(form);
    await giveTeamAccess(c.var.app, c.var.actor, open, { teamId, permission });
  } catch (error) {
    if (isAppError(error, 'invalid')) return answerAccess(c, open, form, error.fields ?? {}, 422);
    throw error;
  }
  return comeBack(c, open, `The team now has ${form.permission} permission.`);
}

async function postTeamRemoval(c: WebContext, open: OpenRepository): Promise<Response> {
  await takeTeamAccess(c.var.app, c.var.actor, open, idIn(c, 'team'));
  return comeBack(c, open, 'The access was taken away.');
}

function comeBack(c: WebContext, open: OpenRepository, message: string): Response {
  return redirectWithMessage(c, `${open.path}/settings/access`, message);
}

function idIn(c: WebContext, parameter: 'user' | 'team'): number {
  const text = c.req.param(parameter) ?? '';
  if (!/^\d{1,15}$/.test(text))
    throw new AppError('invalid', `This is not a ${parameter} of this repository.`);
  return Number(text);
}
