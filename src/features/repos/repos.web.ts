// Pages about repositories: the dashboard, exploring, an owner's page, and creating one.
import { isAppError, notFound } from '../../base/errors.ts';
import { type AccountAccess, accountGate, requireUserActor } from '../../platform/web/gates.ts';
import { page, readForm } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { countUsers, findUserByName } from '../users/users.service.ts';
import { GITIGNORE_NAMES } from './gitignores.data.ts';
import { licenceChoices } from './licences.data.ts';
import { type ListRequest, pageOfRepositories } from './lists.service.ts';
import { parseNewRepository } from './repos.input.ts';
import { listItem } from './repos.present.ts';
import { createRepository } from './repos.service.ts';
import { mountRepoSettings } from './settings.web.ts';

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: '/', access: 'anyone', handler: getHome },
  { method: 'get', path: '/explore', access: 'anyone', handler: getExplore },
  { method: 'get', path: '/new', access: 'signed-in', handler: getNew },
  { method: 'post', path: '/new', access: 'signed-in', handler: postNew },
];

const ownerRoutes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: '/:owner', access: 'anyone', handler: getOwner },
];

/** Adds the pages about repositories. `/:owner` matches last among paths of one segment. */
export function mountRepos(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
  mountRepoSettings(web);
  mountRoutes(web, accountGate, ownerRoutes);
}

async function getHome(c: WebContext): Promise<Response> {
  const { actor } = c.var;
  if (actor.kind !== 'user') return answerList(c, 'repos/landing', 'Welcome', {});
  return answerList(c, 'repos/dashboard', 'Dashboard', { memberId: actor.userId });
}

async function getExplore(c: WebContext): Promise<Response> {
  return answerList(c, 'repos/explore', 'Explore repositories', {});
}

async function getOwner(c: WebContext): Promise<Response> {
  const owner = await findUserByName(c.var.app, c.req.param('owner') ?? '');
  if (!owner) throw notFound('page');
  const profile = { name: owner.name, displayName: owner.displayName, createdAt: owner.createdAt };
  return answerList(c, 'repos/owner', owner.name, { ownerId: owner.id }, { owner: profile });
}

/** A list of repositories with its filter `q` and its place `after`. */
async function answerList(
  c: WebContext,
  template: string,
  title: string,
  request: ListRequest,
  more: Record<string, unknown> = {},
): Promise<Response> {
  const words = (c.req.query('q') ?? '').trim().slice(0, 100);
  const after = c.req.query('after');
  const found = await pageOfRepositories(c.var.app, c.var.actor, {
    ...request,
    words,
    ...(after ? { after } : {}),
  });
  const next =
    found.next === undefined
      ? undefined
      : `${c.req.path}?${new URLSearchParams({ ...(words ? { q: words } : {}), after: found.next })}`;
  const registration = c.var.app.config.accounts.registration === 'open';
  const items = found.items.map(listItem);
  // Counted only where it is likely, so that a page with repositories never waits for it.
  const isSetupPending = items.length === 0 && (await countUsers(c.var.app)) === 0;
  return page(c, template, {
    title,
    items,
    words,
    next,
    isFirst: !after,
    registration,
    isSetupPending,
    ...more,
  });
}

function getNew(c: WebContext): Response {
  return answerNewForm(c, { visibility: 'private', readme: '' }, {}, 200);
}

async function postNew(c: WebContext): Promise<Response> {
  const form = await readForm(c);
  const actor = requireUserActor(c.var.actor);
  try {
    const input = parseNewRepository({ ...form, readme: form.readme === 'on' });
    const created = await createRepository(c.var.app, actor, input);
    return c.redirect(`/${actor.name}/${created.name}`, 303);
  } catch (error) {
    if (isAppError(error, 'invalid', 'conflict')) return answerNewForm(c, form, error.fields ?? {}, 422);
    throw error;
  }
}

function answerNewForm(
  c: WebContext,
  form: Record<string, string>,
  errors: Record<string, string>,
  status: number,
): Response {
  const { repositories } = c.var.app.config;
  return page(
    c,
    'repos/new',
    {
      title: 'New repository',
      owner: requireUserActor(c.var.actor).name,
      form,
      errors,
      gitignores: GITIGNORE_NAMES,
      licences: licenceChoices(),
      defaultBranch: repositories.default_branch,
      objectFormat: repositories.default_object_format,
    },
    status,
  );
}
