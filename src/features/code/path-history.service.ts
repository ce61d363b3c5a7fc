// The history of a branch or a path in it, across renames and by who wrote it when.
import { invalid } from '../../base/errors.ts';
import { DAY } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Commit, Oid } from '../../platform/git/git.types.ts';
import { listCommits } from '../../platform/git/history.ts';
import { type CommitFilter, searchCommits } from '../../platform/git/history-search.ts';
import { renamedFrom } from '../../platform/git/renames.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { noReplyAddressOf, verifiedEmailsOf } from '../users/emails.service.ts';
import { findUserByName } from '../users/users.service.ts';
import type { PathBytes } from './code.types.ts';

/** Renames followed on one page. */
const MOST_RENAMES = 5;
const MAX_AUTHOR = 200;
const MOST_SKIPPED = 1_000_000;

export interface HistoryQuery {
  from: Oid;
  path: PathBytes;
  limit: number;
  cursor: string | undefined;
  filter: CommitFilter | undefined;
  signal: AbortSignal;
}

export interface HistoryPage {
  commits: Commit[];
  /** The commit that gave a path its name, with the name before. */
  renames: Map<Oid, { path: PathBytes; parent: Oid }>;
  /** Where the next page begins; missing on the last. */
  next: { from: Oid; path: PathBytes; cursor: string } | undefined;
  /** Whether the time was up before everything was looked at. */
  isCut: boolean;
}

/** One page of a history. Throws AppError invalid for cursors and paths that no page has led to. */
export async function readHistory(app: App, open: OpenRepository, query: HistoryQuery): Promise<HistoryPage> {
  return query.filter ? readFiltered(app, open, query, query.filter) : readFollowing(app, open, query);
}

async function readFollowing(app: App, open: OpenRepository, query: HistoryQuery): Promise<HistoryPage> {
  const page: HistoryPage = { commits: [], renames: new Map(), next: undefined, isCut: false };
  let { from, path, cursor } = query;
  for (let followed = 0; ; followed++) {
    const limit = query.limit - page.commits.length;
    const found = await listCommits(app.git, open.dir, {
      ...{ from, limit, signal: query.signal },
      ...(path.length > 0 ? { path } : {}),
      ...(cursor === undefined ? {} : { cursor }),
    });
    page.commits.push(...found.commits);
    if (found.next !== undefined) return { ...page, next: { from, path, cursor: found.next } };
    const before = await nameBefore(app, open, found.commits.at(-1), path, query.signal);
    if (!before) return page;
    const oldest = found.commits.at(-1);
    if (oldest) page.renames.set(oldest.oid, before);
    [from, path, cursor] = [before.parent, before.path, undefined];
    const isFull = page.commits.length >= query.limit || followed >= MOST_RENAMES;
    if (isFull) return { ...page, next: { from, path, cursor: '0' } };
  }
}

async function nameBefore(
  app: App,
  open: OpenRepository,
  oldest: Commit | undefined,
  path: PathBytes,
  signal: AbortSignal,
): Promise<{ path: PathBytes; parent: Oid } | undefined> {
  const parent = oldest?.parents[0];
  if (!oldest || parent === undefined || path.length === 0) return undefined;
  const before = await renamedFrom(app.git, open.dir, { parent, commit: oldest.oid, path, signal });
  return before && { path: before, parent };
}

async function readFiltered(
  app: App,
  open: OpenRepository,
  { from, path, limit, cursor, signal }: HistoryQuery,
  filter: CommitFilter,
): Promise<HistoryPage> {
  const skip = Number(cursor ?? 0);
  if (!/^\d{1,9}$/.test(cursor ?? '0') || skip > MOST_SKIPPED)
    throw invalid({ after: 'This page of the history does not exist. Start again from the first page.' });
  const query = { ...filter, from, limit, skip, signal, ...(path.length > 0 ? { path } : {}) };
  const found = await searchCommits(app.git, open.dir, query);
  const commits = await app.git.objects(open.dir).commits(found.oids);
  const next = found.hasMore ? { from, path, cursor: String(skip + limit) } : undefined;
  return { commits, renames: new Map(), next, isCut: found.isCut };
}

/**
 * A filter as it was typed; undefined when nothing was. An account's name stands for its verified addresses too. Throws
 * AppError invalid on `author`, `since` or `until`.
 */
export async function parseHistoryFilter(
  app: App,
  typed: { author?: string | undefined; since?: string | undefined; until?: string | undefined },
): Promise<CommitFilter | undefined> {
  const author = typed.author?.trim() ?? '';
  const [since, until] = [dayOf('since', typed.since), dayOf('until', typed.until)];
  if (author === '' && since === undefined && until === undefined) return undefined;
  if (author.length > MAX_AUTHOR || /\p{Cc}/u.test(author))
    throw invalid({ author: 'Give a name, an e-mail address or an account, on one line.' });
  return {
    authors: author === '' ? [] : await authorsOf(app, author),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until: until + DAY - 1000 }),
  };
}

function dayOf(field: string, text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const time = /^\d{4}-\d\d-\d\d$/.test(text.trim()) ? Date.parse(`${text.trim()}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(time) || time < 0) throw invalid({ [field]: 'Give a day as 2026-01-31.' });
  return time;
}

async function authorsOf(app: App, author: string): Promise<string[]> {
  const name = author.replace(/^@/, '');
  const user = /^[\w.-]{1,64}$/.test(name) ? await findUserByName(app, name) : undefined;
  if (user?.kind !== 'user' && user?.kind !== 'bot') return [author];
  const emails = await verifiedEmailsOf(app, user.id);
  const own = [...emails, noReplyAddressOf(app, user)].map((email) => `<${email}>`);
  return author.startsWith('@') ? own : [author, ...own];
}
