// Reads addresses of the code room: the percent-encoded rest of a path, page numbers.
import type { WebContext } from '../../platform/web/web.types.ts';

/**
 * What stands behind the first `depth` parts of an address (the empty one before the first slash counts), by default
 * `/:owner/:repo/<kind>/`; still percent-encoded, since names may be any bytes.
 */
export function restOfAddress(c: WebContext, depth = 4): string {
  const start = c.req.url.indexOf('/', c.req.url.indexOf('//') + 2);
  const end = c.req.url.slice(start).search(/[?#]/);
  const pathname = end < 0 ? c.req.url.slice(start) : c.req.url.slice(start, start + end);
  return pathname.split('/').slice(depth).join('/');
}

/** The page number of `?page=`, from 1. */
export function pageNumber(c: WebContext): number {
  const number = Number(c.req.query('page') ?? '1');
  return Number.isSafeInteger(number) && number > 0 ? number : 1;
}
