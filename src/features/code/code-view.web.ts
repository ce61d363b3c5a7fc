// How a browser wants code to be shown: a cookie that the page's script writes, read here so that nothing moves later.
import { getCookie } from 'hono/cookie';
import type { WebContext } from '../../platform/web/web.types.ts';

export interface CodeView {
  /** Long lines are wrapped. */
  wrap: boolean;
  /** The panel of symbols is open. */
  symbols: boolean;
}

export function codeView(c: WebContext): CodeView {
  const words = (getCookie(c, 'code_view') ?? '').slice(0, 100).split('.');
  return { wrap: words.includes('wrap'), symbols: words.includes('symbols') };
}
