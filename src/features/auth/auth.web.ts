// Signing in and out, and the setup of the first administrator.
import { isAppError } from '../../base/errors.ts';
import { clearSessionCookie, sessionCookie } from '../../platform/web/cookies.ts';
import { type AccountAccess, accountGate } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { localReturnAddress } from '../../platform/web/return-address.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { mountAccount } from './account.web.ts';
import { answerSignIn, clientOf, originOf } from './answer-sign-in.web.ts';
import { mountEmails } from './emails.web.ts';
import { mountNewPassword } from './new-password.web.ts';
import { passkeyObstacle } from './passkey-site.service.ts';
import { mountPasskeys } from './passkeys.web.ts';
import { mountPasswordReset } from './password-reset.web.ts';
import { accountFormModel, newUserOf } from './registration.input.ts';
import { mountRegistration } from './registration.web.ts';
import { mountSecondFactorSignIn } from './second-factor-sign-in.web.ts';
import { endSession } from './sessions.service.ts';
import { mountSessions } from './sessions.web.ts';
import { createFirstAdministrator, isSetupPending, requireSetupLink } from './setup.service.ts';
import { completeSignIn, signIn } from './sign-in.service.ts';
import { mountSigningKeys } from './signing-keys.web.ts';
import { mountSshKeys } from './ssh-keys.web.ts';
import { mountTwoFactor } from './two-factor.web.ts';

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: '/login', access: 'anyone', whilePending: true, handler: getLogin },
  { method: 'post', path: '/login', access: 'anyone', whilePending: true, handler: postLogin },
  { method: 'post', path: '/logout', access: 'anyone', whilePending: true, handler: postLogout },
  { method: 'get', path: '/setup', access: 'anyone', handler: getSetup },
  { method: 'post', path: '/setup', access: 'anyone', handler: postSetup },
];

/** Adds the pages about signing in and about credentials. */
export function mountAuth(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
  mountAccount(web);
  mountEmails(web);
  mountNewPassword(web);
  mountPasskeys(web);
  mountPasswordReset(web);
  mountRegistration(web);
  mountSecondFactorSignIn(web);
  mountSessions(web);
  mountSshKeys(web);
  mountSigningKeys(web);
  mountTwoFactor(web);
}

type Fields = Record<string, string>;

async function getLogin(c: WebContext): Promise<Response> {
  const returnTo = localReturnAddress(c.req.query('return_to'));
  if (c.var.actor.kind === 'user') return c.redirect(returnTo, 303);
  return answerLogin(c, { return_to: returnTo }, undefined, 200);
}

async function answerLogin(
  c: WebContext,
  form: Fields,
  message: string | undefined,
  status: number,
): Promise<Response> {
  const returnTo = localReturnAddress(form.return_to);
  const pending = await isSetupPending(c.var.app);
  const obstacle = passkeyObstacle(c.var.app, originOf(c), '/login');
  const login = form.login ?? '';
  const model = { title: 'Sign in', login, returnTo, message, pending, obstacle };
  return page(c, 'auth/login', model, status);
}

async function postLogin(c: WebContext): Promise<Response> {
  const form = await readForm(c);
  const credentials = { login: form.login ?? '', password: form.password ?? '' };
  try {
    const outcome = await signIn(c.var.app, credentials, clientOf(c), sessionCookie(c));
    return answerSignIn(c, outcome, localReturnAddress(form.return_to));
  } catch (error) {
    if (isAppError(error, 'unauthenticated', 'forbidden')) return answerLogin(c, form, error.message, 422);
    if (!isAppError(error, 'rate_limited')) throw error;
    c.header('Retry-After', String(error.retryAfter ?? 60));
    return answerLogin(c, form, error.message, 429);
  }
}

async function postLogout(c: WebContext): Promise<Response> {
  if (c.var.session) await endSession(c.var.app, c.var.session.id, c.var.actor);
  clearSessionCookie(c);
  return redirectWithMessage(c, '/', 'You are signed out.');
}

async function getSetup(c: WebContext): Promise<Response> {
  const token = c.req.query('token') ?? '';
  await requireSetupLink(c.var.app, token);
  return answerSetup(c, { token }, {}, 200);
}

function answerSetup(c: WebContext, form: Fields, errors: Fields, status: number): Response {
  const model = {
    title: 'Set up',
    bare: true,
    token: form.token ?? '',
    ...accountFormModel(c.var.app.config.accounts, form, errors),
  };
  return page(c, 'auth/setup', model, status);
}

async function postSetup(c: WebContext): Promise<Response> {
  const form = await readForm(c);
  const { app } = c.var;
  try {
    const user = await createFirstAdministrator(app, form.token ?? '', newUserOf(form));
    const outcome = await completeSignIn(app, user, clientOf(c), { replacedToken: sessionCookie(c) });
    return answerSignIn(c, outcome, '/');
  } catch (error) {
    if (isAppError(error, 'invalid')) return answerSetup(c, form, error.fields ?? {}, 422);
    throw error;
  }
}
