// Refuses changes that another site makes a browser ask for. Browsers say where a request comes from by Sec-Fetch-Site,
// older ones (and all of them over plain HTTP) by Origin; where both are missing the form's token decides.
import { AppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { csrfBinding, csrfToken, isCsrfToken } from '../../platform/web/csrf-token.ts';
import { isTextForm, readForm } from '../../platform/web/forms.ts';
import { loadInstanceSecret } from '../../platform/web/instance-secret.store.ts';
import type { WebContext } from '../../platform/web/web.types.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Mail programs post here without a page of ours (RFC 8058); the signed address says all, and no cookie is looked at. */
const SIGNED_ADDRESS = /^\/notifications\/unsubscribe\/[^/]+$/;
const secrets = new WeakMap<App, Promise<string>>();

/** Gives the request its token, and throws AppError forbidden when it changes something and is not from our pages. */
export async function refuseForgery(c: WebContext): Promise<void> {
  const secret = await secretOf(c.var.app);
  const binding = csrfBinding(c);
  c.set('csrfBinding', binding);
  c.set('csrf', csrfToken(secret, binding));
  if (SAFE.has(c.req.method) || isFromOurPages(c) || isByMailProgram(c)) return;
  if (c.req.header('sec-fetch-site') === undefined) {
    if (isCsrfToken(secret, binding, await submittedToken(c))) return;
  }
  throw new AppError(
    'forbidden',
    'This request did not come from a page of this site, so nothing was changed. Go back, reload the page, and try again.',
  );
}

function isByMailProgram(c: WebContext): boolean {
  const isBrowser = c.req.header('sec-fetch-site') !== undefined || c.req.header('origin') !== undefined;
  return !isBrowser && SIGNED_ADDRESS.test(c.req.path);
}

function isFromOurPages(c: WebContext): boolean {
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = c.req.header('origin');
  return origin === `${c.var.secure ? 'https' : 'http'}://${c.var.host}`;
}

async function submittedToken(c: WebContext): Promise<string> {
  const header = c.req.header('x-csrf-token');
  if (header !== undefined) return header;
  return isTextForm(c) ? ((await readForm(c)).csrf ?? '') : '';
}

function secretOf(app: App): Promise<string> {
  const known = secrets.get(app);
  if (known) return known;
  const loading = loadInstanceSecret(app.db);
  secrets.set(app, loading);
  loading.catch(() => secrets.delete(app));
  return loading;
}
