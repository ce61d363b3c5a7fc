// Following and blocking people.
import { isAppError, notFound } from '../../base/errors.ts';
import { type AccountAccess, accountGate, requireUserActor } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { blockUser, listBlocks, unblockUser } from './blocks.service.ts';
import { followUser, unfollowUser } from './follows.service.ts';

const BLOCKS = '/settings/blocks';

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'post', path: '/users/:name/follow', access: 'signed-in', handler: postFollow },
  { method: 'post', path: '/users/:name/follow/removal', access: 'signed-in', handler: postUnfollow },
  { method: 'get', path: BLOCKS, access: 'signed-in', handler: getBlocks },
  { method: 'post', path: BLOCKS, access: 'signed-in', handler: postBlock },
  { method: 'post', path: `${BLOCKS}/:id/removal`, access: 'signed-in', handler: postUnblock },
];

/** Adds following, and the page of blocked people. */
export function mountPeople(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
}

async function postFollow(c: WebContext): Promise<Response> {
  const name = c.req.param('name') ?? '';
  await followUser(c.var.app, c.var.actor, name);
  return redirectWithMessage(c, `/${name}`, `You follow ${name}: what they do shows up on your dashboard.`);
}

async function postUnfollow(c: WebContext): Promise<Response> {
  const name = c.req.param('name') ?? '';
  await unfollowUser(c.var.app, c.var.actor, name);
  return redirectWithMessage(c, `/${name}`, `You no longer follow ${name}.`);
}

function getBlocks(c: WebContext): Promise<Response> {
  return answerBlocks(c, { username: c.req.query('username') ?? '' }, {}, 200);
}

async function answerBlocks(
  c: WebContext,
  form: Record<string, string>,
  errors: Record<string, string>,
  status: number,
): Promise<Response> {
  const { userId } = requireUserActor(c.var.actor);
  const after = c.req.query('after');
  const { items, next } = await listBlocks(c.var.app, c.var.actor, userId, after);
  const more = next === undefined ? undefined : `${BLOCKS}?after=${next}`;
  const model = { title: 'Blocked users', items, next: more, isFirst: !after, form, errors };
  return page(c, 'users/blocks', model, status);
}

async function postBlock(c: WebContext): Promise<Response> {
  const form = await readForm(c);
  const { userId } = requireUserActor(c.var.actor);
  try {
    await blockUser(c.var.app, c.var.actor, userId, form.username ?? '');
  } catch (error) {
    if (isAppError(error, 'invalid')) return answerBlocks(c, form, error.fields ?? {}, 422);
    throw error;
  }
  return redirectWithMessage(c, BLOCKS, `${form.username} is blocked.`);
}

async function postUnblock(c: WebContext): Promise<Response> {
  const { userId } = requireUserActor(c.var.actor);
  const id = Number(c.req.param('id'));
  if (!Number.isSafeInteger(id)) throw notFound('user');
  await unblockUser(c.var.app, c.var.actor, userId, id);
  return redirectWithMessage(c, BLOCKS, 'The account is no longer blocked.');
}
