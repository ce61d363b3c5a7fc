// Registering, and the page behind the link that proves an address.
import { isAppError, notFound } from '../../base/errors.ts';
import { readCookie, sessionCookie, writeCookie } from '../../platform/web/cookies.ts';
import { type AccountAccess, accountGate } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { localReturnAddress } from '../../platform/web/return-address.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { VERIFICATION_LIFETIME } from './account-mails.service.ts';
import { answerSignIn, clientOf } from './answer-sign-in.web.ts';
import { findVerification, refuseVerification, verifyEmail } from './email-verification.service.ts';
import { requestMail } from './mail-requests.service.ts';
import { accountFormModel, newUserOf } from './registration.input.ts';
import { findInvited, register, requireOpenRegistration } from './registration.service.ts';
import { completeSignIn } from './sign-in.service.ts';

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: '/register', access: 'anyone', handler: getRegister },
  { method: 'post', path: '/register', access: 'anyone', handler: postRegister },
  { method: 'get', path: '/verify-email', access: 'anyone', whilePending: true, handler: getVerification },
  { method: 'post', path: '/verify-email', access: 'anyone', whilePending: true, handler: postVerification },
  {
    method: 'post',
    path: '/verify-email/refusal',
    access: 'anyone',
    whilePending: true,
    handler: postRefusal,
  },
  { method: 'post', path: '/verify-email/mail', access: 'anyone', handler: postMail },
];

/** Adds the pages about registering. */
export function mountRegistration(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
}

type Fields = Record<string, string>;

async function getRegister(c: WebContext): Promise<Response> {
  const returnTo = localReturnAddress(c.req.query('return_to'));
  if (c.var.actor.kind === 'user') return c.redirect(returnTo, 303);
  const invitation = c.req.query('invitation') ?? '';
  const invited = await findInvited(c.var.app, invitation);
  await requireOpenRegistration(c.var.app, invited !== undefined);
  keepTokenPrivate(c);
  const back = invited?.organizationName === undefined ? returnTo : `/invitations/${invitation}`;
  return answerRegister(c, { return_to: back, invitation, email: invited?.email ?? '' }, {}, 200);
}

function answerRegister(c: WebContext, form: Fields, errors: Fields, status: number): Response {
  const model = {
    title: 'Register',
    ...accountFormModel(c.var.app.config.accounts, form, errors),
    returnTo: localReturnAddress(form.return_to),
    invitation: form.invitation ?? '',
  };
  return page(c, 'auth/register', model, status);
}

async function postRegister(c: WebContext): Promise<Response> {
  const form = await readForm(c);
  const { app } = c.var;
  const client = clientOf(c);
  try {
    const { user } = await register(app, client, newUserOf(form), form.invitation);
    if (!user) {
      keepInvitation(c, localReturnAddress(form.return_to));
      return answerMailed(c, (form.email ?? '').trim());
    }
    const outcome = await completeSignIn(app, user, client, { replacedToken: sessionCookie(c) });
    return answerSignIn(c, outcome, localReturnAddress(form.return_to));
  } catch (error) {
    if (isAppError(error, 'invalid')) return answerRegister(c, form, error.fields ?? {}, 422);
    if (!isAppError(error, 'rate_limited')) throw error;
    c.header('Retry-After', String(error.retryAfter ?? 60));
    return answerRegister(c, form, { name: error.message }, 429);
  }
}

function answerMailed(c: WebContext, email: string): Response {
  return page(c, 'auth/check-mail', { title: 'Check your mail', email });
}

async function postMail(c: WebContext): Promise<Response> {
  if (!c.var.app.mail.isConfigured()) throw notFound();
  const form = await readForm(c);
  const email = (form.email ?? '').trim().slice(0, 254);
  await requestMail(c.var.app, 'verification', email, c.var.address);
  return answerMailed(c, email);
}

async function getVerification(c: WebContext): Promise<Response> {
  const token = c.req.query('token') ?? '';
  keepTokenPrivate(c);
  const found = await findVerification(c.var.app, token);
  if (!found) return answerDeadLink(c);
  const { email, user, isNewAccount } = found;
  const model = { title: 'Confirm your e-mail address', token, email, name: user.name, isNewAccount };
  return page(c, 'auth/verify-email', model);
}

async function postVerification(c: WebContext): Promise<Response> {
  const form = await readForm(c);
  const { app, actor } = c.var;
  const client = clientOf(c);
  try {
    const { email, user, signsIn } = await verifyEmail(app, form.token ?? '', client);
    if (signsIn) {
      const outcome = await completeSignIn(app, user, client, { replacedToken: sessionCookie(c) });
      return answerSignIn(c, outcome, takeInvitation(c));
    }
    const isOwn = actor.kind === 'user' && actor.userId === user.id;
    const message = `The address ${email} is confirmed.${actor.kind === 'user' ? '' : ' Sign in to go on.'}`;
    return redirectWithMessage(
      c,
      isOwn ? '/settings/emails' : actor.kind === 'user' ? '/' : '/login',
      message,
    );
  } catch (error) {
    if (isAppError(error, 'not_found')) return answerDeadLink(c);
    throw error;
  }
}

async function postRefusal(c: WebContext): Promise<Response> {
  const form = await readForm(c);
  try {
    await refuseVerification(c.var.app, form.token ?? '', c.var.address);
  } catch (error) {
    if (isAppError(error, 'not_found')) return answerDeadLink(c);
    throw error;
  }
  const message = 'Thank you. The address was not confirmed, and the link works no more.';
  return redirectWithMessage(c, '/', message, 'info');
}

function answerDeadLink(c: WebContext): Response {
  return page(c, 'auth/dead-link', { title: 'This link works no more' }, 404);
}

const INVITATION = 'invitation';

/** Remembers, until the address is proved, the invitation that this browser registered for. */
function keepInvitation(c: WebContext, returnTo: string): void {
  const token = /^\/invitations\/([\w-]{20,100})$/.exec(returnTo)?.[1];
  if (token) writeCookie(c, INVITATION, token, c.var.app.clock.now() + VERIFICATION_LIFETIME);
}

function takeInvitation(c: WebContext): string {
  const token = readCookie(c, INVITATION);
  if (token === undefined || !/^[\w-]{20,100}$/.test(token)) return '/';
  writeCookie(c, INVITATION, '', 0);
  return `/invitations/${token}`;
}

/** The address of the page holds a secret: it is not kept, and not told to the next page. */
function keepTokenPrivate(c: WebContext): void {
  c.header('Cache-Control', 'no-store');
  c.header('Referrer-Policy', 'no-referrer');
}
