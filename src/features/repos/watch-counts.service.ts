// How many watch a repository, which every page of it shows: counted anew each minute at most.
import { MINUTE } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { BoundedCache } from '../../platform/cache/cache.ts';
import { countWatchers, countWatchersAmong } from './watches.store.ts';

const KEPT = MINUTE;

interface Counted {
  total: number;
  at: number;
}

const counts = new WeakMap<App, BoundedCache<Counted>>();

function countsOf(app: App): BoundedCache<Counted> {
  const known = counts.get(app) ?? app.caches.create<Counted>('watch counts', 1_000_000);
  counts.set(app, known);
  return known;
}

/** How many watch a repository: counted anew each minute at most, since every page of the repository shows it. */
export async function countOfWatchers(app: App, repositoryId: number): Promise<number> {
  const cache = countsOf(app);
  const now = app.clock.now();
  const known = cache.get(String(repositoryId));
  if (known && now - known.at < KEPT) return known.total;
  const total = await countWatchers(app.db.read, repositoryId);
  cache.set(String(repositoryId), { total, at: now }, 100);
  return total;
}

/** As `countOfWatchers`, of several repositories by their ids, in one statement at most. */
export async function countsOfWatchers(app: App, ids: readonly number[]): Promise<Map<number, number>> {
  const cache = countsOf(app);
  const now = app.clock.now();
  const counted = new Map<number, number>();
  for (const id of ids) {
    const known = cache.get(String(id));
    if (known && now - known.at < KEPT) counted.set(id, known.total);
  }
  const missing = ids.filter((id) => !counted.has(id));
  const found = await countWatchersAmong(app.db.read, missing);
  for (const id of missing) {
    const total = found.get(id) ?? 0;
    counted.set(id, total);
    cache.set(String(id), { total, at: now }, 100);
  }
  return counted;
}

/** Counts anew, after somebody's choice. */
export function forgetCounts(app: App): void {
  countsOf(app).clear();
}
