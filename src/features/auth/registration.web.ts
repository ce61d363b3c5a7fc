// Registering, and the page behind the link that proves an address.
import { isAppError } from '../../base/errors.ts';
import { sessionCookie } from '../../platform/web/cookies.ts';
import { type AccountAccess, accountGate } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { localReturnAddress } from '../../platform/web/return-address.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
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
  return answerRegister(c, { return_to: returnTo, invitation, email: invited?.email ?? '' }, {}, 200);
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
    if (!user) return answerMailed(c, (form.email ?? '').trim());
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
      return answerSignIn(c, outcome, '/');
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

/** The address of the page holds a secret: it is not kept, and not told to the next page. */
function keepTokenPrivate(c: WebContext): void {
  c.header('Cache-Control', 'no-store');
  c.header('Referrer-Policy', 'no-referrer');
}
