// Finds paths by some of their letters in order, best first: letters that stand together, that begin words, and that lie
// in the file's name count more than others.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { FOLDED, MASK_OF, type PathIndex } from './path-index.service.ts';

export interface FoundPath {
  /** Raw bytes. */
  path: Buffer;
  /** Which of its bytes were asked for. */
  positions: number[];
}

export interface FoundPaths {
  /** Best first. */
  paths: FoundPath[];
  /** How many match in all. */
  total: number;
}

export interface Wish {
  query: string;
  limit: number;
  signal?: AbortSignal;
}

/** Longer questions are cut: no path is found by so many letters. */
const MAX_QUERY = 100;
/** The best by the quick look are looked at closely. */
const SHORTLIST = 200;
/** Milliseconds of looking before others have their turn. */
const SLICE_MS = 4;
/** Paths looked at between two looks at the clock. */
const STRIDE = 512;
/** Letters times bytes that the close look is worth. */
const MOST_CELLS = 16 * 1024;

const IN_NAME = 4;
const MATCH = 16;
const TOGETHER = 10;
const AFTER_SLASH = 9;
const AFTER_MARK = 8;
const CAMEL = 7;
const GAP_START = 3;
const GAP = 1;
const SAME_CASE = 1;
const WHOLE_NAME = 60;
const NAME_START = 20;
const NEVER = -1e9;

interface Question {
  folded: Uint8Array;
  exact: Uint8Array;
  mask: number;
}

/** The paths that hold the letters of `query` in order (capital or small), best first; all when nothing is asked. */
export async function searchPaths(index: PathIndex, wish: Wish): Promise<FoundPaths> {
  const question = questionOf(wish.query);
  if (question.folded.length === 0) return firstPaths(index, wish.limit);
  const { candidates, total } = await lookQuickly(index, question, wish.signal);
  const ranked = candidates
    .map(({ path, score }) => ({ path, score: closeScore(index, path, question) ?? score }))
    .sort((one, other) => other.score - one.score || lengthOf(index, one.path) - lengthOf(index, other.path));
  const paths = ranked.slice(0, wish.limit).map(({ path }) => foundPath(index, path, question));
  return { paths, total };
}

