// What is made from rows alone, kept until any row changes: never stale, since it is not kept by time.
import type { BoundedCache, Caches } from '../cache/cache.ts';
import type { Db } from './db.types.ts';

export interface RowMemory<V extends object> {
  /** What `make` makes, or made before as long as no row has changed since. `key` names everything else it depends on. */
  recall(key: string, make: () => Promise<V>): Promise<V>;
}

interface Kept<V> {
  version: number;
  value: V;
}

/** Opens a memory of at most `maxBytes`; `bytesOf` estimates one entry. Engines that cannot tell of changes keep nothing. */
export function openRowMemory<V extends object>(
  { db, caches }: { db: Db; caches: Caches },
  name: string,
  maxBytes: number,
  bytesOf: (value: V) => number,
): RowMemory<V> {
  const kept: BoundedCache<Kept<V>> = caches.create(name, maxBytes);
  return {
    async recall(key, make) {
      const version = db.version();
      if (version === undefined) return make();
      const known = kept.get(key);
      if (known?.version === version) return known.value;
      const value = await make();
      // What was read while something changed may be of both states.
      if (db.version() === version) kept.set(key, { version, value }, key.length + bytesOf(value));
      return value;
    },
  };
}
