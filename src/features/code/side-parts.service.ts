// What other rooms show beside the files on a repository's home: they add it here, since this room may not know them.
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';

export interface SidePart {
  /** A template that sees `model` as its parameters. */
  template: string;
  model: Record<string, unknown>;
}

/** Finds what to show to whoever opened the repository; it must be quick, since the page waits for it. */
export type FindSidePart = (app: App, open: OpenRepository) => Promise<SidePart | undefined>;

const added = new WeakMap<App, FindSidePart[]>();

/** Adds a part to the side column of every repository's home. */
export function addSidePart(app: App, find: FindSidePart): void {
  added.set(app, [...(added.get(app) ?? []), find]);
}

/** The parts of the side column, in the order they were added. */
export async function sideParts(app: App, open: OpenRepository): Promise<SidePart[]> {
  const found = await Promise.all((added.get(app) ?? []).map((find) => find(app, open)));
  return found.filter((part) => part !== undefined);
}
