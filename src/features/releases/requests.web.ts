// Reads addresses below /:owner/:repo/releases and /:owner/:repo/commits.
import type { WebContext } from '../../platform/web/web.types.ts';

/** What stands behind `/<word>/` in the path, still percent-encoded, since names may be any bytes. */
export function restBehind(c: WebContext, word: string): string {
  const start = c.req.url.indexOf('/', c.req.url.indexOf('//') + 2);
  const [path = ''] = c.req.url.slice(start).split(/[?#]/, 1);
  const parts = path.split('/');
  // Behind owner and repository, either of which may be named like the word.
  return parts.slice(parts.indexOf(word, 3) + 1).join('/');
}
