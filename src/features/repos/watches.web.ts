// The Watch menu of a repository, who watches it, and what one watches oneself.
import { invalid } from '../../base/errors.ts';
import type { WatchLevel } from '../../platform/db/tables/notifications.ts';
import { readFormValues } from '../../platform/web/forms.ts';
import {
  type AccountAccess,
  accountGate,
  repositoryGate,
  requireUserActor,
} from '../../platform/web/gates.ts';
import { page, readForm } from '../../platform/web/page.ts';
import { idInQuery } from '../../platform/web/queries.ts';
import { localReturnAddress } from '../../platform/web/return-address.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { openRepository } from './access.service.ts';
import { repositoryFrame } from './frame.service.ts';
import type { Ability, OpenRepository, WatchChoice } from './repos.types.ts';
import { pageOfWatchers, pageOfWatches, WATCHED_KINDS, watchRepository } from './watches.service.ts';

const AT = '/:owner/:repo';
const LEVELS: readonly WatchLevel[] = ['participating', 'all', 'ignore', 'custom'];

const routes: Route<Ability, OpenRepository>[] = [
  { method: 'post', path: `${AT}/watch`, access: 'repository:watch', handler: postWatch },
  { method: 'get', path: `${AT}/watchers`, access: 'repository:see', handler: getWatchers },
];

const ownRoutes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: '/watching', access: 'signed-in', handler: getWatching },
];

/** Adds watching. */
export function mountWatches(web: WebApp): void {
  mountRoutes(web, accountGate, ownRoutes);
  mountRoutes(web, repositoryGate(openRepository), routes);
}

async function postWatch(c: WebContext, open: OpenRepository): Promise<Response> {
  const { level, back: from } = await readForm(c);
  const kinds = await readFormValues(c, 'kinds');
  await watchRepository(c.var.app, c.var.actor, open, choiceOf(level, kinds));
  const back = localReturnAddress(from);
  return c.redirect(back === '/' ? open.path : back, 303);
}

function choiceOf(text: string | undefined, kinds: readonly string[]): WatchChoice {
  const level = LEVELS.find((one) => one === text);
  if (!level) throw invalid({ level: `Choose one of: ${LEVELS.join(', ')}.` });
  return { level, kinds: WATCHED_KINDS.filter((kind) => kinds.includes(kind)) };
}

async function getWatchers(c: WebContext, open: OpenRepository): Promise<Response> {
  const after = idInQuery(c, 'after') ?? 0;
  const { items, next } = await pageOfWatchers(c.var.app, open, after);
  return page(c, 'repos/watchers', {
    title: `Watchers · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, ''),
    people: items,
    next: next === undefined ? undefined : `${open.path}/watchers?after=${next}`,
    isFirst: after === 0,
  });
}

async function getWatching(c: WebContext): Promise<Response> {
  const after = c.req.query('after');
  const { items, next } = await pageOfWatches(c.var.app, requireUserActor(c.var.actor), after);
  return page(c, 'repos/watching', {
    title: 'Repositories you watch',
    items: items.map(({ repository, ownerName, watch }) => ({
      path: `/${ownerName}/${repository.name}`,
      owner: ownerName,
      name: repository.name,
      visibility: repository.visibility,
      isArchived: repository.archivedAt !== null,
      watch,
    })),
    next: next && `/watching?${new URLSearchParams({ after: next })}`,
    isFirst: !after,
  });
}
