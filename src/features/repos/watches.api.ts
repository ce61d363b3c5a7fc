// Watching in Gitea's REST API v1, where it is called a subscription.
import type { NeededScope, UserActor } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import { isoTime } from '../../base/time.ts';
import { bodyOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { repositoryGate, requireUserActor, scopeGate } from '../../platform/web/gates.ts';
import { pageByNumber } from '../../platform/web/numbered-pages.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { accountsJson } from '../users/accounts.json.ts';
import { openRepository } from './access.service.ts';
import type { Ability, OpenRepository, WatchChoice } from './repos.types.ts';
import { summariesJson } from './repository.json.ts';
import { subscriptionBody } from './repository-bodies.input.ts';
import { countsOfWatchers } from './watch-counts.service.ts';
import {
  chosenWatch,
  pageOfWatchers,
  pageOfWatches,
  unwatchRepository,
  watchRepository,
} from './watches.service.ts';

const AT = '/api/v1/repos/:owner/:repo';

const routes: Route<Ability, OpenRepository>[] = [
  {
    method: 'get',
    path: `${AT}/subscription`,
    access: 'repository:see',
    handler: getSubscription,
    api: {
      tag: 'repository',
      id: 'userCurrentCheckSubscription',
      summary: 'Say whether one watches a repository',
      about: 'Answers 404 to whoever is told only of what they take part in.',
      answer: 'WatchInfo',
    },
  },
  {
    method: 'put',
    path: `${AT}/subscription`,
    access: 'repository:watch',
    handler: putSubscription,
    api: {
      tag: 'repository',
      id: 'userCurrentPutSubscription',
      summary: 'Watch a repository, or ignore it',
      body: subscriptionBody,
      example: { ignored: false },
      answer: 'WatchInfo',
    },
  },
  {
    method: 'delete',
    path: `${AT}/subscription`,
    access: 'repository:watch',
    handler: removeSubscription,
    api: {
      tag: 'repository',
      id: 'userCurrentDeleteSubscription',
      summary: 'Watch a repository no more',
      answer: 'none',
    },
  },
  {
    method: 'get',
    path: `${AT}/subscribers`,
    access: 'repository:see',
    handler: getSubscribers,
    api: {
      tag: 'repository',
      id: 'repoListSubscribers',
      summary: 'List who watches a repository',
      answer: 'User[]',
      paged: true,
    },
  },
];

const ownRoutes: Route<NeededScope, UserActor>[] = [
  {
    method: 'get',
    path: '/api/v1/user/subscriptions',
    access: 'read:repository',
    handler: getOwn,
    api: {
      tag: 'user',
      id: 'userCurrentListSubscriptions',
      summary: 'List the repositories that one watches',
      answer: 'Repository[]',
      paged: true,
    },
  },
];

/** Adds watching to `/api/v1`. */
export function mountWatchApi(web: WebApp): void {
  mountRoutes(web, scopeGate, ownRoutes);
  mountRoutes(web, repositoryGate(openRepository), routes);
}

async function getSubscription(c: WebContext, open: OpenRepository): Promise<Response> {
  return c.json(await watchJson(c, open));
}

async function putSubscription(c: WebContext, open: OpenRepository): Promise<Response> {
  const { ignored } = await bodyOf(c, subscriptionBody);
  const watch: WatchChoice = { level: ignored === true ? 'ignore' : 'all', kinds: [] };
  await watchRepository(c.var.app, c.var.actor, open, watch);
  return c.json(await watchJson(c, open));
}

async function removeSubscription(c: WebContext, open: OpenRepository): Promise<Response> {
  await unwatchRepository(c.var.app, c.var.actor, open);
  return c.body(null, 204);
}

async function watchJson(c: WebContext, { path, repository }: OpenRepository) {
  const { app, actor } = c.var;
  const watch = await chosenWatch(app, requireUserActor(actor).userId, repository.id);
  if (!watch) throw notFound('subscription');
  const url = `${app.publicUrl()}/api/v1/repos${path}`;
  return {
    subscribed: watch.level !== 'ignore',
    ignored: watch.level === 'ignore',
    reason: null,
    created_at: isoTime(watch.createdAt),
    url: `${url}/subscription`,
    repository_url: url,
  };
}

async function getSubscribers(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const asked = pageOf(c);
  const { items, hasMore } = await pageByNumber(asked, (after: number | undefined) =>
    pageOfWatchers(app, open, after ?? 0),
  );
  const total = (await countsOfWatchers(app, [open.repository.id])).get(open.repository.id);
  setPages(c, { ...asked, total, hasMore });
  const accounts = await accountsJson(
    app,
    actor,
    items.map(({ id }) => id),
  );
  return c.json([...accounts.values()]);
}

async function getOwn(c: WebContext, actor: UserActor): Promise<Response> {
  const { app } = c.var;
  const asked = pageOf(c);
  const { items, hasMore } = await pageByNumber(asked, (after: string | undefined) =>
    pageOfWatches(app, actor, after),
  );
  setPages(c, { ...asked, total: undefined, hasMore });
  const watched = items.filter(({ watch }) => watch.level !== 'ignore');
  return c.json(await summariesJson(app, actor, watched));
}
