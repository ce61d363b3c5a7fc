// Lays a history out in lanes: each commit in one, each lane waiting for the commit that comes next in it.
import type { Oid } from '../../platform/git/git.types.ts';

export interface GraphCommit {
  oid: Oid;
  parents: readonly Oid[];
}

export interface GraphRow {
  oid: Oid;
  column: number;
  /** Lanes that pass by. */
  passing: number[];
  /** Lanes that end in the commit, from above. */
  from: number[];
  /** Lanes that lead from it to its parents. */
  to: number[];
}

export interface GraphLayout {
  rows: GraphRow[];
  /** What each lane waits for below the last row; '' for free ones. */
  open: string[];
  /** Lanes in use at once, at most. */
  width: number;
}

/** More lanes than this are drawn on top of one another in the last one. */
export const MOST_LANES = 24;

/** Lays out commits that come in topological order, children first; `open` are the lanes above, by (prefixes of) ids. */
export function layOutGraph(commits: readonly GraphCommit[], open: readonly string[] = []): GraphLayout {
  const lanes = open.slice(0, MOST_LANES);
  let width = lanes.length;
  const rows = commits.map((commit) => {
    const row = placeCommit(commit, lanes);
    width = Math.max(width, lanes.length, row.column + 1);
    while (lanes.at(-1) === '') lanes.pop();
    return row;
  });
  return { rows, open: lanes, width };
}

function placeCommit({ oid, parents }: GraphCommit, lanes: string[]): GraphRow {
  const from = lanes.flatMap((wanted, lane) => (wanted !== '' && oid.startsWith(wanted) ? [lane] : []));
  const column = from[0] ?? freeLane(lanes);
  const passing = lanes.flatMap((wanted, lane) => (wanted !== '' && !from.includes(lane) ? [lane] : []));
  for (const lane of from) lanes[lane] = '';
  const isShared = passing.includes(column);
  const to: number[] = [];
  parents.forEach((parent, index) => {
    const known = lanes.findIndex((wanted) => wanted !== '' && parent.startsWith(wanted));
    if (known >= 0 && index > 0) to.push(known);
    else {
      const lane = index === 0 && !isShared ? column : freeLane(lanes);
      if (!passing.includes(lane)) lanes[lane] = parent;
      to.push(lane);
    }
  });
  return { oid, column, passing, from, to: [...new Set(to)] };
}

function freeLane(lanes: string[]): number {
  const free = lanes.indexOf('');
  if (free >= 0) return free;
  if (lanes.length >= MOST_LANES) return MOST_LANES - 1;
  lanes.push('');
  return lanes.length - 1;
}
