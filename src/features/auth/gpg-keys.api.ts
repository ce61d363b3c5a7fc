// OpenPGP keys in Gitea's REST API v1. A key is added together with the proof that its person holds it.
import { z } from 'zod';
import type { Actor, NeededScope, UserActor } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import { lazily } from '../../platform/api/description.ts';
import { bodyOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { openGate, scopeGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { idOf } from './ids.input.ts';
import { gpgKeysJson } from './signing-keys.json.ts';
import {
  addProvenKey,
  listSigningKeys,
  openPgpKeysOf,
  proveAgain,
  removeSigningKey,
} from './signing-keys.service.ts';
import type { SigningKeyRow } from './signing-keys.types.ts';
import { accountProofOf } from './signing-proofs.service.ts';

const KEYS = '/api/v1/user/gpg_keys';
const MAX_KEY = 100_000;
const MAX_SIGNATURE = 20_000;

const signature = () =>
  z
    .string({
      error: 'Sign the text of GET /user/gpg_key_token with the key, and send the armored signature.',
    })
    .max(MAX_SIGNATURE, 'This signature is too long.');

const newKeyBody = lazily(() =>
  z.object({
    armored_public_key: z
      .string({ error: 'Paste what gpg --armor --export prints.' })
      .max(MAX_KEY, 'This key is too long.'),
    armored_signature: signature(),
  }),
);
const verifyBody = lazily(() =>
  z.object({
    key_id: z.string({ error: 'Name the key by its id.' }).max(40, 'An id has 16 digits.'),
    armored_signature: signature(),
  }),
);

const KEY_EXAMPLE = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n…\n-----END PGP PUBLIC KEY BLOCK-----';
const SIGNATURE_EXAMPLE = '-----BEGIN PGP SIGNATURE-----\n…\n-----END PGP SIGNATURE-----';

const ownRoutes: Route<NeededScope, UserActor>[] = [
  {
    method: 'get',
    path: '/api/v1/user/gpg_key_token',
    access: 'read:user',
    handler: getToken,
    api: {
      tag: 'user',
      id: 'getVerificationToken',
      summary: 'Get the text to sign with a key that you add',
      about: 'Sign it by `gpg --armor --detach-sign`. It counts for an hour at least.',
      answer: 'text',
    },
  },
  {
    method: 'post',
    path: '/api/v1/user/gpg_key_verify',
    access: 'write:user',
    handler: postProof,
    api: {
      tag: 'user',
      id: 'userVerifyGPGKey',
      summary: 'Prove again that you hold one of your GPG keys',
      body: verifyBody,
      example: { key_id: '38D1A3EADDBEA9C4', armored_signature: SIGNATURE_EXAMPLE },
      answer: 'GPGKey',
      status: 201,
    },
  },
  {
    method: 'get',
    path: KEYS,
    access: 'read:user',
    handler: getKeys,
    api: {
      tag: 'user',
      id: 'userCurrentListGPGKeys',
      summary: 'List your GPG keys',
      answer: 'GPGKey[]',
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
      id: 'userCurrentPostGPGKey',
      summary: 'Add a GPG key',
      about: 'With a signature of the text that `GET /user/gpg_key_token` answers, made by the key.',
      body: newKeyBody,
      example: { armored_public_key: KEY_EXAMPLE, armored_signature: SIGNATURE_EXAMPLE },
      answer: 'GPGKey',
      status: 201,
    },
  },
  {
    method: 'get',
    path: `${KEYS}/:id`,
    access: 'read:user',
    handler: getKey,
    api: { tag: 'user', id: 'userCurrentGetGPGKey', summary: 'Get one of your GPG keys', answer: 'GPGKey' },
  },
  {
    method: 'delete',
    path: `${KEYS}/:id`,
    access: 'write:user',
    handler: deleteKey,
    api: {
      tag: 'user',
      id: 'userCurrentDeleteGPGKey',
      summary: 'Remove one of your GPG keys',
      answer: 'none',
    },
  },
];

const routes: Route<'profile:read', Actor>[] = [
  {
    method: 'get',
    path: '/api/v1/users/:username/gpg_keys',
    access: 'profile:read',
    handler: getKeysOf,
    api: {
      tag: 'user',
      id: 'userListGPGKeys',
      summary: "List a person's GPG keys",
      answer: 'GPGKey[]',
      paged: true,
    },
  },
];

/** Adds OpenPGP keys to `/api/v1`. */
export function mountGpgKeysApi(web: WebApp): void {
  mountRoutes(web, scopeGate, ownRoutes);
  mountRoutes(web, openGate, routes);
}

function getToken(c: WebContext, actor: UserActor): Response {
  return c.text(accountProofOf(c.var.app, actor));
}

async function ownKeys(c: WebContext, actor: UserActor): Promise<SigningKeyRow[]> {
  const all = await listSigningKeys(c.var.app, actor, actor.userId);
  return all.filter(({ kind }) => kind === 'gpg');
}

async function getKeys(c: WebContext, actor: UserActor): Promise<Response> {
  return answerKeys(c, actor.userId, await ownKeys(c, actor));
}

async function getKeysOf(c: WebContext, actor: Actor): Promise<Response> {
  const { user, keys } = await openPgpKeysOf(c.var.app, actor, c.req.param('username') ?? '');
  return answerKeys(c, user.id, keys);
}

/** An account has fifty at most. */
async function answerKeys(c: WebContext, userId: number, rows: SigningKeyRow[]): Promise<Response> {
  const { page, limit } = pageOf(c);
  setPages(c, { page, limit, total: rows.length });
  return c.json(await gpgKeysJson(c.var.app, userId, rows.slice((page - 1) * limit, page * limit)));
}

async function answerKey(c: WebContext, row: SigningKeyRow, status: 200 | 201): Promise<Response> {
  const [json] = await gpgKeysJson(c.var.app, row.userId, [row]);
  return c.json(json, status);
}

async function postKey(c: WebContext, actor: UserActor): Promise<Response> {
  const body = await bodyOf(c, newKeyBody);
  return answerKey(
    c,
    await addProvenKey(c.var.app, actor, body.armored_public_key, body.armored_signature),
    201,
  );
}

async function postProof(c: WebContext, actor: UserActor): Promise<Response> {
  const { key_id, armored_signature } = await bodyOf(c, verifyBody);
  const wanted = key_id.toUpperCase();
  const row = (await ownKeys(c, actor)).find(
    ({ fingerprint, keyIds }) => fingerprint === wanted || keyIds.includes(wanted),
  );
  if (!row) throw notFound('GPG key');
  return answerKey(c, await proveAgain(c.var.app, actor, row, armored_signature), 201);
}

async function requireKey(c: WebContext, actor: UserActor): Promise<SigningKeyRow> {
  const id = idOf(c.req.param('id'));
  const row = (await ownKeys(c, actor)).find((one) => one.id === id);
  if (!row) throw notFound('GPG key');
  return row;
}

async function getKey(c: WebContext, actor: UserActor): Promise<Response> {
  return answerKey(c, await requireKey(c, actor), 200);
}

async function deleteKey(c: WebContext, actor: UserActor): Promise<Response> {
  const { id } = await requireKey(c, actor);
  await removeSigningKey(c.var.app, actor, actor.userId, id);
  return c.body(null, 204);
}
