// Following and blocking people in Gitea's REST API v1.
import type { Actor, NeededScope, UserActor } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { openGate, scopeGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { accountsJson } from './accounts.json.ts';
import { blockedIds, blockUser, isBlocked, unblockUser } from './blocks.service.ts';
import { type FollowSide, followIds, follows, followUser, unfollowUser } from './follows.service.ts';
import { requirePerson } from './people.service.ts';
import { requireAccountAbility } from './users.policy.ts';
import { findUserById, requireUserByName } from './users.service.ts';
import type { UserRow } from './users.types.ts';

const FOLLOWING = '/api/v1/user/following';
const BLOCKS = '/api/v1/user/blocks';
const USER = '/api/v1/users/:username';

const ownRoutes: Route<NeededScope, UserActor>[] = [
  {
    method: 'get',
    path: '/api/v1/user/followers',
    access: 'read:user',
    handler: (c, actor) => answerOwn(c, actor, 'followers'),
    api: {
      tag: 'user',
      id: 'userCurrentListFollowers',
      summary: 'List your followers',
      answer: 'User[]',
      paged: true,
    },
  },
  {
    method: 'get',
    path: FOLLOWING,
    access: 'read:user',
    handler: (c, actor) => answerOwn(c, actor, 'following'),
    api: {
      tag: 'user',
      id: 'userCurrentListFollowing',
      summary: 'List the people you follow',
      answer: 'User[]',
      paged: true,
    },
  },
  {
    method: 'get',
    path: `${FOLLOWING}/:username`,
    access: 'read:user',
    handler: getFollowing,
    api: {
      tag: 'user',
      id: 'userCurrentCheckFollowing',
      summary: 'Check whether you follow somebody',
      answer: 'none',
    },
  },
  {
    method: 'put',
    path: `${FOLLOWING}/:username`,
    access: 'write:user',
    handler: putFollowing,
    api: { tag: 'user', id: 'userCurrentPutFollow', summary: 'Follow somebody', answer: 'none' },
  },
  {
    method: 'delete',
    path: `${FOLLOWING}/:username`,
    access: 'write:user',
    handler: deleteFollowing,
    api: { tag: 'user', id: 'userCurrentDeleteFollow', summary: 'Follow somebody no longer', answer: 'none' },
  },
  {
    method: 'get',
    path: BLOCKS,
    access: 'read:user',
    handler: getBlocks,
    api: {
      tag: 'user',
      id: 'userListBlocks',
      summary: 'List the people you blocked',
      answer: 'User[]',
      paged: true,
    },
  },
  {
    method: 'get',
    path: `${BLOCKS}/:username`,
    access: 'read:user',
    handler: getBlock,
    api: {
      tag: 'user',
      id: 'userCheckUserBlock',
      summary: 'Check whether you blocked somebody',
      answer: 'none',
    },
  },
  {
    method: 'put',
    path: `${BLOCKS}/:username`,
    access: 'write:user',
    handler: putBlock,
    api: { tag: 'user', id: 'userBlockUser', summary: 'Block somebody', answer: 'none' },
  },
  {
    method: 'delete',
    path: `${BLOCKS}/:username`,
    access: 'write:user',
    handler: deleteBlock,
    api: { tag: 'user', id: 'userUnblockUser', summary: 'Unblock somebody', answer: 'none' },
  },
];

const routes: Route<'profile:read', Actor>[] = [
  {
    method: 'get',
    path: `${USER}/followers`,
    access: 'profile:read',
    handler: (c) => answerOther(c, 'followers'),
    api: {
      tag: 'user',
      id: 'userListFollowers',
      summary: "List a person's followers",
      answer: 'User[]',
      paged: true,
    },
  },
  {
    method: 'get',
    path: `${USER}/following`,
    access: 'profile:read',
    handler: (c) => answerOther(c, 'following'),
    api: {
      tag: 'user',
      id: 'userListFollowing',
      summary: 'List the people somebody follows',
      answer: 'User[]',
      paged: true,
    },
  },
  {
    method: 'get',
    path: `${USER}/following/:target`,
    access: 'profile:read',
    handler: getOtherFollowing,
    api: {
      tag: 'user',
      id: 'userCheckFollowing',
      summary: 'Check whether somebody follows somebody else',
      answer: 'none',
    },
  },
];

/** Adds following and blocking to `/api/v1`. */
export function mountPeopleApi(web: WebApp): void {
  mountRoutes(web, scopeGate, ownRoutes);
  mountRoutes(web, openGate, routes);
}

async function answerOwn(c: WebContext, actor: UserActor, side: FollowSide): Promise<Response> {
  const user = await findUserById(c.var.app, actor.userId);
  if (!user) throw notFound('user');
  return answerFollows(c, user, side);
}

async function answerOther(c: WebContext, side: FollowSide): Promise<Response> {
  return answerFollows(c, await requireNamed(c), side);
}

async function answerFollows(c: WebContext, user: UserRow, side: FollowSide): Promise<Response> {
  const asked = pageOf(c);
  const ids = await followIds(c.var.app, user.id, side, asked);
  setPages(c, { ...asked, total: side === 'followers' ? user.followerCount : user.followingCount });
  return answerAccounts(c, ids);
}

async function answerAccounts(c: WebContext, ids: number[]): Promise<Response> {
  const shown = await accountsJson(c.var.app, c.var.actor, ids);
  return c.json(ids.map((id) => shown.get(id)));
}

function requireNamed(c: WebContext, parameter = 'username'): Promise<UserRow> {
  return requirePerson(c.var.app, c.var.actor, c.req.param(parameter) ?? '');
}

async function getFollowing(c: WebContext, actor: UserActor): Promise<Response> {
  const person = await requireNamed(c);
  return answerWhether(c, await follows(c.var.app, actor.userId, person.id));
}

async function getOtherFollowing(c: WebContext): Promise<Response> {
  const [person, target] = await Promise.all([requireNamed(c), requireNamed(c, 'target')]);
  return answerWhether(c, await follows(c.var.app, person.id, target.id));
}

/** As Gitea says yes and no. */
function answerWhether(c: WebContext, isSo: boolean): Response {
  if (!isSo) throw notFound('user');
  return c.body(null, 204);
}

async function putFollowing(c: WebContext, actor: UserActor): Promise<Response> {
  await followUser(c.var.app, actor, c.req.param('username') ?? '');
  return c.body(null, 204);
}

async function deleteFollowing(c: WebContext, actor: UserActor): Promise<Response> {
  await unfollowUser(c.var.app, actor, c.req.param('username') ?? '');
  return c.body(null, 204);
}

async function getBlocks(c: WebContext, actor: UserActor): Promise<Response> {
  const asked = pageOf(c);
  const { ids, total } = await blockedIds(c.var.app, actor, actor.userId, asked);
  setPages(c, { ...asked, total });
  return answerAccounts(c, ids);
}

async function getBlock(c: WebContext, actor: UserActor): Promise<Response> {
  requireAccountAbility(actor, actor.userId, 'blocks:read');
  const person = await requireNamed(c);
  return answerWhether(c, await isBlocked(c.var.app, actor.userId, person.id));
}

async function putBlock(c: WebContext, actor: UserActor): Promise<Response> {
  const { name } = await requireNamed(c);
  await blockUser(c.var.app, actor, actor.userId, name);
  return c.body(null, 204);
}

async function deleteBlock(c: WebContext, actor: UserActor): Promise<Response> {
  // Also who was suspended since: the block is one's own to lift.
  const person = await requireUserByName(c.var.app, c.req.param('username') ?? '');
  await unblockUser(c.var.app, actor, actor.userId, person.id);
  return c.body(null, 204);
}
