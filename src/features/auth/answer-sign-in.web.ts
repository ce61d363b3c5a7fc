// The answer to a sign-in, whatever way it took: a session's cookie, or the page that asks for the second factor.
import { deviceCookie, readCookie, setSessionCookie, writeCookie } from '../../platform/web/cookies.ts';
import { localReturnAddress } from '../../platform/web/return-address.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import type { Client } from './clients.types.ts';
import type { SignInOutcome } from './sign-in.types.ts';

export const SECOND_FACTOR_PATH = '/login/two-factor';
const COOKIE = 'sign-in';

/** Sets the cookie that the outcome calls for and leads on; `returnTo` must be local already. */
export function answerSignIn(c: WebContext, outcome: SignInOutcome, returnTo: string): Response {
  if (outcome.kind === 'session') {
    if (readCookie(c, COOKIE) !== undefined) forgetPendingSignIn(c);
    setSessionCookie(c, outcome.token, outcome.expiresAt);
    return c.redirect(returnTo, 303);
  }
  writeCookie(c, COOKIE, outcome.token, outcome.expiresAt);
  return c.redirect(secondFactorAddress(returnTo), 303);
}

/** The page that asks for the second factor and comes back to `address` afterwards. */
export function secondFactorAddress(address: string): string {
  const back = localReturnAddress(address);
  return back === '/'
    ? SECOND_FACTOR_PATH
    : `${SECOND_FACTOR_PATH}?${new URLSearchParams({ return_to: back })}`;
}

/** The token of the sign-in that this browser has begun. */
export function pendingSignIn(c: WebContext): string | undefined {
  return readCookie(c, COOKIE);
}

/** Makes the browser forget the sign-in it has begun. */
export function forgetPendingSignIn(c: WebContext): void {
  writeCookie(c, COOKIE, '', 0);
}

/** Who signs in, as sessions remember it. */
export function clientOf(c: WebContext): Client {
  const userAgent = c.req.header('user-agent') ?? '';
  return { address: c.var.address, userAgent, device: deviceCookie(c) };
}

/** The origin of the page as its browser sees it. */
export function originOf(c: WebContext): string {
  return `${c.var.secure ? 'https' : 'http'}://${c.var.host}`;
}
