// The commits of a pull request, in the order they are applied in.
import type { App } from '../../platform/app.types.ts';
import type { BoundedCache } from '../../platform/cache/cache.ts';
import type { Commit, Oid } from '../../platform/git/git.types.ts';
import { countCommitsBetween, listCommitsBetween } from '../../platform/git/history.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { findRevision } from './pulls.store.ts';
import type { Pull, PullRow } from './pulls.types.ts';

export interface PullCommits {
  /** The oldest first. */
  commits: Commit[];
  total: number;
}

/** One page (from 1) of what the head has and the base has not, the oldest first. */
export async function listPullCommits(
  app: App,
  open: Pick<OpenRepository, 'dir'>,
  pull: PullRow,
  { page, size, signal }: { page: number; size: number; signal?: AbortSignal },
): Promise<PullCommits> {
  const range = { base: pull.baseOid, head: pull.headOid, ...(signal ? { signal } : {}) };
  const total = await countOf(app, open, range);
  const rest = total - (page - 1) * size;
  if (page < 1 || rest <= 0) return { commits: [], total };
  // git lists the newest first: what comes behind the page is skipped.
  const skip = Math.max(0, rest - size);
  const { commits } = await listCommitsBetween(app.git, open.dir, {
    ...range,
    cursor: String(skip),
    limit: rest - skip,
  });
  return { commits: commits.reverse(), total };
}

/** Whether a commit is one that the pull request brings. */
export async function isPullCommit(
  app: App,
  open: Pick<OpenRepository, 'dir'>,
  { baseOid, headOid }: PullRow,
  oid: Oid,
): Promise<boolean> {
  const { commits } = await listCommitsBetween(app.git, open.dir, {
    base: baseOid,
    head: headOid,
    limit: MOST_LOOKED_AT,
  });
  return commits.some((commit) => commit.oid === oid);
}

const MOST_LOOKED_AT = 10_000;

/** What a pull request was opened with: the newest commits of its first head, the oldest first. */
export interface OpenedWith {
  oids: readonly Oid[];
  count: number;
}

const RANGES = 4 * 1024 * 1024;
const RANGE_COST = 2048;
const COUNTS = 1024 * 1024;
const COUNT_COST = 200;

interface Remembered {
  opened: BoundedCache<OpenedWith>;
  counts: BoundedCache<{ count: number }>;
}

const caches = new WeakMap<App, Remembered>();

/** What lies between two commits never changes. */
function remembered(app: App): Remembered {
  const known = caches.get(app);
  if (known) return known;
  const made: Remembered = {
    opened: app.caches.create<OpenedWith>('pull-openings', RANGES),
    counts: app.caches.create<{ count: number }>('pull-commit-counts', COUNTS),
  };
  caches.set(app, made);
  return made;
}

async function countOf(
  app: App,
  { dir }: Pick<OpenRepository, 'dir'>,
  range: { base: Oid; head: Oid; signal?: AbortSignal },
): Promise<number> {
  const { counts } = remembered(app);
  const key = `${dir} ${range.base}..${range.head}`;
  const known = counts.get(key);
  if (known) return known.count;
  const count = await countCommitsBetween(app.git, dir, range);
  counts.set(key, { count }, COUNT_COST);
  return count;
}

/** The last `limit` commits of the first head, and how many there were. */
export async function openedWith(
  app: App,
  open: Pick<OpenRepository, 'dir'>,
  { issue }: Pull,
  limit: number,
): Promise<OpenedWith> {
  const first = await findRevision(app.db.read, issue.id, 1);
  if (!first) return { oids: [], count: 0 };
  const { opened } = remembered(app);
  const range = { base: first.mergeBaseOid, head: first.headOid };
  const key = `${open.dir} ${range.base}..${range.head}`;
  const known = opened.get(key);
  if (known) return known;
  const [{ commits }, count] = await Promise.all([
    listCommitsBetween(app.git, open.dir, { ...range, limit }),
    countOf(app, open, range),
  ]);
  const found = { oids: commits.map(({ oid }) => oid).reverse(), count };
  opened.set(key, found, RANGE_COST);
  return found;
}
