// The page of one's signing keys, where each is proved before it counts, and everybody's OpenPGP keys as text.
import { isAppError, notFound } from '../../base/errors.ts';
import { type AccountAccess, accountGate, requireUserActor } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { verifiedEmailsOf } from '../users/emails.service.ts';
import { idOf } from './ids.input.ts';
import { signingKeyItem } from './signing-keys.present.ts';
import {
  askForProof,
  findChallenge,
  listSigningKeys,
  proveSigningKey,
  publicOpenPgpKeysOf,
  removeSigningKey,
} from './signing-keys.service.ts';
import type { Challenge } from './signing-keys.types.ts';

const BASE = '/settings/signing-keys';

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: BASE, access: 'signed-in', handler: (c) => answerKeys(c, {}, 200) },
  { method: 'post', path: BASE, access: 'signed-in', sudo: true, handler: postKey },
  { method: 'post', path: `${BASE}/proof`, access: 'signed-in', sudo: true, handler: postProof },
  { method: 'post', path: `${BASE}/:id/removal`, access: 'signed-in', sudo: true, handler: postRemoval },
  { method: 'get', path: '/:name{[^/]+\\.gpg}', access: 'anyone', handler: getPublicKeys },
];

/** Adds the pages of signing keys. */
export function mountSigningKeys(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
}

type Fields = Record<string, string>;

interface Shown {
  form?: Fields;
  errors?: Fields;
  challenge?: Challenge;
}

async function answerKeys(c: WebContext, shown: Shown, status: number): Promise<Response> {
  const { app } = c.var;
  const actor = requireUserActor(c.var.actor);
  const own = new Set((await verifiedEmailsOf(app, actor.userId)).map((email) => email.toLowerCase()));
  const rows = await listSigningKeys(app, actor, actor.userId);
  const keys = rows.map((row) => signingKeyItem(row, own, app.clock.now()));
  const { form = {}, errors = {}, challenge } = shown;
  c.header('Cache-Control', 'no-store');
  return page(c, 'auth/signing-keys', { title: 'Signing keys', keys, form, errors, challenge }, status);
}

async function postKey(c: WebContext): Promise<Response> {
  const { title = '', key = '' } = await readForm(c);
  try {
    const challenge = await askForProof(c.var.app, requireUserActor(c.var.actor), { title, key });
    return answerKeys(c, { challenge }, 200);
  } catch (error) {
    if (!isAppError(error, 'invalid')) throw error;
    // A private key pasted by mistake must not travel a second time.
    const typed = /PRIVATE KEY|PuTTY-User-Key-File/i.test(key) ? '' : key;
    return answerKeys(c, { form: { title, key: typed }, errors: error.fields ?? {} }, 422);
  }
}

async function postProof(c: WebContext): Promise<Response> {
  const { token = '', signature = '' } = await readForm(c);
  const { app } = c.var;
  const actor = requireUserActor(c.var.actor);
  try {
    const row = await proveSigningKey(app, actor, token, signature);
    return redirectWithMessage(c, BASE, `The key “${row.title}” is proved to be yours.`);
  } catch (error) {
    if (!isAppError(error, 'invalid')) throw error;
    const errors = error.fields ?? {};
    if (errors.signature === undefined) return answerKeys(c, { errors }, 422);
    const challenge = await findChallenge(app, actor, token);
    return answerKeys(c, { challenge, form: { signature }, errors }, 422);
  }
}

async function postRemoval(c: WebContext): Promise<Response> {
  const { userId } = requireUserActor(c.var.actor);
  const id = idOf(c.req.param('id'));
  if (id === undefined) throw notFound('signing key');
  const row = await removeSigningKey(c.var.app, c.var.actor, userId, id);
  return redirectWithMessage(c, BASE, `The key “${row.title}” was removed.`);
}

async function getPublicKeys(c: WebContext): Promise<Response> {
  const name = (c.req.param('name') ?? '').slice(0, -'.gpg'.length);
  const blocks = await publicOpenPgpKeysOf(c.var.app, c.var.actor, name);
  return c.text(blocks.map((block) => `${block.trim().replaceAll('\r\n', '\n')}\n`).join('\n'));
}
