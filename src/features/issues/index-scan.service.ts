// One walk over the slots that may match: every filter in turn on blocks of slots, exact counts, and the first few in the
// order of the sort. Loops over typed arrays without a call per issue: some milliseconds for a million of issues.
import { byFlags, byValues, type Filter } from './index-filters.service.ts';
import { type Columns, FLAG, type IssueIndex } from './issue-index.types.ts';
import type { Sort } from './queries.types.ts';

/** A place in the order of a list: the value that is sorted by, and the issue. */
export interface Position {
  value: number;
  id: number;
}

export interface Scan {
  /** Undefined: of all repositories. */
  repositoryIds: Iterable<number> | undefined;
  /** Only these slots, as far as they are of the repositories. */
  slots?: Uint32Array;
  filters: readonly Filter[];
  /** Which of the two states are listed; both are counted. */
  states: { open: boolean; closed: boolean };
  sort: Sort;
  /** For `relevance`: of each slot. */
  scores?: ReadonlyMap<number, number>;
  after?: Position;
  before?: Position;
  size: number;
}

export interface Found {
  ids: number[];
  /** Of the first and of the last one. */
  first: Position | undefined;
  last: Position | undefined;
  open: number;
  closed: number;
  hasPrevious: boolean;
  hasNext: boolean;
}

const BLOCK = 4096;
const CLOSED_BIT = Math.log2(FLAG.closed);
/** Room for matches; it doubles when it is full. */
const KEPT_AT_FIRST = 1 << 16;
/** Candidates gathered before the best are picked out. */
const GATHERED = 2048;

/** Walks and finds. */
export function scan(index: IssueIndex, what: Scan): Found {
  const { columns } = index;
  const { states } = what;
  const counts = { open: 0, closed: 0 };
  const picker = openPicker(columns, what);
  // Told apart by a filter without branches: which state an issue is in cannot be foreseen.
  const byState = byFlags(columns.flags, FLAG.closed, states.open ? 0 : FLAG.closed);
  eachBlock(index, what, (slots, count) => {
    const left = passing(what.filters, slots, count);
    if (states.open === states.closed) {
      const closed = countClosed(columns.flags, slots, left);
      counts.closed += closed;
      counts.open += left - closed;
      if (states.open) picker.offer(slots, left);
      return;
    }
    const listed = byState(slots, left);
    counts[states.open ? 'open' : 'closed'] += listed;
    counts[states.open ? 'closed' : 'open'] += left - listed;
    picker.offer(slots, listed);
  });
  return { ...counts, ...picker.finish() };
}

function passing(filters: readonly Filter[], slots: Uint32Array, count: number): number {
  let left = count;
  for (const filter of filters) left = left === 0 ? 0 : filter(slots, left);
  return left;
}

function countClosed(flags: Uint16Array, slots: Uint32Array, count: number): number {
  let closed = 0;
  for (let i = 0; i < count; i += 1)
    closed += ((flags[slots[i] as number] as number) & FLAG.closed) >>> CLOSED_BIT;
  return closed;
}

export interface Matches {
  /** Those that have at least one match. */
  repositoryIds: number[];
  /** The matches themselves, in the order of all slots. */
  slots: Uint32Array;
}

/** Matches in all repositories, among some slots or among all. */
export function matchesOf(index: IssueIndex, filters: readonly Filter[], among?: Uint32Array): Matches {
  const found = new Set<number>();
  let kept = new Uint32Array(KEPT_AT_FIRST);
  const { repository } = index.columns;
  let [last, total] = [0, 0];
  eachBlock(index, { repositoryIds: undefined, ...(among ? { slots: among } : {}) }, (slots, count) => {
    const left = passing(filters, slots, count);
    // Issues of one repository lie together.
    for (let i = 0; i < left; i += 1) {
      const id = repository[slots[i] as number] as number;
      if (id !== last) found.add(id);
      last = id;
    }
    if (total + left > kept.length) kept = larger(kept);
    kept.set(slots.subarray(0, left), total);
    total += left;
  });
  return { repositoryIds: [...found], slots: kept.subarray(0, total).reverse() };
}

function larger(kept: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const room = new Uint32Array(kept.length * 2);
  room.set(kept);
  return room;
}

/** The ids of matches, at most `most`; undefined when there are more. */
export function idsUpTo(
  index: IssueIndex,
  what: Pick<Scan, 'repositoryIds' | 'filters'>,
  most: number,
): number[] | undefined {
  const ids: number[] = [];
  eachBlock(index, what, (slots, count) => {
    const left = passing(what.filters, slots, count);
    for (let i = 0; i < left && ids.length <= most; i += 1)
      ids.push(index.columns.id[slots[i] as number] as number);
    return ids.length > most;
  });
  return ids.length > most ? undefined : ids;
}

