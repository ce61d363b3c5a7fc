// Lists of branches as their page shows them: all of them by name, or those of a kind by the time of their last commit.
import type { Actor } from '../../base/actor.ts';
import { DAY } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { commitTimes } from '../../platform/git/commit-times.ts';
import type { Oid, Ref } from '../../platform/git/git.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { RefWithCommit } from './refs.service.ts';

const HEADS = 'refs/heads/';

export const BRANCH_TABS = ['yours', 'active', 'stale', 'all'] as const;
export type BranchTab = (typeof BRANCH_TABS)[number];

/** Without a commit for so long a branch counts as stale. */
const STALE_AFTER = 90 * DAY;
/** Commits that are not in the commit-graph and are read for their time, at most. */
const MOST_READ = 5000;
/** Events looked through for the branches somebody pushed to. */
const MOST_EVENTS = 500;

export interface BranchList {
  items: RefWithCommit[];
  /** Where the next page goes on. */
  next: string | undefined;
}

export interface BranchQuery {
  tab: BranchTab;
  /** Only names that contain this, in any case. */
  words: string;
  /** `next` of the page before. */
  after: string | undefined;
  limit: number;
}

/** Everything the lists of one page are made from. */
export interface BranchOverview {
  refs: readonly Ref[];
  /** Milliseconds since 1970 by commit. */
  times: ReadonlyMap<Oid, number>;
  /** Full names of the branches the visitor pushed to lately. */
  pushed: ReadonlySet<string>;
}

/** Reads the branches, and for lists other than that of all the times of their last commits. */
export async function readBranches(
  app: App,
  actor: Actor,
  open: OpenRepository,
  withTimes: boolean,
): Promise<BranchOverview> {
  const refs = await app.git.refs(open.dir, HEADS);
  if (!withTimes) return { refs, times: new Map(), pushed: new Set() };
  const source = { dir: open.dir, objects: app.git.objects(open.dir) };
  const oids = refs.map((ref) => ref.oid);
  const [times, pushed] = await Promise.all([
    commitTimes(source, oids, MOST_READ),
    pushedBy(app, actor, open),
  ]);
  return { refs, times, pushed };
}

async function pushedBy(app: App, actor: Actor, open: OpenRepository): Promise<Set<string>> {
  if (actor.kind !== 'user') return new Set();
  const filter = { repositoryId: open.repository.id, actorId: actor.userId, limit: MOST_EVENTS };
  const events = await app.events.recent(filter);
  return new Set(
    events.flatMap((event) => (event.kind === 'push' ? event.updates.map(({ ref }) => ref) : [])),
  );
}

/** One page of a list. The default branch is the first of all, and in no other list. */
export async function listBranchesOf(
  app: App,
  open: OpenRepository,
  overview: BranchOverview,
  query: BranchQuery,
): Promise<BranchList> {
  const words = query.words.toLowerCase();
  const matching = overview.refs.filter((ref) => nameOf(ref).toLowerCase().includes(words));
  const ordered =
    query.tab === 'all' ? byName(open, matching) : byTime(app, open, overview, matching, query.tab);
  const cursors = ordered.map((ref) => cursorOf(query.tab, ref, overview));
  const start = query.after === undefined ? 0 : startBehind(open, query, cursors);
  const shown = ordered.slice(start, start + query.limit);
  const last = shown.at(-1);
  const hasMore = last !== undefined && start + query.limit < ordered.length;
  return {
    items: await withCommits(app, open, shown),
    next: hasMore ? cursorOf(query.tab, last, overview) : undefined,
  };
}

async function withCommits(app: App, open: OpenRepository, refs: readonly Ref[]): Promise<RefWithCommit[]> {
  const objects = app.git.objects(open.dir);
  return Promise.all(
    refs.map(async (ref) => ({ name: nameOf(ref), ref, commit: await objects.commit(ref.oid) })),
  );
}

function nameOf(ref: Ref): string {
  return ref.name.slice(HEADS.length);
}

function byName(open: OpenRepository, refs: readonly Ref[]): Ref[] {
  const first = HEADS + open.repository.defaultBranch;
  return [...refs.filter((ref) => ref.name === first), ...refs.filter((ref) => ref.name !== first)];
}

/** The youngest first; of stale ones the oldest. */
function byTime(
  app: App,
  open: OpenRepository,
  { times, pushed }: BranchOverview,
  refs: readonly Ref[],
  tab: Exclude<BranchTab, 'all'>,
): Ref[] {
  const border = app.clock.now() - STALE_AFTER;
  const timeOf = (ref: Ref) => times.get(ref.oid) ?? 0;
  const belongs = (ref: Ref) =>
    tab === 'yours' ? pushed.has(ref.name) : timeOf(ref) >= border === (tab === 'active');
  const sign = tab === 'stale' ? -1 : 1;
  return refs
    .filter((ref) => nameOf(ref) !== open.repository.defaultBranch && belongs(ref))
    .sort((a, b) => sign * (timeOf(b) - timeOf(a)) || (a.name < b.name ? -1 : 1));
}

function cursorOf(tab: BranchTab, ref: Ref, { times }: BranchOverview): string {
  return tab === 'all' ? nameOf(ref) : `${times.get(ref.oid) ?? 0} ${nameOf(ref)}`;
}

/** Where a page begins: behind the branch its cursor names, or behind the place where that was. */
function startBehind(
  open: OpenRepository,
  { tab, after = '' }: BranchQuery,
  cursors: readonly string[],
): number {
  const exact = cursors.indexOf(after);
  if (exact >= 0) return exact + 1;
  // The default branch stands first whatever its name.
  const from = tab === 'all' && cursors[0] === open.repository.defaultBranch ? 1 : 0;
  const found = cursors.findIndex((cursor, index) => index >= from && isBehind(tab, cursor, after));
  return found < 0 ? cursors.length : found;
}

function isBehind(tab: BranchTab, cursor: string, after: string): boolean {
  if (tab === 'all') return cursor > after;
  const [time, name] = partsOf(cursor);
  const [before, beforeName] = partsOf(after);
  if (time === before) return name > beforeName;
  return tab === 'stale' ? time > before : time < before;
}

function partsOf(cursor: string): [time: number, name: string] {
  const space = cursor.indexOf(' ');
  return [Number(cursor.slice(0, Math.max(space, 0))) || 0, cursor.slice(space + 1)];
}
