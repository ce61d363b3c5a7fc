// In-memory caches, each bounded in bytes. Keys are object ids or versions, so entries never go stale.
import { LRUCache } from 'lru-cache';

export interface BoundedCache<V extends object> {
  get(key: string): V | undefined;
  /** `bytes` is the caller's estimate of what the entry holds in memory. */
  set(key: string, value: V, bytes: number): void;
  clear(): void;
}

export interface Caches {
  /** Makes a cache that forgets the least recently used beyond `maxBytes`. */
  create<V extends object>(name: string, maxBytes: number): BoundedCache<V>;
  /** Bytes and entries per cache, for metrics. */
  readings(): { name: string; entries: number; bytes: number }[];
}

/** Opens the process's caches. */
export function openCaches(): Caches {
  const made = new Map<string, LRUCache<string, object>>();
  return {
    create<V extends object>(name: string, maxBytes: number): BoundedCache<V> {
      const cache = new LRUCache<string, V>({ maxSize: maxBytes, maxEntrySize: Math.ceil(maxBytes / 4) });
      made.set(name, cache as unknown as LRUCache<string, object>);
      return {
        get: (key) => cache.get(key),
        set: (key, value, bytes) => void cache.set(key, value, { size: Math.max(1, bytes) }),
        clear: () => cache.clear(),
      };
    },
    readings: () =>
      [...made].map(([name, cache]) => ({ name, entries: cache.size, bytes: cache.calculatedSize })),
  };
}
