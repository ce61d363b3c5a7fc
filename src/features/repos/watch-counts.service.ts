// How many watch a repository, which every page of it shows: counted anew each minute at most.
import { MINUTE } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { BoundedCache } from '../../platform/cache/cache.ts';
import { countWatchers } from './watches.store.ts';

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

/** Counts anew, after somebody's choice. */
export function forgetCounts(app: App): void {
  countsOf(app).clear();
}
