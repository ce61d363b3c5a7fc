// What other rooms show on a comparison, between its branches and its changes: they add it here, since this room may not know them.
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { Compared } from './compare-sides.service.ts';
import type { SidePart } from './side-parts.service.ts';

export interface ShownComparison {
  compared: Compared;
  commitCount: number;
  /** Whether the two have history in common. */
  isRelated: boolean;
  /** What the address says besides. */
  query: Record<string, string>;
}

/** Finds what to show to whoever opened the repository; it must be quick, since the page waits for it. */
export type FindComparePart = (
  app: App,
  open: OpenRepository,
  shown: ShownComparison,
) => Promise<SidePart | undefined>;

const added = new WeakMap<App, FindComparePart[]>();

/** Adds a part to every comparison. */
export function addComparePart(app: App, find: FindComparePart): void {
  added.set(app, [...(added.get(app) ?? []), find]);
}

/** The parts of a comparison, in the order they were added. */
export async function compareParts(
  app: App,
  open: OpenRepository,
  shown: ShownComparison,
): Promise<SidePart[]> {
  const found = await Promise.all((added.get(app) ?? []).map((find) => find(app, open, shown)));
  return found.filter((part) => part !== undefined);
}
