// The pages that bring people and their work together: the dashboard, exploring, an owner's page.
import { notFound } from '../../base/errors.ts';
import { type AccountAccess, accountGate } from '../../platform/web/gates.ts';
import { page } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { type ListRequest, pageOfRepositories } from '../repos/lists.service.ts';
import { countUsers, findUserByName } from '../users/users.service.ts';
import { listItem } from './lists.present.ts';
import { mountStars } from './stars.web.ts';

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: '/', access: 'anyone', handler: getHome },
  { method: 'get', path: '/explore', access: 'anyone', handler: getExplore },
];

const ownerRoutes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: '/:owner', access: 'anyone', handler: getOwner },
];

/** Adds the pages about people and their work. `/:owner` matches last among paths of one segment. */
export function mountProfiles(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
  mountStars(web);
  mountRoutes(web, accountGate, ownerRoutes);
}

async function getHome(c: WebContext): Promise<Response> {
  const { actor } = c.var;
  if (actor.kind !== 'user') return answerList(c, 'profiles/landing', 'Welcome', {});
  return answerList(c, 'profiles/dashboard', 'Dashboard', { memberId: actor.userId });
}

async function getExplore(c: WebContext): Promise<Response> {
  return answerList(c, 'profiles/explore', 'Explore repositories', {});
}

async function getOwner(c: WebContext): Promise<Response> {
  const owner = await findUserByName(c.var.app, c.req.param('owner') ?? '');
  if (!owner) throw notFound('page');
  const profile = { name: owner.name, displayName: owner.displayName, createdAt: owner.createdAt };
  return answerList(c, 'profiles/owner', owner.name, { ownerId: owner.id }, { owner: profile });
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
