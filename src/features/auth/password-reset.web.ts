// Asking for a link that sets a new password, and the page behind it.
import { isAppError } from '../../base/errors.ts';
import { clearSessionCookie } from '../../platform/web/cookies.ts';
import { type AccountAccess, accountGate } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { requestMail } from './mail-requests.service.ts';
import { findPasswordReset, resetPassword } from './password-reset.service.ts';

const BASE = '/password-reset';

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: BASE, access: 'anyone', whilePending: true, handler: getRequest },
  { method: 'post', path: BASE, access: 'anyone', whilePending: true, handler: postRequest },
  { method: 'get', path: `${BASE}/new`, access: 'anyone', whilePending: true, handler: getNew },
  { method: 'post', path: `${BASE}/new`, access: 'anyone', whilePending: true, handler: postNew },
];

/** Adds the pages of the password reset. */
export function mountPasswordReset(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
}

function getRequest(c: WebContext): Response {
  return answerRequest(c, {}, 200);
}

interface Shown {
  email?: string;
  error?: string;
  isSent?: boolean;
}

function answerRequest(c: WebContext, shown: Shown, status: number): Response {
  const isOffered = c.var.app.mail.isConfigured();
  return page(c, 'auth/password-reset', { title: 'Reset your password', isOffered, ...shown }, status);
}

async function postRequest(c: WebContext): Promise<Response> {
  const email = ((await readForm(c)).email ?? '').trim().slice(0, 254);
  if (!c.var.app.mail.isConfigured()) return answerRequest(c, { email }, 422);
  if (email === '') return answerRequest(c, { error: 'Give your e-mail address.' }, 422);
  try {
    await requestMail(c.var.app, 'password-reset', email, c.var.address);
    return answerRequest(c, { email, isSent: true }, 200);
  } catch (error) {
    if (!isAppError(error, 'rate_limited')) throw error;
    c.header('Retry-After', String(error.retryAfter ?? 60));
    return answerRequest(c, { email, error: error.message }, 429);
  }
}

async function getNew(c: WebContext): Promise<Response> {
  return answerNew(c, c.req.query('token') ?? '', undefined, 200);
}

async function answerNew(
  c: WebContext,
  token: string,
  error: string | undefined,
  status: number,
): Promise<Response> {
  // The address of the page holds a secret: it is not kept, and not told to the next page.
  c.header('Cache-Control', 'no-store');
  c.header('Referrer-Policy', 'no-referrer');
  const user = await findPasswordReset(c.var.app, token);
  if (!user) return answerDeadLink(c);
  const { min_password_length: minLength } = c.var.app.config.accounts;
  const model = { title: 'Choose a new password', token, name: user.name, minLength, error };
  return page(c, 'auth/password-reset-new', model, status);
}

async function postNew(c: WebContext): Promise<Response> {
  const form = await readForm(c);
  const token = form.token ?? '';
  try {
    await resetPassword(c.var.app, token, form.password ?? '', c.var.address);
  } catch (error) {
    if (isAppError(error, 'invalid')) return answerNew(c, token, error.message, 422);
    if (isAppError(error, 'not_found')) return answerDeadLink(c);
    throw error;
  }
  clearSessionCookie(c);
  return redirectWithMessage(c, '/login', 'Your password was changed. Sign in with the new one.');
}

function answerDeadLink(c: WebContext): Response {
  return page(c, 'auth/dead-link', { title: 'This link works no more' }, 404);
}