function questionOf(query: string): Question {
  const exact = Buffer.from(query.replace(/\s+/g, '').replace(/^\.?\//, ''), 'utf8').subarray(0, MAX_QUERY);
  let mask = 0;
  for (const byte of exact) mask |= MASK_OF[byte] ?? 0;
  return { exact, folded: exact.map((byte) => FOLDED[byte] ?? 0), mask: mask >>> 0 };
}

function firstPaths(index: PathIndex, limit: number): FoundPaths {
  const count = Math.min(limit, index.count);
  const paths = Array.from({ length: count }, (_, path) => ({ path: bytesOf(index, path), positions: [] }));
  return { paths, total: index.count };
}

function bytesOf(index: PathIndex, path: number): Buffer {
  return index.bytes.subarray(index.starts[path], (index.starts[path + 1] ?? 1) - 1);
}

function lengthOf(index: PathIndex, path: number): number {
  return (index.starts[path + 1] ?? 0) - (index.starts[path] ?? 0);
}

interface Candidate {
  path: number;
  score: number;
}

/** Looks at every path, in slices, and keeps the most promising. */
async function lookQuickly(
  index: PathIndex,
  question: Question,
  signal: AbortSignal | undefined,
): Promise<{ candidates: Candidate[]; total: number }> {
  const best = openShortlist();
  let total = 0;
  let until = performance.now() + SLICE_MS;
  for (let from = 0; from < index.count; from += STRIDE) {
    const to = Math.min(index.count, from + STRIDE);
    for (let path = from; path < to; path++) {
      if (((index.masks[path] ?? 0) & question.mask) >>> 0 !== question.mask) continue;
      const score = quickScore(index, path, question);
      if (score === NEVER) continue;
      total++;
      best.add(path, score);
    }
    if (performance.now() < until) continue;
    await nextTurn();
    signal?.throwIfAborted();
    until = performance.now() + SLICE_MS;
  }
  return { candidates: best.candidates(), total };
}

/** Keeps the best SHORTLIST of what is added; sorts only when twice as many are there. */
function openShortlist(): { add(path: number, score: number): void; candidates(): Candidate[] } {
  let kept: Candidate[] = [];
  let least = NEVER;
  const prune = () => {
    kept = kept.sort((one, other) => other.score - one.score || one.path - other.path).slice(0, SHORTLIST);
    if (kept.length === SHORTLIST) least = kept.at(-1)?.score ?? NEVER;
  };
  return {
    add(path, score) {
      if (score <= least) return;
      kept.push({ path, score });
      if (kept.length >= SHORTLIST * 4) prune();
    },
    candidates() {
      prune();
      return kept;
    },
  };
}

/**
 * The better score of two ways to find the letters: the last of each from the path's end, drawn together again from
 * there; and the first of each in the file's name. NEVER when there is no way.
 */
function quickScore(index: PathIndex, path: number, question: Question): number {
  const { bytes } = index;
  const { folded } = question;
  const start = index.starts[path] ?? 0;
  let letter = folded.length - 1;
  let at = (index.starts[path + 1] ?? 0) - 2;
  for (; at >= start; at--) {
    if (FOLDED[bytes[at] ?? 0] === folded[letter] && --letter < 0) break;
  }
  if (letter >= 0) return NEVER;
  const fromEnd = scoreFrom(index, path, question, at);
  return Math.max(fromEnd, scoreFrom(index, path, question, index.names[path] ?? 0));
}

/** The score of the first of each letter from a byte on. */
function scoreFrom(index: PathIndex, path: number, { folded }: Question, from: number): number {
  const { bytes } = index;
  const start = index.starts[path] ?? 0;
  const end = (index.starts[path + 1] ?? 0) - 1;
  const name = index.names[path] ?? 0;
  let score = 0;
  let letter = 0;
  let last = -1;
  let breaks = 0;
  for (let at = from; letter < folded.length; at++) {
    if (at >= end) return NEVER;
    if (FOLDED[bytes[at] ?? 0] !== folded[letter]) continue;
    letter++;
    score += MATCH + (at >= name ? IN_NAME : 0);
    if (last === at - 1 && last >= 0) score += TOGETHER;
    else {
      score += bonusAt(bytes, at, start) - (last < 0 ? 0 : gapCost(at - last - 1));
      breaks++;
    }
    last = at;
  }
  const bonus = breaks === 1 ? nameBonus(index, path, folded.length, last) : 0;
  return score + bonus - lengthCost(index, path);
}

function gapCost(length: number): number {
  return GAP_START + GAP * Math.min(length, 12);
}

function lengthCost(index: PathIndex, path: number): number {
  return lengthOf(index, path) / 32;
}

/** What it adds that the letters are the file's whole name, with or without its ending. */
function nameBonus(index: PathIndex, path: number, letters: number, last: number): number {
  const name = index.names[path] ?? 0;
  const end = (index.starts[path + 1] ?? 0) - 1;
  if (last - letters + 1 !== name) return 0;
  if (last + 1 === end) return WHOLE_NAME;
  return index.bytes[last + 1] === 0x2e ? NAME_START + 10 : NAME_START;
}

function bonusAt(bytes: Buffer, at: number, start: number): number {
  if (at === start) return AFTER_SLASH;
  const before = bytes[at - 1] ?? 0;
  if (before === 0x2f) return AFTER_SLASH;
  if (before === 0x5f || before === 0x2d || before === 0x2e || before === 0x20) return AFTER_MARK;
  const byte = bytes[at] ?? 0;
  const isCapital = byte >= 0x41 && byte <= 0x5a;
  const isDigit = byte >= 0x30 && byte <= 0x39;
  const afterSmall = before >= 0x61 && before <= 0x7a;
  return (isCapital || isDigit) && afterSmall ? CAMEL : 0;
}

/** Worked on by `align` alone, which never waits: making them for each path would cost more than filling them. */
const back = new Int32Array(MOST_CELLS);
const ROWS: [Float64Array, Float64Array] = [new Float64Array(MOST_CELLS), new Float64Array(MOST_CELLS)];

interface Alignment {
  score: number;
  /** Offsets from the path's start, filled in when asked for. */
  positions: number[];
}

function closeScore(index: PathIndex, path: number, question: Question): number | undefined {
  const found = align(index, path, question);
  if (!found) return undefined;
  const last = (index.starts[path] ?? 0) + (found.positions.at(-1) ?? 0);
  const isTogether =
    last - (index.starts[path] ?? 0) - (found.positions[0] ?? 0) === found.positions.length - 1;
  const bonus = isTogether ? nameBonus(index, path, found.positions.length, last) : 0;
  return found.score + bonus - lengthCost(index, path);
}

function foundPath(index: PathIndex, path: number, question: Question): FoundPath {
  const positions = align(index, path, question)?.positions ?? [];
  return { path: bytesOf(index, path), positions };
}

/**
 * The best of all ways to find the letters, by dynamic programming over letters and bytes; undefined for paths too long
 * for that. `back` leads from each cell to where the letter before was found.
 */
function align(index: PathIndex, path: number, { folded, exact }: Question): Alignment | undefined {
  const start = index.starts[path] ?? 0;
  const length = lengthOf(index, path) - 1;
  if (length * folded.length > MOST_CELLS) return undefined;
  const name = (index.names[path] ?? 0) - start;
  let [before, now] = ROWS;
  for (let letter = 0; letter < folded.length; letter++) {
    let gapped = NEVER;
    let gappedFrom = -1;
    for (let at = 0; at < length; at++) {
      const fromGap = at >= 2 ? (before[at - 2] ?? NEVER) - GAP_START - GAP : NEVER;
      gapped -= GAP;
      if (fromGap > gapped) {
        gapped = fromGap;
        gappedFrom = at - 2;
      }
      now[at] = NEVER;
      const byte = index.bytes[start + at] ?? 0;
      if (FOLDED[byte] !== folded[letter]) continue;
      const bonus = bonusAt(index.bytes, start + at, start);
      const own = MATCH + (at >= name ? IN_NAME : 0) + (byte === exact[letter] ? SAME_CASE : 0);
      if (letter === 0) {
        now[at] = own + bonus * 2;
        continue;
      }
      const together = at > 0 ? (before[at - 1] ?? NEVER) + Math.max(TOGETHER, bonus) : NEVER;
      const isTogether = together >= gapped + bonus;
      const best = isTogether ? together : gapped + bonus;
      if (best <= NEVER / 2) continue;
      now[at] = own + best;
      back[letter * length + at] = isTogether ? at - 1 : gappedFrom;
    }
    [before, now] = [now, before];
  }
  return traced(before, length, folded.length);
}

function traced(last: Float64Array, length: number, letters: number): Alignment | undefined {
  let at = -1;
  let score = NEVER / 2;
  for (let one = 0; one < length; one++) {
    const value = last[one] ?? NEVER;
    if (value <= score) continue;
    score = value;
    at = one;
  }
  if (at < 0) return undefined;
  const positions = [at];
  for (let letter = letters - 1; letter > 0; letter--) {
    at = back[letter * length + at] ?? 0;
    positions.unshift(at);
  }
  return { score, positions };
}
