// What other rooms remove of a repository that is purged, before its row goes: they add it here.
import type { App } from '../../platform/app.types.ts';

/** Removes rows in transactions of its own, few in each. May run again after it was stopped half-way. */
export type PurgePart = (app: App, repositoryId: number, signal: AbortSignal) => Promise<void>;

const added = new WeakMap<App, PurgePart[]>();

/** Adds something to what is removed of every repository that is purged. */
export function addPurgedPart(app: App, part: PurgePart): void {
  added.set(app, [...(added.get(app) ?? []), part]);
}

/** Removes all that rooms added; throws when it was stopped before the end. */
export async function purgeParts(app: App, repositoryId: number, signal: AbortSignal): Promise<void> {
  for (const part of added.get(app) ?? []) {
    await part(app, repositoryId, signal);
    signal.throwIfAborted();
  }
}
