// Counts over a repository's issues by the index in memory: one walk, whatever is counted.
import type { App } from '../../platform/app.types.ts';
import { idsOfSet } from './id-sets.service.ts';
import { currentIndex } from './issue-index.service.ts';
import { FLAG, type IssueIndex } from './issue-index.types.ts';

/** Of which kinds something is counted. */
export interface CountedKinds {
  issues: boolean;
  pulls: boolean;
}

/** How many open issues and pull requests of a repository have each label, by the label's id. */
export async function countOpenByLabel(
  app: App,
  repositoryId: number,
  kinds: CountedKinds,
): Promise<Map<number, number>> {
  const index = await currentIndex(app);
  const { flags, labels } = index.columns;
  const bySet = new Map<number, number>();
  for (const slot of slotsOf(index, repositoryId)) {
    const set = labels[slot] ?? 0;
    if (set === 0 || ((flags[slot] ?? 0) & FLAG.closed) !== 0 || !isCounted(flags[slot], kinds)) continue;
    bySet.set(set, (bySet.get(set) ?? 0) + 1);
  }
  const counts = new Map<number, number>();
  for (const [set, total] of bySet)
    for (const id of idsOfSet(index.labelSets, set)) counts.set(id, (counts.get(id) ?? 0) + total);
  return counts;
}

/** How many issues and pull requests of each milestone of a repository are open and closed, by the milestone's id. */
export async function countByMilestone(
  app: App,
  repositoryId: number,
  kinds: CountedKinds,
): Promise<Map<number, { open: number; closed: number }>> {
  const index = await currentIndex(app);
  const { flags, milestone } = index.columns;
  const counts = new Map<number, { open: number; closed: number }>();
  for (const slot of slotsOf(index, repositoryId)) {
    const id = milestone[slot] ?? 0;
    if (id === 0 || !isCounted(flags[slot], kinds)) continue;
    const sum = counts.get(id) ?? { open: 0, closed: 0 };
    if (((flags[slot] ?? 0) & FLAG.closed) === 0) sum.open += 1;
    else sum.closed += 1;
    counts.set(id, sum);
  }
  return counts;
}

function isCounted(flags: number | undefined, { issues, pulls }: CountedKinds): boolean {
  return ((flags ?? 0) & FLAG.pull) === 0 ? issues : pulls;
}

function* slotsOf({ columns, spans, later }: IssueIndex, repositoryId: number): Generator<number> {
  const isThere = (slot: number) => ((columns.flags[slot] ?? 0) & FLAG.gone) === 0;
  const span = spans.get(repositoryId) ?? { start: 0, end: 0 };
  for (let slot = span.start; slot < span.end; slot += 1) if (isThere(slot)) yield slot;
  for (const slot of later.get(repositoryId) ?? []) if (isThere(slot)) yield slot;
}
