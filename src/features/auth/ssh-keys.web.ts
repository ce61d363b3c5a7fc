// The page of one's SSH keys, and everybody's public keys as text.
import { isAppError, notFound } from '../../base/errors.ts';
import { type AccountAccess, accountGate, requireUserActor } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { idOf } from './ids.input.ts';
import { addSshKey, listSshKeys, publicKeysOf, removeSshKey } from './ssh-keys.service.ts';

const BASE = '/settings/keys';

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: BASE, access: 'signed-in', handler: getKeys },
  { method: 'post', path: BASE, access: 'signed-in', sudo: true, handler: postKey },
  { method: 'post', path: `${BASE}/:id/removal`, access: 'signed-in', sudo: true, handler: postRemoval },
  { method: 'get', path: '/:name{[^/]+\\.keys}', access: 'anyone', handler: getPublicKeys },
];

/** Adds the pages of SSH keys. */
export function mountSshKeys(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
}

type Fields = Record<string, string>;

function getKeys(c: WebContext): Promise<Response> {
  return answerKeys(c, {}, {}, 200);
}

async function answerKeys(c: WebContext, form: Fields, errors: Fields, status: number): Promise<Response> {
  const { userId } = requireUserActor(c.var.actor);
  const keys = await listSshKeys(c.var.app, c.var.actor, userId);
  const hasSsh = c.var.app.sshCloneBase() !== undefined;
  return page(c, 'auth/ssh-keys', { title: 'SSH keys', keys, form, errors, hasSsh }, status);
}

async function postKey(c: WebContext): Promise<Response> {
  const form = await readForm(c);
  const { userId } = requireUserActor(c.var.actor);
  const input = { title: form.title ?? '', key: form.key ?? '' };
  try {
    const row = await addSshKey(c.var.app, c.var.actor, userId, input);
    return redirectWithMessage(c, BASE, `The key “${row.title}” was added.`);
  } catch (error) {
    if (!isAppError(error, 'invalid')) throw error;
    // A private key pasted by mistake must not travel a second time.
    const key = /PRIVATE KEY|PuTTY-User-Key-File/i.test(input.key) ? '' : input.key;
    return answerKeys(c, { title: input.title, key }, error.fields ?? {}, 422);
  }
}

async function postRemoval(c: WebContext): Promise<Response> {
  const { userId } = requireUserActor(c.var.actor);
  const id = idOf(c.req.param('id'));
  if (id === undefined) throw notFound('SSH key');
  const row = await removeSshKey(c.var.app, c.var.actor, userId, id);
  return redirectWithMessage(c, BASE, `The key “${row.title}” was removed.`);
}

async function getPublicKeys(c: WebContext): Promise<Response> {
  const name = (c.req.param('name') ?? '').slice(0, -'.keys'.length);
  const lines = await publicKeysOf(c.var.app, c.var.actor, name);
  return c.text(lines.map((line) => `${line}\n`).join(''));
}
