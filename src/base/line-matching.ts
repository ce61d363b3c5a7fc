// Which lines of one text are lines of another: unique lines lead (patience), a shortest edit script of bounded cost (Myers)
// fills what lies between them. Pure.

/** Edits beyond which what lies between two unique lines counts as replaced: cost grows with their square. */
const MOST_EDITS = 300;
/** Lines looked at for each line that is given: texts may be made so that every look finds but one more match. */
const MOST_LOOKS = 40;
const NONE = -1;

/** For each line of `before`, counted from 0, the line of `after` that it is, or -1. The order is kept. */
export function matchLines(before: readonly string[], after: readonly string[]): Int32Array {
  const numbers = new Map<string, number>();
  const numbered = (lines: readonly string[]) => Int32Array.from(lines, (line) => numberOf(numbers, line));
  const texts = { old: numbered(before), young: numbered(after) };
  const matches = new Int32Array(before.length).fill(NONE);
  const waiting: Range[] = [{ oldFrom: 0, oldTo: before.length, youngFrom: 0, youngTo: after.length }];
  let looks = (before.length + after.length + 100) * MOST_LOOKS;
  for (let range = waiting.pop(); range && looks > 0; range = waiting.pop()) {
    looks -= range.oldTo - range.oldFrom + range.youngTo - range.youngFrom;
    matchRange(texts, range, matches, waiting);
  }
  return matches;
}

interface Texts {
  old: Int32Array;
  young: Int32Array;
}

interface Range {
  oldFrom: number;
  oldTo: number;
  youngFrom: number;
  youngTo: number;
}

function numberOf(numbers: Map<string, number>, line: string): number {
  const known = numbers.get(line);
  if (known !== undefined) return known;
  numbers.set(line, numbers.size);
  return numbers.size - 1;
}

function matchRange(texts: Texts, given: Range, matches: Int32Array, waiting: Range[]): void {
  const range = withoutEnds(texts, given, matches);
  if (range.oldFrom >= range.oldTo || range.youngFrom >= range.youngTo) return;
  const leads = inOrder(uniqueIn(texts, range));
  if (leads.length === 0) {
    matchByEdits(texts, range, matches);
    return;
  }
  let { oldFrom, youngFrom } = range;
  for (const [old, young] of leads) {
    matches[old] = young;
    waiting.push({ oldFrom, oldTo: old, youngFrom, youngTo: young });
    oldFrom = old + 1;
    youngFrom = young + 1;
  }
  waiting.push({ ...range, oldFrom, youngFrom });
}

/** Matches what is the same at both ends; what is left lies between. */
function withoutEnds({ old, young }: Texts, range: Range, matches: Int32Array): Range {
  let { oldFrom, oldTo, youngFrom, youngTo } = range;
  while (oldFrom < oldTo && youngFrom < youngTo && old[oldFrom] === young[youngFrom])
    matches[oldFrom++] = youngFrom++;
  while (oldFrom < oldTo && youngFrom < youngTo && old[oldTo - 1] === young[youngTo - 1])
    matches[--oldTo] = --youngTo;
  return { oldFrom, oldTo, youngFrom, youngTo };
}

/** Pairs of places of lines that are there once on either side, in the order of the side before. */
function uniqueIn({ old, young }: Texts, range: Range): [number, number][] {
  const places = new Map<number, { times: number; at: number }>();
  for (let at = range.youngFrom; at < range.youngTo; at++) {
    const line = young[at] ?? NONE;
    places.set(line, { times: (places.get(line)?.times ?? 0) + 1, at });
  }
  const times = new Map<number, number>();
  for (let at = range.oldFrom; at < range.oldTo; at++)
    times.set(old[at] ?? NONE, (times.get(old[at] ?? NONE) ?? 0) + 1);
  const pairs: [number, number][] = [];
  for (let at = range.oldFrom; at < range.oldTo; at++) {
    const there = places.get(old[at] ?? NONE);
    if (there?.times === 1 && times.get(old[at] ?? NONE) === 1) pairs.push([at, there.at]);
  }
  return pairs;
}

/** The longest run of pairs that is in order on both sides. */
function inOrder(pairs: readonly [number, number][]): [number, number][] {
  const ends: number[] = [];
  const previous = new Int32Array(pairs.length).fill(NONE);
  for (const [index, [, young]] of pairs.entries()) {
    const length = lengthBefore(pairs, ends, young);
    previous[index] = length > 0 ? (ends[length - 1] ?? NONE) : NONE;
    ends[length] = index;
  }
  const kept: [number, number][] = [];
  for (let at = ends.at(-1) ?? NONE; at >= 0; at = previous[at] ?? NONE) {
    const pair = pairs[at];
    if (pair) kept.push(pair);
  }
  return kept.reverse();
}

function lengthBefore(pairs: readonly [number, number][], ends: readonly number[], young: number): number {
  let [low, high] = [0, ends.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((pairs[ends[middle] ?? 0]?.[1] ?? 0) < young) low = middle + 1;
    else high = middle;
  }
  return low;
}

function matchByEdits({ old, young }: Texts, range: Range, matches: Int32Array): void {
  const [width, height] = [range.oldTo - range.oldFrom, range.youngTo - range.youngFrom];
  const isSame = (x: number, y: number) => old[range.oldFrom + x] === young[range.youngFrom + y];
  const most = Math.min(MOST_EDITS, width + height);
  const trace = furthestEnds(width, height, most, isSame);
  if (!trace) return;
  let [x, y] = [width, height];
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    const ends = trace[edits] ?? new Int32Array(0);
    const diagonal = x - y;
    const from = stepsDown(ends, diagonal, edits, most) ? diagonal + 1 : diagonal - 1;
    const fromX = edits === 0 ? 0 : (ends[from + most + 1] ?? 0);
    const fromY = edits === 0 ? 0 : fromX - from;
    while (x > fromX && y > fromY) matches[range.oldFrom + --x] = range.youngFrom + --y;
    [x, y] = [fromX, fromY];
  }
}

/** The furthest reaching ends before each number of edits; undefined when there are too many. */
function furthestEnds(
  width: number,
  height: number,
  most: number,
  isSame: (x: number, y: number) => boolean,
): Int32Array[] | undefined {
  const ends = new Int32Array(2 * most + 3);
  const trace: Int32Array[] = [];
  for (let edits = 0; edits <= most; edits++) {
    trace.push(ends.slice());
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const at = diagonal + most + 1;
      let x = stepsDown(ends, diagonal, edits, most) ? (ends[at + 1] ?? 0) : (ends[at - 1] ?? 0) + 1;
      while (x < width && x - diagonal < height && isSame(x, x - diagonal)) x++;
      ends[at] = x;
      if (x >= width && x - diagonal >= height) return trace;
    }
  }
  return undefined;
}

function stepsDown(ends: Int32Array, diagonal: number, edits: number, most: number): boolean {
  const at = diagonal + most + 1;
  return diagonal === -edits || (diagonal !== edits && (ends[at - 1] ?? 0) < (ends[at + 1] ?? 0));
}
