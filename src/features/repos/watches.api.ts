// Watching in Gitea's REST API v1, where it is called a subscription.
import type { NeededScope, UserActor } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { repositoryGate, requireUserActor, scopeGate } from '../../platform/web/gates.ts';
import { readJson } from '../../platform/web/json.ts';
import { pageByNumber } from '../../platform/web/numbered-pages.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { openRepository } from './access.service.ts';
import type { Ability, OpenRepository, WatchChoice } from './repos.types.ts';
import { repositoryJsonOf } from './repository.json.ts';
import {
  pageOfWatchers,
  pageOfWatches,
  unwatchRepository,
  watchOf,
  watchRepository,
} from './watches.service.ts';

const AT = '/api/v1/repos/:owner/:repo';

const routes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: `${AT}/subscription`, access: 'repository:see', handler: getSubscription },
  { method: 'put', path: `${AT}/subscription`, access: 'repository:watch', handler: putSubscription },
  { method: 'delete', path: `${AT}/subscription`, access: 'repository:watch', handler: removeSubscription },
  { method: 'get', path: `${AT}/subscribers`, access: 'repository:see', handler: getSubscribers },
];

const ownRoutes: Route<NeededScope, UserActor>[] = [
  { method: 'get', path: '/api/v1/user/subscriptions', access: 'read:repository', handler: getOwn },
];

/** Adds watching to `/api/v1`. */
export function mountWatchApi(web: WebApp): void {
  mountRoutes(web, scopeGate, ownRoutes);
  mountRoutes(web, repositoryGate(openRepository), routes);
}

async function getSubscription(c: WebContext, open: OpenRepository): Promise<Response> {
  const { userId } = requireUserActor(c.var.actor);
  const watch = await watchOf(c.var.app, userId, open.repository.id);
  if (watch.level === 'participating') throw notFound('subscription');
  return c.json(watchJson(c.var.app, open, watch));
}

/** Gitea sends no body; GitHub's `ignored` is taken too. */
async function putSubscription(c: WebContext, open: OpenRepository): Promise<Response> {
  const { ignored } = await readJson(c);
  const watch: WatchChoice = { level: ignored === true ? 'ignore' : 'all', kinds: [] };
  await watchRepository(c.var.app, c.var.actor, open, watch);
  return c.json(watchJson(c.var.app, open, watch));
}

async function removeSubscription(c: WebContext, open: OpenRepository): Promise<Response> {
  await unwatchRepository(c.var.app, c.var.actor, open);
  return c.body(null, 204);
}

function watchJson(app: App, { path }: OpenRepository, { level }: WatchChoice) {
  const url = `${app.publicUrl()}/api/v1/repos${path}`;
  return {
    subscribed: level !== 'ignore',
    ignored: level === 'ignore',
    reason: null,
    url: `${url}/subscription`,
    repository_url: url,
  };
}

async function getSubscribers(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const asked = pageOf(c);
  const { items, hasMore } = await pageByNumber(asked, (after: number | undefined) =>
    pageOfWatchers(app, open, after ?? 0),
  );
  setPages(c, { ...asked, total: undefined, hasMore });
  return c.json(
    items.map(({ id, name, displayName }) => ({
      id,
      login: name,
      full_name: displayName,
      username: name,
      html_url: `${app.publicUrl()}/${name}`,
    })),
  );
}

async function getOwn(c: WebContext, actor: UserActor): Promise<Response> {
  const { app } = c.var;
  const asked = pageOf(c);
  const { items, hasMore } = await pageByNumber(asked, (after: string | undefined) =>
    pageOfWatches(app, actor, after),
  );
  setPages(c, { ...asked, total: undefined, hasMore });
  const watched = items.filter(({ watch }) => watch.level !== 'ignore');
  return c.json(
    await Promise.all(watched.map(({ repository }) => repositoryJsonOf(app, actor, repository.id))),
  );
}
