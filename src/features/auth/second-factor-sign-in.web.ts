// The page between the password and the session: it asks for the second factor.
import { isAppError } from '../../base/errors.ts';
import { sessionCookie } from '../../platform/web/cookies.ts';
import { setFlash } from '../../platform/web/flash.ts';
import { type AccountAccess, accountGate } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { localReturnAddress, signInAddress } from '../../platform/web/return-address.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import {
  answerSignIn,
  clientOf,
  forgetPendingSignIn,
  originOf,
  pendingSignIn,
  SECOND_FACTOR_PATH,
} from './answer-sign-in.web.ts';
import { finishWithPasskey } from './passkey-sign-in.service.ts';
import { passkeyObstacle } from './passkey-site.service.ts';
import { FEW_CODES, unusedCodesOf } from './recovery-codes.service.ts';
import { findPendingSignIn, finishWithCode, secondFactorChoices } from './second-factor-sign-in.service.ts';
import type { SignInOutcome } from './sign-in.types.ts';

const routes: Route<AccountAccess, unknown>[] = [
  { method: 'get', path: SECOND_FACTOR_PATH, access: 'anyone', whilePending: true, handler: getSecondFactor },
  {
    method: 'post',
    path: SECOND_FACTOR_PATH,
    access: 'anyone',
    whilePending: true,
    handler: postSecondFactor,
  },
];

/** Adds the page that asks for the second factor. */
export function mountSecondFactorSignIn(web: WebApp): void {
  mountRoutes(web, accountGate, routes);
}

function getSecondFactor(c: WebContext): Promise<Response> {
  return answerSecondFactor(c, localReturnAddress(c.req.query('return_to')), {}, 200);
}

type Errors = Record<string, string>;

/** The page, or the sign-in page when nothing has begun. */
async function answerSecondFactor(
  c: WebContext,
  returnTo: string,
  errors: Errors,
  status: number,
): Promise<Response> {
  const pending = await findPendingSignIn(c.var.app, pendingSignIn(c));
  if (!pending) return c.redirect(signInAddress(returnTo), 303);
  const model = {
    title: 'Second factor',
    ...(await secondFactorChoices(c.var.app, pending.user)),
    name: pending.user.name,
    obstacle: passkeyObstacle(c.var.app, originOf(c), c.req.path),
    returnTo,
    errors,
  };
  c.header('Cache-Control', 'no-store');
  return page(c, 'auth/second-factor', model, status);
}

async function postSecondFactor(c: WebContext): Promise<Response> {
  const form = await readForm(c);
  const field = (['passkey', 'recovery'] as const).find((name) => (form[name] ?? '') !== '') ?? 'code';
  const returnTo = localReturnAddress(form.return_to);
  try {
    const user = (await findPendingSignIn(c.var.app, pendingSignIn(c)))?.user;
    const outcome = await finish(c, field, form[field] ?? '');
    if (user && field === 'recovery') await warnOfFewCodes(c, user.id);
    return answerSignIn(c, outcome, returnTo);
  } catch (error) {
    return answerFailure(c, error, returnTo, field);
  }
}

async function warnOfFewCodes(c: WebContext, userId: number): Promise<void> {
  const left = await unusedCodesOf(c.var.app, userId);
  if (left > FEW_CODES) return;
  const count = left === 1 ? '1 recovery code' : `${left} recovery codes`;
  setFlash(c, 'warn', `You have ${count} left. Make new ones under Settings, Second factors.`);
}

function finish(c: WebContext, field: 'passkey' | 'recovery' | 'code', text: string): Promise<SignInOutcome> {
  const { app } = c.var;
  const [token, client, replaced] = [pendingSignIn(c), clientOf(c), sessionCookie(c)];
  if (field === 'passkey') return finishWithPasskey(app, token, text, client, replaced);
  const kind = field === 'code' ? 'totp' : 'recovery';
  return finishWithCode(app, token, { kind, text }, client, replaced);
}

/** Asks again, or sends whoever took too long or failed too often back to the beginning. */
async function answerFailure(
  c: WebContext,
  error: unknown,
  returnTo: string,
  field: string,
): Promise<Response> {
  if (isAppError(error, 'invalid')) {
    const isOver = !(await findPendingSignIn(c.var.app, pendingSignIn(c)));
    if (!isOver) return answerSecondFactor(c, returnTo, error.fields ?? {}, 422);
    return startOver(c, returnTo, 'Too many wrong codes. Sign in again.');
  }
  if (isAppError(error, 'unauthenticated', 'forbidden')) return startOver(c, returnTo, error.message);
  if (!isAppError(error, 'rate_limited')) throw error;
  c.header('Retry-After', String(error.retryAfter ?? 60));
  return answerSecondFactor(c, returnTo, { [field]: error.message }, 429);
}

function startOver(c: WebContext, returnTo: string, message: string): Response {
  forgetPendingSignIn(c);
  return redirectWithMessage(c, signInAddress(returnTo), message, 'error');
}
