// The gate of pages that belong to no repository.
import type { AbilityName, AbilityOn } from '../../base/abilities.ts';
import type { Actor, NeededScope, UserActor } from '../../base/actor.ts';
import { AppError, notFound } from '../../base/errors.ts';
import {
  hasAdminPower,
  requireMeans,
  requireScope,
  requireSiteAbility,
  requireUnlimited,
} from '../../base/judgement.ts';
import type { App } from '../app.types.ts';
import type { Gate, WebContext } from './web.types.ts';

export type AccountAccess = 'anyone' | 'signed-in' | 'admin';

/** Lets anyone, signed-in people, or administrators pass; the resource is the actor. */
export async function accountGate(c: WebContext, access: AccountAccess): Promise<Actor> {
  if (access === 'anyone') return c.var.actor;
  const user = requireUserActor(c.var.actor);
  if (access === 'admin' && !hasAdminPower(user)) throw notFound();
  return user;
}

/** The signed-in user; throws AppError unauthenticated for everybody else. */
export function requireUserActor(actor: Actor): UserActor {
  if (actor.kind !== 'user') throw new AppError('unauthenticated', 'Sign in to do this.');
  return actor;
}

/** The gate of API routes about one's own account: signed in, and a token that holds the scope. */
export async function scopeGate(c: WebContext, access: NeededScope): Promise<UserActor> {
  const user = requireUserActor(c.var.actor);
  requireScope(user, access);
  requireUnlimited(user);
  return user;
}

/** The gate of API routes that anybody may ask: whoever comes with a token needs the scope of the ability. */
export async function openGate(c: WebContext, access: AbilityName): Promise<Actor> {
  requireMeans(c.var.actor, access);
  return c.var.actor;
}

/** The gate of API routes about the whole site: by what they do there, and so by the scope for it. */
export async function siteGate(c: WebContext, access: AbilityOn<'site'>): Promise<Actor> {
  requireSiteAbility(c.var.actor, access);
  return c.var.actor;
}

/** What a repository's gate yields at least. */
export interface OpenedPath {
  /** `/owner/name` of today. */
  path: string;
  /** Whether it was found under an earlier name. */
  moved: boolean;
}

/**
 * The gate of routes under `/:owner/:repo`: `open` judges the access; an earlier name is answered with a permanent
 * redirect to the same page under today's name (308 keeps the method of API calls).
 */
export function repositoryGate<A extends string, R extends OpenedPath>(
  open: (app: App, actor: Actor, owner: string, repo: string, access: A) => Promise<R>,
): Gate<A, R> {
  return async (c, access) => {
    const owner = c.req.param('owner') ?? '';
    const repo = c.req.param('repo') ?? '';
    const opened = await open(c.var.app, c.var.actor, owner, repo, access);
    if (!opened.moved) return opened;
    return c.redirect(movedAddress(c, opened.path), c.req.method === 'GET' ? 301 : 308);
  };
}

/** The address asked for, under the repository's name of today. Names may have come percent-encoded in any way. */
function movedAddress(c: WebContext, path: string): string {
  const url = new URL(c.req.url);
  const parts = url.pathname.split('/');
  parts.splice(c.var.route.split('/').indexOf(':owner'), 2, path.slice(1));
  return parts.join('/') + url.search;
}

/** The gate of routes under `/orgs/:org`: `open` judges the access. */
export function organizationGate<A extends string, R>(
  open: (app: App, actor: Actor, name: string, access: A) => Promise<R>,
): Gate<A, R> {
  return (c, access) => open(c.var.app, c.var.actor, c.req.param('org') ?? '', access);
}

/** The gate of routes under `/teams/:id`: `open` finds the team and judges the access. */
export function teamGate<A extends string, R>(
  open: (app: App, actor: Actor, id: number, access: A) => Promise<R>,
): Gate<A, R> {
  return (c, access) => {
    const id = c.req.param('id') ?? '';
    // No team has the id 0.
    return open(c.var.app, c.var.actor, /^\d{1,15}$/.test(id) ? Number(id) : 0, access);
  };
}
