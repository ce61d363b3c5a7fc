// The token in our forms: an HMAC over the session's token, or over a random cookie of those not signed in.
// It only matters for browsers that send neither Sec-Fetch-Site nor Origin; see surfaces/http/csrf.ts.
import { createHmac } from 'node:crypto';
import { equalInConstantTime, randomToken } from '../../base/crypto.ts';
import { readCookie, sessionCookie, writeCookie } from './cookies.ts';
import type { WebContext } from './web.types.ts';

const ANONYMOUS = 'visitor';

/** What a request's token is bound to: its session cookie, its visitor cookie, or a fresh value yet to be sent. */
export interface CsrfBinding {
  value: string;
  isFresh: boolean;
}

/** Finds what the token of this request is bound to. */
export function csrfBinding(c: WebContext): CsrfBinding {
  const known = sessionCookie(c) ?? readCookie(c, ANONYMOUS);
  return known === undefined ? { value: randomToken(16), isFresh: true } : { value: known, isFresh: false };
}

/** The token for a binding under the instance's secret. */
export function csrfToken(secret: string, binding: CsrfBinding): string {
  return createHmac('sha256', secret).update(`csrf ${binding.value}`).digest('base64url');
}

/** Whether a submitted token is the one this request's forms carry; a fresh binding matches nothing. */
export function isCsrfToken(secret: string, binding: CsrfBinding, submitted: string): boolean {
  return !binding.isFresh && equalInConstantTime(csrfToken(secret, binding), submitted);
}

/** Sends the visitor cookie with a page that holds a form; only such pages set one. */
export function keepCsrfBinding(c: WebContext): void {
  const binding = c.var.csrfBinding;
  if (binding === undefined || !binding.isFresh) return;
  writeCookie(c, ANONYMOUS, binding.value);
  binding.isFresh = false;
}
