// How failures are answered over HTTP: one table for statuses, a page for people, JSON in Gitea's shape for programs.
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { AppError, type ErrorCode, isAppError, notFound } from '../../base/errors.ts';
import { page } from '../../platform/web/page.ts';
import { askedAddress, signInAddress } from '../../platform/web/return-address.ts';
import type { WebApp, WebContext } from '../../platform/web/web.types.ts';
import { isApi } from './sign-in.ts';

interface Translation {
  status: ContentfulStatusCode;
  title: string;
  advice?: string;
}

const TRANSLATIONS: Record<ErrorCode, Translation> = {
  invalid: {
    status: 422,
    title: 'That cannot be done this way',
    advice: 'Go back, correct it, and try again.',
  },
  unauthenticated: { status: 401, title: 'Sign in first' },
  forbidden: { status: 403, title: 'You may not do this' },
  not_found: { status: 404, title: 'Page not found' },
  conflict: { status: 409, title: 'Something else came first', advice: 'Reload the page and look again.' },
  too_large: { status: 413, title: 'That is too large', advice: 'Send less at once.' },
  rate_limited: { status: 429, title: 'Too many attempts' },
  unavailable: { status: 503, title: 'Not available right now', advice: 'Try again in a moment.' },
};

const BUG: Translation = {
  status: 500,
  title: 'Something went wrong',
  advice: 'It is in the server’s log. Tell the administrator the number below if it happens again.',
};

const HIDDEN = new AppError('unavailable', 'The server could not answer because of a mistake of its own.');

/** The answer to a failure. What is no AppError is a bug: logged once, its message hidden. */
export function answerError(c: WebContext, error: unknown): Response {
  const known = isAppError(error);
  if (!known || error.cause !== undefined) logFailure(c, error, known);
  const shown = known ? error : HIDDEN;
  const translation = known ? TRANSLATIONS[error.code] : BUG;
  if (shown.retryAfter !== undefined) c.header('Retry-After', String(shown.retryAfter));
  if (translation.status === 413) c.header('Connection', 'close');
  if (isApi(c)) return answerApiError(c, shown, translation.status);
  try {
    return answerErrorPage(c, shown, translation);
  } catch (failure) {
    // The frame of pages itself is broken.
    logFailure(c, failure, false);
    return c.text(`${translation.title}. ${shown.message}`, translation.status);
  }
}

/** JSON as Gitea's clients expect it: `{ message, url, errors? }`, errors as `field: message`, url where the API is explained. */
export function answerApiError(c: WebContext, error: AppError, status: ContentfulStatusCode): Response {
  if (status === 401) c.header('WWW-Authenticate', 'Bearer realm="OpenCodeHub"');
  const errors = error.fields && Object.entries(error.fields).map(([field, text]) => `${field}: ${text}`);
  const url = `${c.var.app.publicUrl()}/api/reference`;
  return c.json({ message: error.message, url, ...(errors ? { errors } : {}) }, status);
}

/**
 * The answer where no route fits: 405 where another method would, a redirect where only a final slash is too much. Of the
 * API any slash may be too much, and any method is led on: people write its address with one at its end.
 */
export function answerUnmatched(web: WebApp, c: WebContext): Response {
  const { path, method } = c.req;
  const allowed = METHODS.filter((one) => one !== method && hasRoute(web, one, path));
  if (allowed.length > 0) return answerWrongMethod(c, allowed);
  const { pathname, search } = new URL(c.req.url);
  const ofApi = pathname.replace(/\/{2,}/g, '/');
  const isOfApi = ofApi.startsWith('/api/v1/');
  const shorter = (isOfApi ? ofApi : pathname).replace(/\/+$/, '');
  const isLocal = /^\/[^/\\]/.test(shorter);
  if (pathname !== shorter && isLocal && (method === 'GET' || isOfApi))
    return c.redirect(shorter + search, method === 'GET' ? 301 : 308);
  return answerError(c, notFound());
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const NO_METHOD = 'NONE';

function hasRoute(web: WebApp, method: string, path: string): boolean {
  // Steps that stand around every route match any method; a route adds to them.
  return web.router.match(method, path)[0].length > web.router.match(NO_METHOD, path)[0].length;
}

function answerWrongMethod(c: WebContext, allowed: string[]): Response {
  const error = new AppError('invalid', `This address does not answer ${c.req.method}.`);
  c.header('Allow', allowed.includes('GET') ? `HEAD, ${allowed.join(', ')}` : allowed.join(', '));
  if (isApi(c)) return answerApiError(c, error, 405);
  return answerErrorPage(c, error, { status: 405, title: 'Not this way' });
}

function answerErrorPage(c: WebContext, error: AppError, translation: Translation): Response {
  const here = askedAddress(c.req.url);
  const { status, title, advice } = translation;
  const brought = c.req.header('authorization') !== undefined;
  if (status === 401 && brought) c.header('WWW-Authenticate', 'Basic realm="OpenCodeHub"');
  if (status === 401 && c.req.method === 'GET' && !brought) return c.redirect(signInAddress(here), 303);
  const canSignIn = c.var.actor.kind !== 'user' && (status === 401 || status === 404);
  const signIn = { href: signInAddress(status === 404 ? here : '/'), label: 'Sign in', primary: true };
  const model = {
    title,
    status,
    message: error.message,
    advice: canSignIn && status === 404 ? 'If it is private, sign in to see it.' : advice,
    actions: [...(canSignIn ? [signIn] : []), { href: '/', label: 'Go to the start page' }],
    requestId: status === 500 ? c.var.requestId : undefined,
  };
  return page(c, 'errors/error', model, status);
}

function logFailure(c: WebContext, error: unknown, expected: boolean): void {
  const { app, requestId, route } = c.var;
  if (expected) app.log.warn({ err: error, requestId, route }, 'a request could not be served');
  else app.log.error({ err: error, requestId, route }, 'a request failed');
}
