// Finds what changed within a pair of changed lines, for emphasis. Bounded in cost.
import { diffWordsWithSpace } from 'diff';
import type { DiffHunk, DiffLine } from './diff.types.ts';

/** Half-open ranges of UTF-16 units of a line. */
export type Ranges = readonly (readonly [start: number, end: number])[];

const MAX_LENGTH = 600;
/** Pairs that share less than this part of their text are two lines, not one edited line. */
const LEAST_SHARED = 0.35;

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
function changedPairs(lines: DiffLine[]): [DiffLine, DiffLine][] {
  const pairs: [DiffLine, DiffLine][] = [];
  let removed: DiffLine[] = [];
  let added: DiffLine[] = [];
  const flush = () => {
    if (removed.length === added.length) {
      removed.forEach((line, i) => {
        const other = added[i];
        if (other) pairs.push([line, other]);
      });
    }
    removed = [];
    added = [];
  };
  for (const line of lines) {
    if (line.kind === 'add') added.push(line);
    else {
      if (line.kind === 'context' || added.length > 0) flush();
      if (line.kind === 'delete') removed.push(line);
    }
  }
  flush();
  return pairs;
}

/** What differs between two lines; undefined when they share too little or are too long to compare. */
export function changedRanges(before: string, after: string): { before: Ranges; after: Ranges } | undefined {
  if (before.length > MAX_LENGTH || after.length > MAX_LENGTH || before === after) return undefined;
  const ranges = { before: [] as [number, number][], after: [] as [number, number][] };
  let [b, a, shared] = [0, 0, 0];
  for (const part of diffWordsWithSpace(before, after)) {
    const length = part.value.length;
    if (part.removed) ranges.before.push([b, b + length]);
    else if (part.added) ranges.after.push([a, a + length]);
    else shared += length;
    if (!part.added) b += length;
    if (!part.removed) a += length;
  }
  return shared < LEAST_SHARED * Math.max(before.length, after.length) ? undefined : ranges;
}
