// The filters that a walk over the index is made of: each a tight loop over one column.
import { idsOfSet } from './id-sets.service.ts';
import type { Filter } from './index-scan.service.ts';
import type { SetPool } from './issue-index.types.ts';
import type { Range } from './queries.types.ts';

type Column = Uint16Array | Uint32Array | Float64Array;

/** Those whose flags have exactly `wanted` of the bits in `mask`. */
export function byFlags(flags: Uint16Array, mask: number, wanted: number): Filter {
  return (slots, count) => {
    let left = 0;
    for (let i = 0; i < count; i += 1) {
      const slot = slots[i] as number;
      slots[left] = slot;
      left += ((flags[slot] as number) & mask) === wanted ? 1 : 0;
    }
    return left;
  };
}

/** Those that have one of some bits, or none of them. */
export function byAnyFlag(flags: Uint16Array, mask: number, isNegated: boolean): Filter {
  return (slots, count) => {
    let left = 0;
    for (let i = 0; i < count; i += 1) {
      const slot = slots[i] as number;
      slots[left] = slot;
      left += (((flags[slot] as number) & mask) === 0) === isNegated ? 1 : 0;
    }
    return left;
  };
}

/** Those whose value is one of some. */
export function byValues(column: Column, wanted: readonly number[], isNegated: boolean): Filter {
  const [only] = wanted;
  if (wanted.length === 1 && only !== undefined) return byValue(column, only, isNegated);
  const set = new Set(wanted);
  return (slots, count) => {
    let left = 0;
    for (let i = 0; i < count; i += 1) {
      const slot = slots[i] as number;
      slots[left] = slot;
      left += set.has(column[slot] as number) === isNegated ? 0 : 1;
    }
    return left;
  };
}

function byValue(column: Column, wanted: number, isNegated: boolean): Filter {
  return (slots, count) => {
    let left = 0;
    for (let i = 0; i < count; i += 1) {
      const slot = slots[i] as number;
      slots[left] = slot;
      left += (column[slot] === wanted) === isNegated ? 0 : 1;
    }
    return left;
  };
}

/** Those whose value lies in a range; `none` is the value that stands for none, which lies in no range. */
export function byRange(column: Column, { from, before }: Range, isNegated: boolean, none?: number): Filter {
  const [low, high] = [from ?? Number.NEGATIVE_INFINITY, before ?? Number.POSITIVE_INFINITY];
  return (slots, count) => {
    let left = 0;
    for (let i = 0; i < count; i += 1) {
      const slot = slots[i] as number;
      const value = column[slot] as number;
      slots[left] = slot;
      left += (value >= low && value < high && value !== none) === isNegated ? 0 : 1;
    }
    return left;
  };
}

/** Those whose set has one of some ids. Each set is judged once. */
export function bySets(
  column: Uint32Array,
  pool: SetPool,
  wanted: ReadonlySet<number>,
  isNegated: boolean,
): Filter {
  const known = new Uint8Array(pool.used);
  return (slots, count) => {
    let left = 0;
    for (let i = 0; i < count; i += 1) {
      const slot = slots[i] as number;
      const set = column[slot] as number;
      let has = known[set] ?? 0;
      if (has === 0) {
        has = idsOfSet(pool, set).some((id) => wanted.has(id)) ? 2 : 1;
        known[set] = has;
      }
      slots[left] = slot;
      left += (has === 2) === isNegated ? 0 : 1;
    }
    return left;
  };
}

/** Those whose bit is set. */
export function byBits(bits: Uint32Array, isNegated: boolean): Filter {
  return (slots, count) => {
    let left = 0;
    for (let i = 0; i < count; i += 1) {
      const slot = slots[i] as number;
      slots[left] = slot;
      const word = bits[slot >>> 5] ?? 0;
      left += ((word >>> (slot & 31)) & 1) === (isNegated ? 0 : 1) ? 1 : 0;
    }
    return left;
  };
}

/** Those that pass one of several filters, or none of them. */
export function byEither(filters: readonly Filter[], isNegated: boolean): Filter {
  return (slots, count) => {
    const all = slots.slice(0, count);
    const passing = new Set<number>();
    for (const filter of filters) {
      slots.set(all);
      const left = filter(slots, count);
      for (let i = 0; i < left; i += 1) passing.add(slots[i] as number);
    }
    let left = 0;
    for (const slot of all) {
      slots[left] = slot;
      left += passing.has(slot) === isNegated ? 0 : 1;
    }
    return left;
  };
}

/** Nothing. */
export const NONE: Filter = () => 0;
