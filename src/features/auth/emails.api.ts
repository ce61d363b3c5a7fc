// One's own e-mail addresses in Gitea's REST API v1. Changing them takes the password: no token may widen what it reaches.
import { z } from 'zod';
import type { NeededScope, UserActor } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import { lazily } from '../../platform/api/description.ts';
import { bodyOf } from '../../platform/web/api-input.ts';
import { scopeGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { addEmail, cancelEmail, listEmails, removeEmail } from './emails.service.ts';

const EMAILS = '/api/v1/user/emails';
const MOST_AT_ONCE = 20;

const emailsBody = lazily(() =>
  z.object({
    emails: z
      .array(z.string().max(254, 'An e-mail address has at most 254 characters.'), {
        error: 'Name the addresses as a list.',
      })
      .min(1, 'Name at least one address.')
      .max(MOST_AT_ONCE, `Name at most ${MOST_AT_ONCE} addresses at once.`),
  }),
);

const BY_PASSWORD = 'Needs the username and password (Basic); access tokens cannot do this.';

const routes: Route<NeededScope, UserActor>[] = [
  {
    method: 'get',
    path: EMAILS,
    access: 'read:user',
    handler: getEmails,
    api: { tag: 'user', id: 'userListEmails', summary: 'List your e-mail addresses', answer: 'Email[]' },
  },
  {
    method: 'post',
    path: EMAILS,
    access: 'write:user',
    handler: postEmails,
    api: {
      tag: 'user',
      id: 'userAddEmail',
      summary: 'Add e-mail addresses',
      about: BY_PASSWORD,
      body: emailsBody,
      example: { emails: ['ada@work.example'] },
      answer: 'Email[]',
      status: 201,
    },
  },
  {
    method: 'delete',
    path: EMAILS,
    access: 'write:user',
    handler: deleteEmails,
    api: {
      tag: 'user',
      id: 'userDeleteEmail',
      summary: 'Remove e-mail addresses',
      about: BY_PASSWORD,
      body: emailsBody,
      example: { emails: ['ada@old.example'] },
      answer: 'none',
    },
  },
];

/** Adds e-mail addresses to `/api/v1`. */
export function mountEmailsApi(web: WebApp): void {
  mountRoutes(web, scopeGate, routes);
}

type Json = Record<string, unknown>;

/** Those that wait for the link that was sent there come last, unverified. */
async function emailsJson(c: WebContext, actor: UserActor): Promise<Json[]> {
  const { emails, waiting } = await listEmails(c.var.app, actor, actor.userId);
  const own = { user_id: actor.userId, username: actor.name };
  return [
    ...emails.map((row) => ({ email: row.email, verified: row.isVerified, primary: row.isPrimary, ...own })),
    ...waiting.map((row) => ({ email: row.email, verified: false, primary: false, ...own })),
  ];
}

async function getEmails(c: WebContext, actor: UserActor): Promise<Response> {
  return c.json(await emailsJson(c, actor));
}

async function postEmails(c: WebContext, actor: UserActor): Promise<Response> {
  const { emails } = await bodyOf(c, emailsBody);
  for (const email of new Set(emails)) await addEmail(c.var.app, actor, actor.userId, email);
  const added = new Set(emails.map((email) => email.trim().toLowerCase()));
  const all = await emailsJson(c, actor);
  return c.json(
    all.filter(({ email }) => added.has(String(email).toLowerCase())),
    201,
  );
}

async function deleteEmails(c: WebContext, actor: UserActor): Promise<Response> {
  const { emails } = await bodyOf(c, emailsBody);
  for (const email of new Set(emails)) await removeOne(c, actor, email.trim().toLowerCase());
  return c.body(null, 204);
}

async function removeOne(c: WebContext, actor: UserActor, emailKey: string): Promise<void> {
  const { app } = c.var;
  const { emails, waiting } = await listEmails(app, actor, actor.userId);
  const held = emails.find(({ email }) => email.toLowerCase() === emailKey);
  if (held) await removeEmail(app, actor, actor.userId, held.id);
  else if (waiting.some(({ email }) => email.toLowerCase() === emailKey))
    await cancelEmail(app, actor, actor.userId, emailKey);
  else throw notFound('e-mail address');
}
