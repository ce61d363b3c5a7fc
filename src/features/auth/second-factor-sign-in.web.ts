// The page between the password and the session: it asks for the second factor.
import { isAppError } from '../../base/errors.ts';
import { sessionCookie } from '../../platform/web/cookies.ts';
import { type AccountAccess, accountGate } from '../../platform/web/gates.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { localReturnAddress, signInAddress } from '../../platform/web/return-address.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import {
  answerSignIn,
  clientOf,
  forgetPendingSignIn,
  pendingSignIn,
  SECOND_FACTOR_PATH,
} from './answer-sign-in.web.ts';
import { findPendingSignIn, finishWithCode, secondFactorChoices } from './second-factor-sign-in.service.ts';

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
export async function answerSecondFactor(
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
    returnTo,
    errors,
  };
  c.header('Cache-Control', 'no-store');
  return page(c, 'auth/second-factor', model, status);
}

async function postSecondFactor(c: WebContext): Promise<Response> {
  const form = await readForm(c);
  const isRecovery = (form.recovery ?? '') !== '';
  const typed = isRecovery
    ? { kind: 'recovery' as const, text: form.recovery ?? '' }
    : { kind: 'totp' as const, text: form.code ?? '' };
  const returnTo = localReturnAddress(form.return_to);
  try {
    const outcome = await finishWithCode(c.var.app, pendingSignIn(c), typed, clientOf(c), sessionCookie(c));
    return answerSignIn(c, outcome, returnTo);
  } catch (error) {
    return answerFailure(c, error, returnTo, isRecovery ? 'recovery' : 'code');
  }
}

/** Asks again, or sends whoever took too long or failed too often back to the beginning. */
export async function answerFailure(
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
