// What changed between two texts, line by line: a shortest edit script (Myers, "An O(ND) Difference Algorithm", 1986) of
// bounded cost. Pure.

export interface LineChange {
  kind: 'context' | 'add' | 'delete';
  text: string;
}

/** Edits beyond which the two middles count as replaced altogether: cost grows with their square. */
const MOST_EDITS = 400;

/** The lines of both texts in one order: those that are gone before those that came in their place. */
export function lineChanges(before: string, after: string): LineChange[] {
  const old = before.split('\n');
  const young = after.split('\n');
  let start = 0;
  while (start < old.length && start < young.length && old[start] === young[start]) start++;
  let tail = 0;
  const most = Math.min(old.length, young.length) - start;
  while (tail < most && old[old.length - 1 - tail] === young[young.length - 1 - tail]) tail++;
  const middle = middleChanges(old.slice(start, old.length - tail), young.slice(start, young.length - tail));
  return [...as('context', old.slice(0, start)), ...middle, ...as('context', old.slice(old.length - tail))];
}

function as(kind: LineChange['kind'], lines: readonly string[]): LineChange[] {
  return lines.map((text) => ({ kind, text }));
}

function middleChanges(old: readonly string[], young: readonly string[]): LineChange[] {
  const trace = old.length === 0 || young.length === 0 ? undefined : traceOf(old, young);
  if (!trace) return [...as('delete', old), ...as('add', young)];
  return tidied(walkBack(old, young, trace));
}

/** The furthest reaching ends of each number of edits; undefined when there are too many. */
function traceOf(old: readonly string[], young: readonly string[]): Int32Array[] | undefined {
  const most = Math.min(MOST_EDITS, old.length + young.length);
  const ends = new Int32Array(2 * most + 3);
  const trace: Int32Array[] = [];
  for (let edits = 0; edits <= most; edits++) {
    trace.push(ends.slice());
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const at = diagonal + most + 1;
      let x = stepsDown(ends, diagonal, edits, most) ? (ends[at + 1] ?? 0) : (ends[at - 1] ?? 0) + 1;
      while (x < old.length && x - diagonal < young.length && old[x] === young[x - diagonal]) x++;
      ends[at] = x;
      if (x >= old.length && x - diagonal >= young.length) return trace;
    }
  }
  return undefined;
}

function stepsDown(ends: Int32Array, diagonal: number, edits: number, most: number): boolean {
  const at = diagonal + most + 1;
  return diagonal === -edits || (diagonal !== edits && (ends[at - 1] ?? 0) < (ends[at + 1] ?? 0));
}

function walkBack(
  old: readonly string[],
  young: readonly string[],
  trace: readonly Int32Array[],
): LineChange[] {
  const most = Math.min(MOST_EDITS, old.length + young.length);
  const changes: LineChange[] = [];
  let [x, y] = [old.length, young.length];
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    const ends = trace[edits] ?? new Int32Array(0);
    const diagonal = x - y;
    const previous = stepsDown(ends, diagonal, edits, most) ? diagonal + 1 : diagonal - 1;
    const fromX = edits === 0 ? 0 : (ends[previous + most + 1] ?? 0);
    const fromY = edits === 0 ? 0 : fromX - previous;
    while (x > fromX && y > fromY) {
      changes.push({ kind: 'context', text: old[--x] ?? '' });
      y--;
    }
    if (edits === 0) break;
    if (x === fromX) changes.push({ kind: 'add', text: young[--y] ?? '' });
    else changes.push({ kind: 'delete', text: old[--x] ?? '' });
  }
  return changes.reverse();
}

/** Within each run of changes what is gone comes first. */
function tidied(changes: readonly LineChange[]): LineChange[] {
  const out: LineChange[] = [];
  let added: LineChange[] = [];
  for (const change of changes) {
    if (change.kind === 'add') added.push(change);
    else if (change.kind === 'delete') out.push(change);
    else {
      out.push(...added, change);
      added = [];
    }
  }
  return [...out, ...added];
}
