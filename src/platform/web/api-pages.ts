// Pages of the REST API's lists: what is asked for, and the headers that lead on.
import type { WebContext } from './web.types.ts';

const DEFAULT_LIMIT = 30;
const MAX_LIMIT = 50;

/** The page (from 1) and size that `?page=&limit=` ask for. */
export function pageOf(c: WebContext): { page: number; limit: number } {
  const number = (name: string, fallback: number, most: number) => {
    const value = Number(c.req.query(name) ?? fallback);
    return Number.isSafeInteger(value) && value > 0 ? Math.min(value, most) : fallback;
  };
  return { page: number('page', 1, 10_000_000), limit: number('limit', DEFAULT_LIMIT, MAX_LIMIT) };
}

export interface Pages {
  page: number;
  limit: number;
  total: number | undefined;
  hasMore?: boolean;
}

/** X-Total-Count, and Link (RFC 8288) to the pages around this one. */
export function setPages(c: WebContext, { page, limit, total, hasMore }: Pages): void {
  if (total !== undefined) c.header('X-Total-Count', String(total));
  const last = total === undefined ? undefined : Math.max(1, Math.ceil(total / limit));
  const links: string[] = [];
  const add = (rel: string, number: number) => {
    const url = new URL(c.req.url);
    url.searchParams.set('page', String(number));
    url.searchParams.set('limit', String(limit));
    links.push(`<${c.var.app.publicUrl()}${url.pathname}${url.search}>; rel="${rel}"`);
  };
  if (hasMore ?? (last !== undefined && page < last)) add('next', page + 1);
  if (last !== undefined && page < last) add('last', last);
  if (page > 1) add('first', 1);
  if (page > 1) add('prev', page - 1);
  if (links.length > 0) c.header('Link', links.join(','));
}
