// Where to go after signing in: only ever a page of this site.

const LOCAL = /^\/(?![/\\])[^\\\u0000-\u0020\u007f]*$/;

/** `address` if it is a path on this site, else `/`. Browsers read `//host` and `/\host` as other sites. */
export function localReturnAddress(address: string | undefined): string {
  if (address === undefined || address.length > 2000 || !LOCAL.test(address)) return '/';
  const url = new URL(address, 'http://local.invalid');
  if (url.host !== 'local.invalid' || /^\/+(?:login|logout|register)(?:\/|$)/.test(url.pathname)) return '/';
  return url.pathname.startsWith('//') ? '/' : url.pathname + url.search;
}

/** The sign-in page that comes back to `address` afterwards. */
export function signInAddress(address: string): string {
  const back = localReturnAddress(address);
  return back === '/' ? '/login' : `/login?${new URLSearchParams({ return_to: back })}`;
}

/**
 * Path and query of a request's URL as the browser wrote them: still percent-encoded, unlike `c.req.path`. It begins with
 * one slash: with two it would lead a form or a link to another site.
 */
export function askedAddress(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname.replace(/^\/+/, '/') + search;
}
