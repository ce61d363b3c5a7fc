// The page of one's e-mail addresses, and the page behind the two links that change the primary one.
import { isAppError, notFound } from '../../base/errors.ts';
import { type AccountAccess, accountGate, requireUserActor } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import {
  cancelEmailChange,
  changePrimaryEmail,
  confirmEmailChange,
  findEmailChange,
} from './email-change.service.ts';
import { addEmail, cancelEmail, listEmails, removeEmail, setEmailPrivacy } from './emails.service.ts';
import { idOf } from './ids.input.ts';

const BASE = '/settings/emails';
const CHANGE = '/email-change';
const WAITING = `${BASE}/waiting`;

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: BASE, access: 'signed-in', handler: getEmails },
  { method: 'post', path: BASE, access: 'signed-in', sudo: true, handler: postEmail },
  { method: 'post', path: `${WAITING}/mail`, access: 'signed-in', sudo: true, handler: postEmail },
  { method: 'post', path: `${WAITING}/removal`, access: 'signed-in', handler: postWaitingRemoval },
  { method: 'post', path: `${BASE}/privacy`, access: 'signed-in', handler: postPrivacy },
  { method: 'post', path: `${BASE}/change/removal`, access: 'signed-in', handler: postChangeRemoval },
  { method: 'post', path: `${BASE}/:id/primary`, access: 'signed-in', sudo: true, handler: postPrimary },
  { method: 'post', path: `${BASE}/:id/removal`, access: 'signed-in', sudo: true, handler: postRemoval },
  { method: 'get', path: CHANGE, access: 'anyone', whilePending: true, handler: getChange },
  { method: 'post', path: CHANGE, access: 'anyone', whilePending: true, handler: postChange },
];

/** Adds the pages of one's addresses. */
export function mountEmails(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
}

function getEmails(c: WebContext): Promise<Response> {
  return answerEmails(c, {}, 200);
}

interface Shown {
  /** What was typed. */
  email?: string;
  error?: string;
  /** What went wrong with an address of the list. */
  message?: string;
}

async function answerEmails(c: WebContext, shown: Shown, status: number): Promise<Response> {
  const { app, actor } = c.var;
  const own = await listEmails(app, actor, requireUserActor(actor).userId);
  const canMail = app.mail.isConfigured();
  return page(c, 'auth/emails', { title: 'E-mail addresses', ...own, canMail, shown }, status);
}

async function postEmail(c: WebContext): Promise<Response> {
  const email = (await readForm(c)).email ?? '';
  const { app, actor } = c.var;
  try {
    await addEmail(app, actor, requireUserActor(actor).userId, email);
  } catch (error) {
    if (isAppError(error, 'invalid')) return answerEmails(c, { email, error: error.message }, 422);
    if (!isAppError(error, 'rate_limited')) throw error;
    c.header('Retry-After', String(error.retryAfter ?? 60));
    return answerEmails(c, { email, error: error.message }, 429);
  }
  const message = app.mail.isConfigured()
    ? `We sent a mail to ${email.trim()}. Open the link in it to confirm the address.`
    : `The address ${email.trim()} was added.`;
  return redirectWithMessage(c, BASE, message);
}

async function postWaitingRemoval(c: WebContext): Promise<Response> {
  const email = (await readForm(c)).email ?? '';
  await cancelEmail(c.var.app, c.var.actor, requireUserActor(c.var.actor).userId, email);
  return redirectWithMessage(c, BASE, 'The address was not added.');
}

async function postRemoval(c: WebContext): Promise<Response> {
  return changing(c, async (userId, id) => {
    const email = await removeEmail(c.var.app, c.var.actor, userId, id);
    return `The address ${email} was removed.`;
  });
}

async function postPrimary(c: WebContext): Promise<Response> {
  return changing(c, async (userId, id) => {
    const outcome = await changePrimaryEmail(c.var.app, c.var.actor, userId, id);
    return outcome === 'changed'
      ? 'Your primary address was changed.'
      : 'We sent a link to the old and to the new address. The change happens when both were opened.';
  });
}

async function changing(
  c: WebContext,
  change: (userId: number, emailId: number) => Promise<string>,
): Promise<Response> {
  const id = idOf(c.req.param('id'));
  if (id === undefined) throw notFound('e-mail address');
  try {
    return redirectWithMessage(c, BASE, await change(requireUserActor(c.var.actor).userId, id));
  } catch (error) {
    if (isAppError(error, 'invalid')) return answerEmails(c, { message: error.message }, 422);
    throw error;
  }
}

async function postPrivacy(c: WebContext): Promise<Response> {
  const hides = (await readForm(c)).hidesEmail !== undefined;
  await setEmailPrivacy(c.var.app, c.var.actor, requireUserActor(c.var.actor).userId, hides);
  const message = hides
    ? 'Commits you make here carry your private address.'
    : 'Commits you make here carry your primary address.';
  return redirectWithMessage(c, BASE, message);
}

async function postChangeRemoval(c: WebContext): Promise<Response> {
  await cancelEmailChange(c.var.app, c.var.actor, requireUserActor(c.var.actor).userId);
  return redirectWithMessage(c, BASE, 'Your primary address stays as it is.');
}

async function getChange(c: WebContext): Promise<Response> {
  const token = c.req.query('token') ?? '';
  // The address of the page holds a secret: it is not kept, and not told to the next page.
  c.header('Cache-Control', 'no-store');
  c.header('Referrer-Policy', 'no-referrer');
  const change = await findEmailChange(c.var.app, token);
  if (!change) return answerDeadLink(c);
  return page(c, 'auth/email-change', { title: 'Confirm the change', token, ...change });
}

async function postChange(c: WebContext): Promise<Response> {
  const token = (await readForm(c)).token ?? '';
  try {
    const { to, missing } = await confirmEmailChange(c.var.app, c.var.actor, token);
    const message = missing
      ? `Thank you. The change happens when the link sent to ${missing} is opened too.`
      : `The primary address is ${to} now.`;
    return redirectWithMessage(c, c.var.actor.kind === 'user' ? BASE : '/login', message);
  } catch (error) {
    if (isAppError(error, 'not_found')) return answerDeadLink(c);
    throw error;
  }
}

function answerDeadLink(c: WebContext): Response {
  return page(c, 'auth/dead-link', { title: 'This link works no more' }, 404);
}
