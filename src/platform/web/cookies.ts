// Cookies that the site sets. Under TLS names carry the prefix __Host-, which browsers bind to this host and to HTTPS.
import { getCookie, setCookie } from 'hono/cookie';
import type { CookieOptions } from 'hono/utils/cookie';
import { randomToken } from '../../base/crypto.ts';
import { DAY } from '../../base/time.ts';
import type { WebContext } from './web.types.ts';

const SESSION = 'session';
const DEVICE = 'device';
/** The longest that browsers keep a cookie. */
const DEVICE_LIFE = 400 * DAY;

/** The session token of the request, if its cookie came. */
export function sessionCookie(c: WebContext): string | undefined {
  return readCookie(c, SESSION);
}

/** Signs the browser in until `expiresAt` (milliseconds since 1970). */
export function setSessionCookie(c: WebContext, token: string, expiresAt: number): void {
  writeCookie(c, SESSION, token, expiresAt);
}

/** Makes the browser forget its session. */
export function clearSessionCookie(c: WebContext): void {
  writeCookie(c, SESSION, '', 0);
}

/** What tells this browser apart from others, made now if it has none; asked for at a sign-in only. */
export function deviceCookie(c: WebContext): string {
  const known = readCookie(c, DEVICE);
  const device = known !== undefined && /^[\w-]{43}$/.test(known) ? known : randomToken();
  writeCookie(c, DEVICE, device, c.var.app.clock.now() + DEVICE_LIFE);
  return device;
}

/** A cookie of ours by its plain name; values beyond any we set are ignored. */
export function readCookie(c: WebContext, name: string): string | undefined {
  const value = getCookie(c, cookieName(c, name));
  return value === undefined || value === '' || value.length > 2048 ? undefined : value;
}

/** Sets a cookie that scripts cannot read. `expiresAt` undefined: until the browser closes; 0 removes it. */
export function writeCookie(c: WebContext, name: string, value: string, expiresAt?: number): void {
  const options: CookieOptions = { path: '/', httpOnly: true, sameSite: 'Lax', secure: c.var.secure };
  if (expiresAt !== undefined) {
    options.maxAge = Math.max(0, Math.floor((expiresAt - c.var.app.clock.now()) / 1000));
  }
  setCookie(c, cookieName(c, name), value, options);
}

function cookieName(c: WebContext, name: string): string {
  return c.var.secure ? `__Host-${name}` : name;
}