/** Hands out the slots of issues that are there in blocks, those of the newest issues of a repository first; ends early when `work` says so. */
function eachBlock(
  index: IssueIndex,
  { repositoryIds, slots }: Pick<Scan, 'repositoryIds' | 'slots'>,
  // biome-ignore lint/suspicious/noConfusingVoidType: most callers want all of it
  work: (slots: Uint32Array, count: number) => boolean | void,
): void {
  const block = new Uint32Array(BLOCK);
  const { columns, spans, later } = index;
  const { flags } = columns;
  let filled = 0;
  let isOver = false;
  const flush = () => {
    if (filled > 0 && !isOver) isOver = work(block, filled) === true;
    filled = 0;
  };
  const addRange = (start: number, end: number) => {
    for (let at = end; at > start && !isOver; ) {
      const size = Math.min(BLOCK - filled, at - start);
      // One step on or none: what is gone is written over by the next.
      for (let i = 1; i <= size; i += 1) {
        block[filled] = at - i;
        filled += 1 - ((flags[at - i] as number) & FLAG.gone);
      }
      at -= size;
      if (filled === BLOCK) flush();
    }
  };
  const addList = (list: ArrayLike<number>) => {
    for (let i = list.length - 1; i >= 0 && !isOver; i -= 1) {
      block[filled] = list[i] as number;
      filled += 1 - ((flags[list[i] as number] as number) & FLAG.gone);
      if (filled === BLOCK) flush();
    }
  };
  if (slots) {
    addList(repositoryIds === undefined ? slots : ofRepositories(columns, slots, [...repositoryIds]));
  } else if (repositoryIds === undefined) addRange(0, columns.count);
  else
    for (const id of repositoryIds) {
      if (isOver) break;
      addList(later.get(id) ?? []);
      const span = spans.get(id);
      if (span) addRange(span.start, span.end);
    }
  flush();
}

function ofRepositories({ repository }: Columns, slots: Uint32Array, ids: readonly number[]): Uint32Array {
  const kept = slots.slice();
  return kept.subarray(0, byValues(repository, ids, false)(kept, kept.length));
}

interface Picker {
  offer(slots: Uint32Array, count: number): void;
  finish(): Pick<Found, 'ids' | 'first' | 'last' | 'hasPrevious' | 'hasNext'>;
}

/** What comes first by the sort from a place on, in either direction. */
function openPicker(columns: Columns, what: Scan): Picker {
  const { size, sort, after, before } = what;
  const from = before ?? after;
  // Towards the start of the list everything is turned round.
  const isBackwards = before !== undefined;
  const isDescending = (sort.direction === 'desc') !== isBackwards;
  const sign = isDescending ? -1 : 1;
  const keys = new Float64Array(GATHERED);
  const kept = new Uint32Array(GATHERED);
  const readValues = valuesOf(columns, what);
  const values = new Float64Array(BLOCK);
  let filled = 0;
  let worst = Number.POSITIVE_INFINITY;
  let worstId = 0;
  let skipped = 0;
  let offered = 0;
  const { id } = columns;

  /** Orders by key and then by id, newer issues first in descending lists. */
  const isBefore = (one: number, other: number) => {
    const [a, b] = [keys[one] as number, keys[other] as number];
    if (a !== b) return a - b;
    return sign * ((id[kept[one] as number] as number) - (id[kept[other] as number] as number));
  };
  const prune = () => {
    const order = Array.from({ length: filled }, (_, i) => i).sort(isBefore);
    const best = order.slice(0, size);
    const [bestKeys, bestSlots] = [best.map((i) => keys[i] as number), best.map((i) => kept[i] as number)];
    keys.set(bestKeys);
    kept.set(bestSlots);
    filled = best.length;
    if (filled < size) return;
    worst = bestKeys.at(-1) ?? worst;
    worstId = id[bestSlots.at(-1) ?? 0] ?? 0;
  };
  const take = (key: number, slot: number) => {
    keys[filled] = key;
    kept[filled] = slot;
    filled += 1;
    if (filled === GATHERED) prune();
  };
  /** Counts and leaves out what lies before the place a page begins at. */
  const behind = (slots: Uint32Array, count: number, start: Position) => {
    let left = 0;
    const key = sign * start.value;
    for (let i = 0; i < count; i += 1) {
      const [slot, own] = [slots[i] as number, sign * (values[i] as number)];
      if (own < key || (own === key && sign * ((id[slot] as number) - start.id) <= 0)) continue;
      slots[left] = slot;
      values[left] = values[i] as number;
      left += 1;
    }
    skipped += count - left;
    return left;
  };
  return {
    offer(slots, count) {
      readValues(slots, count, values);
      const left = from ? behind(slots, count, from) : count;
      offered += left;
      for (let i = 0; i < left; i += 1) {
        const key = sign * (values[i] as number);
        if (key > worst) continue;
        const slot = slots[i] as number;
        // Of very many with the same value most are known to be too late by their id.
        if (key < worst || sign * ((id[slot] as number) - worstId) < 0) take(key, slot);
      }
    },
    finish() {
      prune();
      const hasMore = offered > filled;
      const slots = [...kept.subarray(0, filled)];
      const places = slots.map((slot, i) => ({ value: sign * (keys[i] as number), id: id[slot] as number }));
      if (isBackwards) places.reverse();
      const [hasPrevious, hasNext] = isBackwards ? [hasMore, skipped > 0] : [skipped > 0, hasMore];
      return {
        ids: places.map((place) => place.id),
        first: places[0],
        last: places.at(-1),
        hasPrevious,
        hasNext,
      };
    },
  };
}

type Values = (slots: Uint32Array, count: number, values: Float64Array) => void;

function valuesOf(columns: Columns, { sort, scores }: Scan): Values {
  if (sort.key === 'relevance') {
    return (slots, count, values) => {
      for (let i = 0; i < count; i += 1) values[i] = scores?.get(slots[i] as number) ?? 0;
    };
  }
  if (sort.key === 'due') return dueValues(columns.due, sort.direction === 'asc' ? 0x10000 : 0);
  const column = columns[sort.key];
  return (slots, count, values) => {
    for (let i = 0; i < count; i += 1) values[i] = column[slots[i] as number] as number;
  };
}

/** Issues without a due date come last in both directions. */
function dueValues(due: Uint16Array, none: number): Values {
  return (slots, count, values) => {
    for (let i = 0; i < count; i += 1) {
      const day = due[slots[i] as number] as number;
      values[i] = day === 0 ? none : day;
    }
  };
}
