// SSH keys in Gitea's REST API v1: one's own, and everybody's public ones.
import { z } from 'zod';
import type { Actor, NeededScope, UserActor } from '../../base/actor.ts';
import { invalid, notFound } from '../../base/errors.ts';
import { lazily } from '../../platform/api/description.ts';
import { bodyOf, queryOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { openGate, scopeGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { userJson } from '../users/accounts.json.ts';
import { findUserById } from '../users/users.service.ts';
import type { UserRow } from '../users/users.types.ts';
import { openSshKeyJson, sshKeyJson } from './auth.json.ts';
import { idOf } from './ids.input.ts';
import { addSshKey, listSshKeys, publicKeyRowsOf, removeSshKey, requireSshKey } from './ssh-keys.service.ts';
import type { SshKeyRow } from './ssh-keys.types.ts';

const KEYS = '/api/v1/user/keys';

const newKeyBody = lazily(() =>
  z.object({
    title: z.string({ error: 'A title is a text.' }).default(''),
    key: z.string({ error: 'Paste a public key.' }),
    read_only: z.boolean().optional(),
  }),
);
const keysQuery = lazily(() => z.object({ fingerprint: z.string().max(200).optional() }));

const EXAMPLE_KEY =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIDiZIr86akOBLidRg0LM0Zn3gt6nQYCDuGxGCkHF/UL me@laptop';

const ownRoutes: Route<NeededScope, UserActor>[] = [
  {
    method: 'get',
    path: KEYS,
    access: 'read:user',
    handler: getKeys,
    api: {
      tag: 'user',
      id: 'userCurrentListKeys',
      summary: 'List your SSH keys',
      query: keysQuery,
      answer: 'PublicKey[]',
      paged: true,
    },
  },
  {
    method: 'post',
    path: KEYS,
    access: 'write:user',
    handler: postKey,
    api: {
      tag: 'user',
      id: 'userCurrentPostKey',
      summary: 'Add an SSH key',
      about: 'A token needs to be able to write to repositories as well, since the key can.',
      body: newKeyBody,
      example: { title: 'laptop', key: EXAMPLE_KEY },
      answer: 'PublicKey',
      status: 201,
    },
  },
  {
    method: 'get',
    path: `${KEYS}/:id`,
    access: 'read:user',
    handler: getKey,
    api: { tag: 'user', id: 'userCurrentGetKey', summary: 'Get one of your SSH keys', answer: 'PublicKey' },
  },
  {
    method: 'delete',
    path: `${KEYS}/:id`,
    access: 'write:user',
    handler: deleteKey,
    api: { tag: 'user', id: 'userCurrentDeleteKey', summary: 'Remove one of your SSH keys', answer: 'none' },
  },
];

const routes: Route<'profile:read', Actor>[] = [
  {
    method: 'get',
    path: '/api/v1/users/:username/keys',
    access: 'profile:read',
    handler: getKeysOf,
    api: {
      tag: 'user',
      id: 'userListKeys',
      summary: "List a person's SSH keys",
      query: keysQuery,
      answer: 'PublicKey[]',
      paged: true,
    },
  },
];

/** Adds SSH keys to `/api/v1`. */
export function mountSshKeysApi(web: WebApp): void {
  mountRoutes(web, scopeGate, ownRoutes);
  mountRoutes(web, openGate, routes);
}

async function requireOwnUser(c: WebContext, actor: UserActor): Promise<UserRow> {
  const user = await findUserById(c.var.app, actor.userId);
  if (!user) throw notFound('user');
  return user;
}

async function getKeys(c: WebContext, actor: UserActor): Promise<Response> {
  const { app } = c.var;
  const user = await requireOwnUser(c, actor);
  const keys = onPage(c, await listSshKeys(app, actor, user.id));
  const shown = await userJson(app, actor, user);
  return c.json(keys.map((row) => sshKeyJson(app, row, shown)));
}

/** The keys of the page asked for; `fingerprint` narrows to one. An account has a hundred at most. */
function onPage(c: WebContext, all: SshKeyRow[]): SshKeyRow[] {
  const { fingerprint } = queryOf(c, keysQuery);
  const keys = all.filter((row) => fingerprint === undefined || row.fingerprint === fingerprint);
  const { page, limit } = pageOf(c);
  setPages(c, { page, limit, total: keys.length });
  return keys.slice((page - 1) * limit, page * limit);
}

async function getKeysOf(c: WebContext, actor: Actor): Promise<Response> {
  const { app } = c.var;
  const { user, keys } = await publicKeyRowsOf(app, actor, c.req.param('username') ?? '');
  const isOwn = actor.kind === 'user' && actor.userId === user.id && actor.repositoryIds === undefined;
  const shown = isOwn ? await userJson(app, actor, user) : {};
  return c.json(
    onPage(c, keys).map((row) => (isOwn ? sshKeyJson(app, row, shown) : openSshKeyJson(app, row))),
  );
}

async function postKey(c: WebContext, actor: UserActor): Promise<Response> {
  const { app } = c.var;
  const { title, key, read_only } = await bodyOf(c, newKeyBody);
  if (read_only === true) {
    throw invalid({ read_only: 'Keys that only read are not supported: this key could write as well.' });
  }
  const user = await requireOwnUser(c, actor);
  const row = await addSshKey(app, actor, user.id, { title, key });
  return c.json(sshKeyJson(app, row, await userJson(app, actor, user)), 201);
}

async function getKey(c: WebContext, actor: UserActor): Promise<Response> {
  const { app } = c.var;
  const user = await requireOwnUser(c, actor);
  const row = await requireSshKey(app, actor, user.id, requireId(c));
  return c.json(sshKeyJson(app, row, await userJson(app, actor, user)));
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
