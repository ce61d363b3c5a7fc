// When entries of a merge queue are expected to be merged, by how long checks took before.

export interface Estimated {
  /** Since when each group is tested, in order; undefined while one is built. Passed ones take no more time. */
  groups: readonly { since: number | undefined; isPassed: boolean }[];
  /** How many wait. */
  waiting: number;
  batch: number;
  atOnce: number;
  /** Milliseconds that the checks of a group usually take. */
  usual: number;
}

/** Instants at which groups, and entries that wait, are expected to be merged if nothing fails. None is before one ahead of it. */
export function expectedTimes(
  { groups, waiting, batch, atOnce, usual }: Estimated,
  now: number,
): { groups: number[]; waiting: number[] } {
  const ends: number[] = [];
  for (const { since, isPassed } of groups) {
    const end = isPassed ? now : Math.max(now, (since ?? now) + usual);
    ends.push(Math.max(end, ends.at(-1) ?? now));
  }
  const expected: number[] = [];
  // A group begins when one of those at once is merged.
  const all = [...ends];
  for (let first = 0; first < waiting; first += batch) {
    const begins = all.length < atOnce ? now : (all[all.length - atOnce] ?? now);
    const end = Math.max(begins + usual, all.at(-1) ?? now);
    all.push(end);
    for (let at = first; at < Math.min(first + batch, waiting); at++) expected.push(end);
  }
  return { groups: ends, waiting: expected };
}
