// Sets of ids, each kept once: most issues share theirs with others, and a filter judges each set once.
import type { SetPool } from './issue-index.types.ts';

/** A pool that holds the empty set only. */
export function newSetPool(): SetPool {
  return { words: new Uint32Array(1024), used: 1, table: new Uint32Array(1024), count: 0 };
}

/** The offset of a set, whose ids are in ascending order; it is added when it is new. */
export function keepSet(pool: SetPool, ids: readonly number[]): number {
  if (ids.length === 0) return 0;
  let at = hashOf(ids) & (pool.table.length - 1);
  for (let offset = pool.table[at]; offset; offset = pool.table[at]) {
    if (isAt(pool, offset, ids)) return offset;
    at = (at + 1) & (pool.table.length - 1);
  }
  const offset = append(pool, ids);
  pool.table[at] = offset;
  pool.count += 1;
  if (pool.count * 2 > pool.table.length) growTable(pool);
  return offset;
}

/** The ids of a set. */
export function idsOfSet(pool: SetPool, offset: number): Uint32Array {
  return pool.words.subarray(offset + 1, offset + 1 + (pool.words[offset] ?? 0));
}

function append(pool: SetPool, ids: readonly number[]): number {
  const offset = pool.used;
  const end = offset + 1 + ids.length;
  if (end > pool.words.length) {
    const larger = new Uint32Array(Math.max(end, Math.ceil(pool.words.length * 1.5)));
    larger.set(pool.words);
    pool.words = larger;
  }
  pool.words[offset] = ids.length;
  pool.words.set(ids, offset + 1);
  pool.used = end;
  return offset;
}

function isAt(pool: SetPool, offset: number, ids: readonly number[]): boolean {
  if (pool.words[offset] !== ids.length) return false;
  for (let i = 0; i < ids.length; i += 1) if (pool.words[offset + 1 + i] !== ids[i]) return false;
  return true;
}

function growTable(pool: SetPool): void {
  const table = new Uint32Array(pool.table.length * 2);
  for (let offset = 1; offset < pool.used; offset += 1 + (pool.words[offset] ?? 0)) {
    let at = hashOf(idsOfSet(pool, offset)) & (table.length - 1);
    while (table[at]) at = (at + 1) & (table.length - 1);
    table[at] = offset;
  }
  pool.table = table;
}

function hashOf(ids: ArrayLike<number>): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < ids.length; i += 1) {
    hash = Math.imul(hash ^ (ids[i] ?? 0), 0x01000193);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}
