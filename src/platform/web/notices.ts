// The notices of the administrators above every page: read at most every 15 seconds, also when another process changed
// them, and rendered once. A browser hides those it has dismissed by a cookie.
import type { SafeHtml } from '../../base/html.ts';
import { DAY, SECOND } from '../../base/time.ts';
import type { App } from '../app.types.ts';
import type { LinkResolver } from '../render/sanitize.ts';
import { readCookie, writeCookie } from './cookies.ts';
import { listNotices, type NoticeRow } from './notices.store.ts';
import type { WebContext } from './web.types.ts';

export interface ShownNotice {
  id: number;
  kind: 'info' | 'warn';
  textHtml: SafeHtml;
  /** Milliseconds since 1970; null until it is removed. */
  endsAt: number | null;
}

const FRESH = 15 * SECOND;
const COOKIE = 'notices';
const REMEMBERED = 365 * DAY;

interface Known {
  readAt: number;
  shown: ShownNotice[];
}

const known = new WeakMap<App, Known>();
const reading = new WeakMap<App, Promise<void>>();

/** Reads the notices anew when they are older than 15 seconds; those known stay when the database does not answer. */
export async function freshenNotices(app: App): Promise<void> {
  const age = app.clock.now() - (known.get(app)?.readAt ?? Number.NEGATIVE_INFINITY);
  if (age < FRESH) return;
  const running = reading.get(app) ?? readNotices(app).finally(() => reading.delete(app));
  reading.set(app, running);
  await running;
}

/** Has the next page read the notices anew, after a change in this process. */
export function forgetNotices(app: App): void {
  known.delete(app);
}

/** The notices a request's page shows: those that have not ended and that its browser has not dismissed. */
export function noticesFor(c: WebContext): ShownNotice[] {
  const current = currentNotices(c.var.app);
  if (current.length === 0) return [];
  const dismissed = dismissedIn(c);
  return current.filter(({ id }) => !dismissed.includes(id));
}

/** Remembers in this browser that a notice was dismissed; ids of notices that are gone are forgotten. */
export function dismissNotice(c: WebContext, id: number): void {
  const { app } = c.var;
  const ids = currentNotices(app).map((notice) => notice.id);
  const kept = ids.filter((one) => one === id || dismissedIn(c).includes(one));
  if (kept.length > 0) writeCookie(c, COOKIE, kept.join('.'), app.clock.now() + REMEMBERED);
}

/** A notice's Markdown as HTML: links lead into this site, and no picture is loaded. */
export async function renderNotice(text: string): Promise<SafeHtml> {
  // Loaded where there is a notice at all. Notices are short and written by administrators: no worker bounds their time.
  const { renderMarkdown } = await import('../render/markdown.ts');
  return renderMarkdown(text, LINKS);
}

const LINKS: LinkResolver = {
  link: (target) => (target.startsWith('/') ? target : `/${target}`),
  image: () => undefined,
};

async function readNotices(app: App): Promise<void> {
  const readAt = app.clock.now();
  try {
    const rows = await listNotices(app.db.read);
    known.set(app, { readAt, shown: await Promise.all(rows.map(shownOf)) });
  } catch (err) {
    app.log.error({ err }, 'the notices could not be read');
    known.set(app, { readAt, shown: known.get(app)?.shown ?? [] });
  }
}

async function shownOf({ id, kind, text, endsAt }: NoticeRow): Promise<ShownNotice> {
  return { id, kind, endsAt, textHtml: await renderNotice(text) };
}

function currentNotices(app: App): ShownNotice[] {
  const now = app.clock.now();
  return (known.get(app)?.shown ?? []).filter(({ endsAt }) => endsAt === null || endsAt > now);
}

function dismissedIn(c: WebContext): number[] {
  return (readCookie(c, COOKIE) ?? '').split('.').map(Number);
}
