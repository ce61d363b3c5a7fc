// Access tokens in Gitea's REST API v1: for their person alone, and by the password alone.
import { z } from 'zod';
import type { UserActor } from '../../base/actor.ts';
import { AppError, invalid, notFound } from '../../base/errors.ts';
import { isoTime } from '../../base/time.ts';
import { lazily } from '../../platform/api/description.ts';
import { bodyOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { requireUserActor } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { requirePerson } from '../users/people.service.ts';
import { requireAccountAbility } from '../users/users.policy.ts';
import { parseApiScopes } from './tokens.input.ts';
import { createAccessToken, listAccessTokens, removeAccessToken, scopesOf } from './tokens.service.ts';
import type { AccessTokenRow } from './tokens.types.ts';

const TOKENS = '/api/v1/users/:username/tokens';

const newTokenBody = lazily(() =>
  z.object({
    name: z.string({ error: 'Give the token a name that says what it is for.' }),
    scopes: z.array(z.string().max(64), { error: 'Name the scopes as a list.' }).max(64).default([]),
    expires_at: z.iso
      .datetime({ offset: true, error: 'Give a time such as 2027-01-31T12:00:00Z.' })
      .optional(),
  }),
);

const BY_PASSWORD = 'Needs the username and password (Basic); access tokens cannot do this.';

const routes: Route<'tokens:manage', UserActor>[] = [
  {
    method: 'get',
    path: TOKENS,
    access: 'tokens:manage',
    handler: getTokens,
    api: {
      tag: 'user',
      id: 'userGetTokens',
      summary: 'List your access tokens',
      about: BY_PASSWORD,
      answer: 'AccessToken[]',
      paged: true,
    },
  },
  {
    method: 'post',
    path: TOKENS,
    access: 'tokens:manage',
    handler: postToken,
    api: {
      tag: 'user',
      id: 'userCreateToken',
      summary: 'Create an access token',
      about: `${BY_PASSWORD} \`sha1\` in the answer is the token itself, which is shown this once only.`,
      body: newTokenBody,
      example: { name: 'deployment', scopes: ['read:repository', 'write:issue'] },
      answer: 'AccessToken',
      status: 201,
    },
  },
  {
    method: 'delete',
    path: `${TOKENS}/:token`,
    access: 'tokens:manage',
    handler: deleteToken,
    api: {
      tag: 'user',
      id: 'userDeleteAccessToken',
      summary: 'Remove an access token, by its id or its name',
      about: BY_PASSWORD,
      answer: 'none',
    },
  },
];

/** Adds access tokens to `/api/v1`. */
export function mountTokensApi(web: WebApp): void {
  mountRoutes(web, ownAccountGate, routes);
}

/** The account in the address must be one's own; by a token it is refused whoever is asked about. */
async function ownAccountGate(c: WebContext, access: 'tokens:manage'): Promise<UserActor> {
  const actor = requireUserActor(c.var.actor);
  requireAccountAbility(actor, actor.userId, access);
  const person = await requirePerson(c.var.app, actor, c.req.param('username') ?? '');
  if (person.id !== actor.userId)
    throw new AppError('forbidden', 'Access tokens are their own person’s business alone.');
  return actor;
}

function tokenJson(row: AccessTokenRow, secret = ''): Record<string, unknown> {
  return {
    id: row.id,
    name: row.name,
    sha1: secret,
    token_last_eight: row.lastEight,
    scopes: scopesOf(row),
    created_at: isoTime(row.createdAt),
    last_used_at: row.lastUsedAt === null ? null : isoTime(row.lastUsedAt),
    expires_at: row.expiresAt === null ? null : isoTime(row.expiresAt),
  };
}

async function getTokens(c: WebContext, actor: UserActor): Promise<Response> {
  const rows = await listAccessTokens(c.var.app, actor, actor.userId);
  const { page, limit } = pageOf(c);
  setPages(c, { page, limit, total: rows.length });
  return c.json(rows.slice((page - 1) * limit, page * limit).map((row) => tokenJson(row)));
}

async function postToken(c: WebContext, actor: UserActor): Promise<Response> {
  const { name, scopes, expires_at } = await bodyOf(c, newTokenBody);
  const expires = expires_at === undefined ? {} : { expiresAt: requireFuture(c, expires_at) };
  const input = { name, scopes: parseApiScopes(scopes), ...expires };
  const { token, row } = await createAccessToken(c.var.app, actor, actor.userId, input);
  return c.json(tokenJson(row, token), 201);
}

function requireFuture(c: WebContext, text: string): number {
  const at = Date.parse(text);
  if (!(at > c.var.app.clock.now())) throw invalid({ expires_at: 'Choose a time in the future.' });
  return at;
}

/** By id or name, as in Gitea; of a token that is named like the id of another the id counts. */
async function deleteToken(c: WebContext, actor: UserActor): Promise<Response> {
  const { app } = c.var;
  const wanted = c.req.param('token') ?? '';
  const rows = await listAccessTokens(app, actor, actor.userId);
  const row = rows.find(({ id }) => String(id) === wanted) ?? rows.find(({ name }) => name === wanted);
  if (!row) throw notFound('access token');
  await removeAccessToken(app, actor, actor.userId, row.id);
  return c.body(null, 204);
}
