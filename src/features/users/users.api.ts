// People in Gitea's REST API v1: oneself, others, and looking for them.
import type { Actor, NeededScope, UserActor } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import { bodyOf, queryOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { openGate, scopeGate } from '../../platform/web/gates.ts';
import { pictureBody } from '../../platform/web/picture-body.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { accountsJson, userJson } from './accounts.json.ts';
import { removeAvatar, setAvatar } from './avatars.service.ts';
import { mountPeopleApi } from './people.api.ts';
import { userSearchQuery } from './search.input.ts';
import { findPeople } from './search.service.ts';
import { findUserById } from './users.service.ts';

const SMALLEST_PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

const ownRoutes: Route<NeededScope, UserActor>[] = [
  {
    method: 'get',
    path: '/api/v1/user',
    access: 'read:user',
    rowsOnly: true,
    handler: getOwn,
    api: { tag: 'user', id: 'userGetCurrent', summary: 'Get the authenticated user', answer: 'User' },
  },
  {
    method: 'post',
    path: '/api/v1/user/avatar',
    access: 'write:user',
    handler: postAvatar,
    api: {
      tag: 'user',
      id: 'userUpdateAvatar',
      summary: 'Set your picture',
      body: pictureBody,
      example: { image: SMALLEST_PNG },
      answer: 'none',
    },
  },
  {
    method: 'delete',
    path: '/api/v1/user/avatar',
    access: 'write:user',
    handler: deleteAvatar,
    api: { tag: 'user', id: 'userDeleteAvatar', summary: 'Remove your picture', answer: 'none' },
  },
];

const routes: Route<'profile:read', Actor>[] = [
  {
    method: 'get',
    path: '/api/v1/users/search',
    access: 'profile:read',
    handler: getSearch,
    api: {
      tag: 'user',
      id: 'userSearch',
      summary: 'Search for people by their name',
      query: userSearchQuery,
      answer: 'UserSearchResult',
      paged: true,
    },
  },
];

/** Adds people to `/api/v1`. */
export function mountUsersApi(web: WebApp): void {
  mountRoutes(web, scopeGate, ownRoutes);
  mountRoutes(web, openGate, routes);
  mountPeopleApi(web);
}

async function getOwn(c: WebContext, actor: UserActor): Promise<Response> {
  const user = await findUserById(c.var.app, actor.userId);
  if (!user) throw notFound('user');
  return c.json(await userJson(c.var.app, actor, user));
}

async function postAvatar(c: WebContext, actor: UserActor): Promise<Response> {
  const { image } = await bodyOf(c, pictureBody);
  await setAvatar(c.var.app, actor, actor.userId, Buffer.from(image, 'base64'));
  return c.body(null, 204);
}

async function deleteAvatar(c: WebContext, actor: UserActor): Promise<Response> {
  await removeAvatar(c.var.app, actor, actor.userId);
  return c.body(null, 204);
}

async function getSearch(c: WebContext, actor: Actor): Promise<Response> {
  const { app } = c.var;
  const { q, uid, sort = 'oldest' } = queryOf(c, userSearchQuery);
  const asked = pageOf(c);
  const found = await findPeople(app, { words: q, id: uid || undefined }, { ...asked, order: sort });
  const shown = await accountsJson(app, actor, found.ids);
  setPages(c, { ...asked, total: found.total });
  return c.json({ ok: true, data: found.ids.map((id) => shown.get(id)) });
}
