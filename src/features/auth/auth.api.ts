// One's own account and SSH keys in Gitea's REST API v1.
import type { NeededScope, UserActor } from '../../base/actor.ts';
import { invalid, notFound } from '../../base/errors.ts';
import { scopeGate } from '../../platform/web/gates.ts';
import { readJson } from '../../platform/web/json.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { userJson } from '../users/accounts.json.ts';
import { findUserById } from '../users/users.service.ts';
import type { UserRow } from '../users/users.types.ts';
import { sshKeyJson } from './auth.json.ts';
import { idOf } from './ids.input.ts';
import { addSshKey, listSshKeys, removeSshKey, requireSshKey } from './ssh-keys.service.ts';

const KEYS = '/api/v1/user/keys';

const routes: Route<NeededScope, UserActor>[] = [
  { method: 'get', path: '/api/v1/user', access: 'read:user', handler: getUser },
  { method: 'get', path: KEYS, access: 'read:user', handler: getKeys },
  { method: 'post', path: KEYS, access: 'write:user', handler: postKey },
  { method: 'get', path: `${KEYS}/:id`, access: 'read:user', handler: getKey },
  { method: 'delete', path: `${KEYS}/:id`, access: 'write:user', handler: deleteKey },
];

/** Adds the routes of `/api/v1` about one's own account. */
export function mountUserApi(web: WebApp): void {
  mountRoutes(web, scopeGate, routes);
}

async function getUser(c: WebContext, actor: UserActor): Promise<Response> {
  return c.json(await requireOwnJson(c, actor));
}

async function requireOwnJson(c: WebContext, actor: UserActor): Promise<Record<string, unknown>> {
  return userJson(c.var.app, actor, await requireOwnUser(c, actor));
}

async function requireOwnUser(c: WebContext, actor: UserActor): Promise<UserRow> {
  const user = await findUserById(c.var.app, actor.userId);
  if (!user) throw notFound('user');
  return user;
}

/** `page` and `limit` as in Gitea (30 unless asked, 50 at most); `fingerprint` narrows to one key. */
async function getKeys(c: WebContext, actor: UserActor): Promise<Response> {
  const { app } = c.var;
  const user = await requireOwnUser(c, actor);
  const wanted = c.req.query('fingerprint');
  const keys = (await listSshKeys(app, actor, user.id)).filter(
    (row) => wanted === undefined || row.fingerprint === wanted,
  );
  const limit = Math.min(idOf(c.req.query('limit')) ?? 30, 50);
  const start = ((idOf(c.req.query('page')) ?? 1) - 1) * limit;
  const shown = await userJson(app, actor, user);
  c.header('X-Total-Count', String(keys.length));
  return c.json(keys.slice(start, start + limit).map((row) => sshKeyJson(app, row, shown)));
}

async function postKey(c: WebContext, actor: UserActor): Promise<Response> {
  const { app } = c.var;
  const body = await readJson(c);
  if (body.read_only === true) {
    throw invalid({ read_only: 'Keys that only read are not supported: this key could write as well.' });
  }
  const user = await requireOwnUser(c, actor);
  const row = await addSshKey(app, actor, user.id, { title: textOf(body.title), key: textOf(body.key) });
  return c.json(sshKeyJson(app, row, await userJson(app, actor, user)), 201);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

async function getKey(c: WebContext, actor: UserActor): Promise<Response> {
  const user = await requireOwnUser(c, actor);
  const row = await requireSshKey(c.var.app, actor, user.id, requireId(c));
  return c.json(sshKeyJson(c.var.app, row, await userJson(c.var.app, actor, user)));
}

async function deleteKey(c: WebContext, actor: UserActor): Promise<Response> {
  await removeSshKey(c.var.app, actor, actor.userId, requireId(c));
  return c.body(null, 204);
}

function requireId(c: WebContext): number {
  const id = idOf(c.req.param('id'));
  if (id === undefined) throw notFound('SSH key');
  return id;
}
