// Comparisons: the listing of their files, remembered by both trees, and the lines of some of them.
import type { App } from '../../platform/app.types.ts';
import type { BoundedCache } from '../../platform/cache/cache.ts';
import { emptyTree, readDiff, readLines } from '../../platform/git/diff.ts';
import type { Diff, DiffFile, DiffLimits, DiffOptions } from '../../platform/git/diff.types.ts';
import { type ChangeListing, listChanges } from '../../platform/git/diff-listing.ts';
import { countChanges, type DiffTotals } from '../../platform/git/diff-totals.ts';
import type { RepoDir } from '../../platform/git/git.types.ts';
import { withinBudget } from './background.service.ts';
import type { Change } from './changes.types.ts';

/** Files whose lines a page holds. */
export const FILES_PER_PAGE = 50;

/** For a part of a large change. */
const PAGE_LIMITS: Partial<DiffLimits> = {
  linesPerFile: 1500,
  lines: 6000,
  bytes: 2 * 1024 * 1024,
};
/** For one file because somebody asked for it. */
const SINGLE_FILE_LIMITS: Partial<DiffLimits> = {
  linesPerFile: 30_000,
  lines: 30_000,
  bytes: 16 * 1024 * 1024,
};
const LISTINGS_BYTES = 24 * 1024 * 1024;
const TOTALS_BYTES = 1024 * 1024;

interface Remembered {
  listings: BoundedCache<ChangeListing>;
  totals: BoundedCache<DiffTotals>;
}

const ofApp = new WeakMap<App, Remembered>();

/** The files of a comparison without their lines. Throws AppError not_found when a side is missing. */
export async function listingOf(app: App, change: Change, signal: AbortSignal): Promise<ChangeListing> {
  const { listings } = rememberedBy(app);
  const key = keyOf(change);
  const known = listings.get(key);
  if (known) return known;
  const listing = await listChanges(app.git, change.after.open.dir, { ...sidesOf(change), signal });
  if (listing.complete) listings.set(key, listing, listing.bytes + key.length * 2);
  return listing;
}

/** Some files of a listing, numbered from 0, with their lines. */
export async function readFiles(
  app: App,
  change: Change,
  files: DiffFile[],
  signal: AbortSignal,
): Promise<DiffFile[]> {
  const { ignoreWhitespace, after } = change;
  const options = { ...sidesOf(change), ignoreWhitespace, files, limits: PAGE_LIMITS, signal };
  if (files.length > 0) await readLines(app.git, after.open.dir, options);
  return files;
}

/** The files at one or two paths (the second: where it was before), with higher limits. */
export async function readPaths(
  app: App,
  change: Change,
  paths: readonly Buffer[],
  options: { context?: number | undefined; signal: AbortSignal },
): Promise<Diff> {
  const { context, signal } = options;
  const { ignoreWhitespace, after } = change;
  return readDiff(app.git, after.open.dir, {
    ...sidesOf(change),
    ...(context === undefined ? {} : { context }),
    ...{ ignoreWhitespace, paths, limits: SINGLE_FILE_LIMITS, signal },
  });
}

/** What a comparison adds and removes in all, if it is known or counted within `budget` milliseconds. */
export async function totalsOf(app: App, change: Change, budget: number): Promise<DiffTotals | undefined> {
  const { totals } = rememberedBy(app);
  const { ignoreWhitespace, after } = change;
  const key = `${keyOf(change)}:${ignoreWhitespace}`;
  const known = totals.get(key);
  if (known) return known;
  return withinBudget(app, `totals:${key}`, budget, async () => {
    const options = { ...sidesOf(change), ignoreWhitespace, longest: 30_000 };
    const counted = await countChanges(app.git, after.open.dir, options);
    if (counted) totals.set(key, counted, key.length * 2 + 100);
    return counted;
  });
}

/** Both trees, and where the objects of the side before are, for git in the directory of the side after. */
export function sidesOf({
  before,
  after,
}: Change): Pick<DiffOptions, 'from' | 'to' | 'others'> & { from: string } {
  return {
    from: before?.commit.tree ?? emptyTree(after.open.repository.objectFormat),
    to: after.commit.tree,
    ...othersOf(before?.open.dir, after.open.dir),
  };
}

function othersOf(other: RepoDir | undefined, dir: RepoDir): Pick<DiffOptions, 'others'> {
  return other === undefined || other === dir ? {} : { others: [other] };
}

function keyOf({ before, after }: Change): string {
  const one = before ? `${before.open.repository.id}/${before.commit.tree}` : 'nothing';
  return `${one}..${after.open.repository.id}/${after.commit.tree}`;
}

function rememberedBy(app: App): Remembered {
  const known = ofApp.get(app) ?? {
    listings: app.caches.create<ChangeListing>('change-listings', LISTINGS_BYTES),
    totals: app.caches.create<DiffTotals>('change-totals', TOTALS_BYTES),
  };
  ofApp.set(app, known);
  return known;
}
