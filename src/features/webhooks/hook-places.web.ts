// Where pages of webhooks stand: in the settings of a repository, an organization, an account, or the administration. Each
// place brings its gate, its frame and its address; what the pages do is the same everywhere.
import type { Actor } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import {
  type AccountAccess,
  accountGate,
  organizationGate,
  repositoryGate,
  requireUserActor,
} from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { organizationFrame } from '../orgs/frame.service.ts';
import { openOrganization } from '../orgs/orgs.service.ts';
import type { OpenOrganization } from '../orgs/orgs.types.ts';
import { openRepository } from '../repos/access.service.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import { isArchived } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { HookOwner } from './hooks.types.ts';

/** A place as the pages see it. */
export interface HookPlace {
  owner: HookOwner;
  /** The address of the list. */
  base: string;
  /** The layout around the pages, and what it reads. */
  layout: string;
  frame: object;
  /** What stands behind the page's title, such as the name of the repository. */
  name: string;
  about: string;
  canManage: boolean;
}

/** One page or act, below the address of a place. */
export interface HookRoute {
  method: 'get' | 'post';
  path: string;
  needs: 'read' | 'manage';
  sudo?: true;
  handler(c: WebContext, place: HookPlace): Promise<Response>;
}

/** Adds pages below every place. */
export function mountAtPlaces(web: WebApp, routes: readonly HookRoute[]): void {
  // Before those of repositories, whose pattern is wider.
  mountRoutes(
    web,
    organizationGate(openOrganization),
    at(
      '/orgs/:org/settings/hooks',
      'organization-webhooks:read',
      'organization-webhooks:manage',
      ofOrganization,
      routes,
    ),
  );
  mountRoutes(
    web,
    repositoryGate(openRepository),
    at('/:owner/:repo/settings/hooks', 'webhooks:read', 'webhooks:manage', ofRepository, routes),
  );
  mountRoutes(web, accountGate, at('/settings/hooks', SIGNED_IN, SIGNED_IN, ofPerson, routes));
  mountRoutes(web, accountGate, at('/admin/hooks', ADMIN, ADMIN, ofSite, routes.map(proven)));
}

/** Every change in the administration asks again who one is. */
function proven(route: HookRoute): HookRoute {
  return route.method === 'get' ? route : { ...route, sudo: true };
}

const SIGNED_IN: AccountAccess = 'signed-in';
const ADMIN: AccountAccess = 'admin';

function at<A extends string, R>(
  base: string,
  read: A,
  manage: A,
  placeOf: (c: WebContext, resource: R) => HookPlace | Promise<HookPlace>,
  routes: readonly HookRoute[],
): Route<A, R>[] {
  return routes.map(({ method, path, needs, sudo, handler }) => ({
    ...{ method, path: `${base}${path}`, access: needs === 'read' ? read : manage },
    ...(sudo ? { sudo } : {}),
    handler: async (c, resource) => handler(c, await placeOf(c, resource)),
  }));
}

function ofRepository(_: WebContext, open: OpenRepository): HookPlace {
  return {
    owner: { scope: 'repository', repositoryId: open.repository.id },
    base: `${open.path}/settings/hooks`,
    layout: 'repos/settings',
    frame: { repo: repositoryFrame(open, 'settings') },
    name: open.path.slice(1),
    about: 'A webhook tells another program what happens in this repository, as soon as it happens.',
    canManage: !isArchived(open.repository),
  };
}

async function ofOrganization(c: WebContext, open: OpenOrganization): Promise<HookPlace> {
  return {
    owner: { scope: 'organization', ownerId: open.organization.id },
    base: `${open.path}/settings/hooks`,
    layout: 'orgs/settings',
    frame: { org: await organizationFrame(c.var.app, open, 'settings') },
    name: open.organization.name,
    about:
      'These webhooks tell other programs what happens in this organization and in all its repositories.',
    canManage: true,
  };
}

function ofPerson(_: WebContext, actor: Actor): HookPlace {
  const { userId, name } = requireUserActor(actor);
  return {
    owner: { scope: 'user', ownerId: userId },
    base: '/settings/hooks',
    layout: 'users/settings',
    frame: {},
    name,
    about: 'These webhooks tell other programs what happens in all repositories that you own.',
    canManage: true,
  };
}

function ofSite(c: WebContext): HookPlace {
  return {
    owner: { scope: 'site' },
    base: '/admin/hooks',
    layout: 'admin/admin',
    frame: { isByInvitation: c.var.app.config.accounts.registration === 'invitation' },
    name: 'Administration',
    about:
      'These webhooks tell other programs what happens anywhere on this server, in private repositories too.',
    canManage: true,
  };
}

/** A number in the address. Throws AppError not_found for anything else. */
export function numberIn(c: WebContext, name: string): number {
  const text = c.req.param(name) ?? '';
  if (!/^[1-9]\d{0,14}$/.test(text)) throw notFound('webhook');
  return Number(text);
}
