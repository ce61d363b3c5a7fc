// Finds what changed within a pair of changed lines, for emphasis. A pure function of bounded cost: equal words at both
// ends are set aside, and what is left is compared word by word where it is short enough.
import type { DiffHunk, DiffLine } from './diff.types.ts';

/** Half-open ranges of UTF-16 units of a line. */
export type Ranges = readonly (readonly [start: number, end: number])[];

const LONGEST = 2000;
/** Words of each line that are compared with those of the other. */
const MOST_WORDS = 100;
/** Pairs that share less than this part of their text are two lines, not one edited line. */
const LEAST_SHARED = 0.35;
const WORDS = /[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu;

/** Marks, in the deleted and added lines of a hunk that are one edited line each, the words that differ. */
export function emphasizeWords(hunk: DiffHunk): void {
  for (const [removed, added] of changedPairs(hunk.lines)) {
    const found = changedRanges(removed.text, added.text);
    if (!found) continue;
    removed.words = found.before;
    added.words = found.after;
  }
}

/** A run of removed lines directly followed by a run of as many added lines is paired in order. */
function* changedPairs(lines: readonly DiffLine[]): Generator<[DiffLine, DiffLine]> {
  for (let at = 0; at < lines.length; ) {
    const removed = runOf(lines, at, 'delete');
    const added = runOf(lines, at + removed.length, 'add');
    if (removed.length === added.length) {
      for (const [i, line] of removed.entries()) {
        const other = added[i];
        if (other) yield [line, other];
      }
    }
    at += Math.max(1, removed.length + added.length);
  }
}

function runOf(lines: readonly DiffLine[], from: number, kind: DiffLine['kind']): readonly DiffLine[] {
  let end = from;
  while (lines[end]?.kind === kind) end++;
  return lines.slice(from, end);
}

/** What differs between two lines; undefined when they share too little or are too long to compare. */
export function changedRanges(before: string, after: string): { before: Ranges; after: Ranges } | undefined {
  if (before.length > LONGEST || after.length > LONGEST || before === after) return undefined;
  const [old, young] = [before.match(WORDS) ?? [], after.match(WORDS) ?? []];
  let start = 0;
  while (start < old.length && start < young.length && old[start] === young[start]) start++;
  let tail = 0;
  const most = Math.min(old.length, young.length) - start;
  while (tail < most && old[old.length - 1 - tail] === young[young.length - 1 - tail]) tail++;
  const [oldMiddle, youngMiddle] = [
    old.slice(start, old.length - tail),
    young.slice(start, young.length - tail),
  ];
  const common = commonWords(oldMiddle, youngMiddle);
  const ranges = {
    before: rangesOf(old, start, oldMiddle.length, common.old),
    after: rangesOf(young, start, youngMiddle.length, common.young),
  };
  const shared = before.length - lengthOf(ranges.before);
  return shared < LEAST_SHARED * Math.max(before.length, after.length) ? undefined : ranges;
}

function lengthOf(ranges: Ranges): number {
  return ranges.reduce((total, [from, to]) => total + to - from, 0);
}

/** Which words of each side are in their longest common subsequence; none when there are too many to compare. */
function commonWords(
  old: readonly string[],
  young: readonly string[],
): { old: Set<number>; young: Set<number> } {
  const common = { old: new Set<number>(), young: new Set<number>() };
  if (old.length > MOST_WORDS || young.length > MOST_WORDS) return common;
  const width = young.length + 1;
  const lengths = new Uint8Array((old.length + 1) * width);
  const at = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = young.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        old[i] === young[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  for (let i = 0, j = 0; i < old.length && j < young.length; ) {
    if (old[i] === young[j]) {
      common.old.add(i++);
      common.young.add(j++);
    } else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return common;
}

/** The words of the middle that are not common, neighbours joined; a space alone between two changes is changed too. */
function rangesOf(
  words: readonly string[],
  start: number,
  count: number,
  common: ReadonlySet<number>,
): Ranges {
  const ranges: [number, number][] = [];
  let at = words.slice(0, start).join('').length;
  for (let i = 0; i < count; i++) {
    const word = words[start + i] ?? '';
    const last = ranges.at(-1);
    const isBetween = /^\s+$/.test(word) && last?.[1] === at && i + 1 < count && !common.has(i + 1);
    if (!common.has(i) || isBetween) {
      if (last?.[1] === at) last[1] = at + word.length;
      else ranges.push([at, at + word.length]);
    }
    at += word.length;
  }
  return ranges;
}
