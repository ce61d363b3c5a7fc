// What an address asks of the changes it shows: which of them, and in which layout, which is remembered.
import { DAY } from '../../base/time.ts';
import { readCookie, writeCookie } from '../../platform/web/cookies.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import type { DiffView } from './changes.types.ts';
import { decodePath } from './paths.service.ts';

const VIEW_COOKIE = 'diff-view';

/** The layout asked for, which is remembered, or the one that was. */
export function diffViewOf(c: WebContext): DiffView {
  const asked = c.req.query('diff');
  if (asked === 'split' || asked === 'unified') return asked;
  return readCookie(c, VIEW_COOKIE) === 'split' ? 'split' : 'unified';
}

/** Remembers a layout that was asked for. */
export function rememberDiffView(c: WebContext): void {
  const asked = c.req.query('diff');
  if (asked !== 'split' && asked !== 'unified') return;
  if ((readCookie(c, VIEW_COOKIE) ?? 'unified') === asked) return;
  writeCookie(c, VIEW_COOKIE, asked, c.var.app.clock.now() + 365 * DAY);
}

/** Whether white space is left out. */
export function ignoresWhitespace(c: WebContext): boolean {
  return c.req.query('w') === '1';
}

/** The parent of a merge that `?parent=` asks for, from 1. */
export function askedParent(c: WebContext): number | undefined {
  const text = c.req.query('parent') ?? '';
  return /^\d{1,4}$/.test(text) ? Number(text) : undefined;
}

/** The paths of `?path=`: a file's, and where it was before. */
export function askedPaths(c: WebContext): Buffer[] {
  return (c.req.queries('path') ?? []).slice(0, 2).map(decodePath);
}

/** The lines around changes that `?context=` asks for. */
export function askedContext(c: WebContext): number | undefined {
  const text = c.req.query('context') ?? '';
  return /^\d{1,7}$/.test(text) ? Math.min(1_000_000, Number(text)) : undefined;
}

/** The part of the files that `?files=` asks for, from 1. */
export function partNumber(c: WebContext): number {
  const number = Number(c.req.query('files') ?? '1');
  return Number.isSafeInteger(number) && number > 0 ? number : 1;
}
