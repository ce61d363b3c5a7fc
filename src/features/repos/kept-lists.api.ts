// Stars, and the lists of what people starred and watch, in Gitea's REST API v1.
import type { Actor, NeededScope, UserActor } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { openGate, repositoryGate, requireUserActor, scopeGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { requirePerson } from '../users/people.service.ts';
import { openRepository } from './access.service.ts';
import { isStarred, type KeptList, keptRepositories } from './kept-lists.service.ts';
import type { Ability, OpenRepository } from './repos.types.ts';
import { repositoriesJson } from './repository.json.ts';
import { starRepository, unstarRepository } from './stars.service.ts';

const STARRED = '/api/v1/user/starred';

const ownRoutes: Route<NeededScope, UserActor>[] = [
  {
    method: 'get',
    path: STARRED,
    access: 'read:repository',
    handler: (c, actor) => answerList(c, actor.userId, 'starred'),
    api: {
      tag: 'user',
      id: 'userCurrentListStarred',
      summary: 'List the repositories you starred',
      answer: 'Repository[]',
      paged: true,
    },
  },
];

const routes: Route<'repositories:list', Actor>[] = [
  {
    method: 'get',
    path: '/api/v1/users/:username/starred',
    access: 'repositories:list',
    handler: (c) => answerListOf(c, 'starred'),
    api: {
      tag: 'user',
      id: 'userListStarred',
      summary: 'List the repositories somebody starred, as far as you may see them',
      answer: 'Repository[]',
      paged: true,
    },
  },
  {
    method: 'get',
    path: '/api/v1/users/:username/subscriptions',
    access: 'repositories:list',
    handler: (c) => answerListOf(c, 'watched'),
    api: {
      tag: 'user',
      id: 'userListSubscriptions',
      summary: 'List the repositories somebody watches, as far as you may see them',
      answer: 'Repository[]',
      paged: true,
    },
  },
];

const repositoryRoutes: Route<Ability, OpenRepository>[] = [
  {
    method: 'get',
    path: `${STARRED}/:owner/:repo`,
    access: 'repository:see',
    handler: getStar,
    api: {
      tag: 'user',
      id: 'userCurrentCheckStarring',
      summary: 'Check whether you starred a repository',
      answer: 'none',
    },
  },
  {
    method: 'put',
    path: `${STARRED}/:owner/:repo`,
    access: 'repository:star',
    handler: putStar,
    api: { tag: 'user', id: 'userCurrentPutStar', summary: 'Star a repository', answer: 'none' },
  },
  {
    method: 'delete',
    path: `${STARRED}/:owner/:repo`,
    access: 'repository:star',
    handler: deleteStar,
    api: { tag: 'user', id: 'userCurrentDeleteStar', summary: 'Take your star back', answer: 'none' },
  },
];

/** Adds stars and what people watch to `/api/v1`. */
export function mountKeptListsApi(web: WebApp): void {
  mountRoutes(web, scopeGate, ownRoutes);
  mountRoutes(web, openGate, routes);
  mountRoutes(web, repositoryGate(openRepository), repositoryRoutes);
}

async function answerList(c: WebContext, userId: number, list: KeptList): Promise<Response> {
  const { app, actor } = c.var;
  const asked = pageOf(c);
  const { ids, total } = await keptRepositories(app, actor, userId, list, asked);
  setPages(c, { ...asked, total });
  return c.json(await repositoriesJson(app, actor, ids));
}

async function answerListOf(c: WebContext, list: KeptList): Promise<Response> {
  const { id } = await requirePerson(c.var.app, c.var.actor, c.req.param('username') ?? '');
  return answerList(c, id, list);
}

async function getStar(c: WebContext, { repository }: OpenRepository): Promise<Response> {
  const { userId } = requireUserActor(c.var.actor);
  if (!(await isStarred(c.var.app, userId, repository.id))) throw notFound('star');
  return c.body(null, 204);
}

async function putStar(c: WebContext, open: OpenRepository): Promise<Response> {
  await starRepository(c.var.app, c.var.actor, open);
  return c.body(null, 204);
}

async function deleteStar(c: WebContext, open: OpenRepository): Promise<Response> {
  await unstarRepository(c.var.app, c.var.actor, open);
  return c.body(null, 204);
}
