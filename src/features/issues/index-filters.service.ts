// The filters that a walk over the index is made of: each a tight loop over one column.
import { type Columns, FLAG, type SetPool } from './issue-index.types.ts';
import type { Range } from './queries.types.ts';

/** Keeps those of the first `count` slots that match, in place; returns how many are left. */
export type Filter = (slots: Uint32Array, count: number) => number;

type Column = Uint16Array | Uint32Array | Float64Array;

const LONGEST_TABLE = 10_000_000;

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
  const isWanted = tableOf(wanted);
  return (slots, count) => {
    let left = 0;
    for (let i = 0; i < count; i += 1) {
      const slot = slots[i] as number;
      slots[left] = slot;
      left += (isWanted[column[slot] as number] === 1) === isNegated ? 0 : 1;
    }
    return left;
  };
}

/** For each id up to the highest whether it is among them: asking a set takes several times as long. */
function tableOf(ids: readonly number[]): Uint8Array | Record<number, number> {
  const highest = ids.reduce((most, id) => Math.max(most, id), 0);
  if (highest > LONGEST_TABLE) return Object.fromEntries(ids.map((id) => [id, 1]));
  const table = new Uint8Array(highest + 1);
  for (const id of ids) table[id] = 1;
  return table;
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
  wanted: readonly number[],
  isNegated: boolean,
): Filter {
  const has = setsWith(pool, wanted);
  const asked = isNegated ? 0 : 1;
  return (slots, count) => {
    let left = 0;
    for (let i = 0; i < count; i += 1) {
      const slot = slots[i] as number;
      slots[left] = slot;
      left += has[column[slot] as number] === asked ? 1 : 0;
    }
    return left;
  };
}

/** For the offset of each set of a pool whether one of some ids is in it: one walk over all of them. */
function setsWith({ words, used }: SetPool, wanted: readonly number[]): Uint8Array {
  const has = new Uint8Array(used);
  if (wanted.length === 0) return has;
  const isWanted = tableOf(wanted);
  for (let offset = 1; offset < used; ) {
    const end = offset + 1 + (words[offset] as number);
    for (let at = offset + 1; at < end; at += 1)
      if (isWanted[words[at] as number] === 1) {
        has[offset] = 1;
        break;
      }
    offset = end;
  }
  return has;
}

/** What somebody is in an issue: among those of the bits, its author, or one of its assignees. */
export interface Involvement {
  bits: readonly Uint32Array[];
  /** Undefined where only the bits count. */
  people?: { ids: readonly number[]; authors: Uint32Array; assignees: Uint32Array; pool: SetPool };
}

/** Those that somebody takes part in. */
export function byInvolvement({ bits, people }: Involvement, isNegated: boolean): Filter {
  const any = eitherBits(bits);
  if (!people) return byBits(any, isNegated);
  const { authors, assignees } = people;
  const isAuthor = tableOf(people.ids);
  const has = setsWith(people.pool, people.ids);
  return (slots, count) => {
    let left = 0;
    for (let i = 0; i < count; i += 1) {
      const slot = slots[i] as number;
      const isIn =
        (((any[slot >>> 5] ?? 0) >>> (slot & 31)) & 1) === 1 ||
        isAuthor[authors[slot] as number] === 1 ||
        has[assignees[slot] as number] === 1;
      slots[left] = slot;
      left += isIn === isNegated ? 0 : 1;
    }
    return left;
  };
}

function eitherBits(several: readonly Uint32Array[]): Uint32Array {
  const [only = new Uint32Array(0)] = several;
  if (several.length < 2) return only;
  const all = new Uint32Array(Math.max(...several.map(({ length }) => length)));
  for (const bits of several)
    for (let i = 0; i < bits.length; i += 1) all[i] = (all[i] as number) | (bits[i] as number);
  return all;
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

/** Those that pass one of several filters, or none of them; of slots below `limit`. */
export function byEither(filters: readonly Filter[], isNegated: boolean, limit: number): Filter {
  const marks = new Uint8Array(limit);
  return (slots, count) => {
    const all = slots.slice(0, count);
    for (const filter of filters) {
      slots.set(all);
      const left = filter(slots, count);
      for (let i = 0; i < left; i += 1) marks[slots[i] as number] = 1;
    }
    let left = 0;
    for (let i = 0; i < count; i += 1) {
      const slot = all[i] as number;
      slots[left] = slot;
      left += (marks[slot] === 1) === isNegated ? 0 : 1;
      marks[slot] = 0;
    }
    return left;
  };
}

/** Repositories of which a reader may read one kind alone. */
export interface HiddenKinds {
  withoutIssues: readonly number[];
  withoutPulls: readonly number[];
}

/** Leaves out issues of repositories whose issues are hidden, and pull requests where these are. */
export function byReadableKind(
  { flags, repository }: Pick<Columns, 'flags' | 'repository'>,
  { withoutIssues, withoutPulls }: HiddenKinds,
): Filter {
  const [hidesIssues, hidesPulls] = [tableOf(withoutIssues), tableOf(withoutPulls)];
  return (slots, count) => {
    let left = 0;
    for (let i = 0; i < count; i += 1) {
      const slot = slots[i] as number;
      const isPull = ((flags[slot] as number) & FLAG.pull) !== 0;
      slots[left] = slot;
      left += (isPull ? hidesPulls : hidesIssues)[repository[slot] as number] === 1 ? 0 : 1;
    }
    return left;
  };
}

/** Nothing. */
export const NONE: Filter = () => 0;
