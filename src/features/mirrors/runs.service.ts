// What runs now in this process, so that somebody can end it.
import type { App } from '../../platform/app.types.ts';

/** The reason of runs that somebody ended. */
export class RunEnded extends Error {}

const runsOf = new WeakMap<App, Map<string, AbortController>>();

function booksOf(app: App): Map<string, AbortController> {
  const books = runsOf.get(app) ?? new Map<string, AbortController>();
  runsOf.set(app, books);
  return books;
}

/** Does work under a name by which it can be ended; `signal` ends it as well. */
export async function asRun<T>(
  app: App,
  name: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  booksOf(app).set(name, stop);
  try {
    return await work(AbortSignal.any([signal, stop.signal]));
  } finally {
    if (booksOf(app).get(name) === stop) booksOf(app).delete(name);
  }
}

const ownersOf = new WeakMap<App, Map<number, number>>();

/**
 * Takes one of the places that a run and its repository's owner have in this process; the function returned gives it
 * back. Undefined when the run is under way already, or the owner's other runs leave no place: nobody's slow servers keep
 * out the mirrors of everybody else.
 */
export function takeRunPlace(app: App, name: string, ownerId: number): (() => void) | undefined {
  const owners = ownersOf.get(app) ?? new Map<number, number>();
  ownersOf.set(app, owners);
  const count = owners.get(ownerId) ?? 0;
  if (booksOf(app).has(name) || count >= app.config.jobs.workers) return undefined;
  owners.set(ownerId, count + 1);
  return () => {
    const left = (owners.get(ownerId) ?? 1) - 1;
    if (left > 0) owners.set(ownerId, left);
    else owners.delete(ownerId);
  };
}

/** Ends a run, if it is one of this process. */
export function endRun(app: App, name: string): void {
  booksOf(app).get(name)?.abort(new RunEnded('It was ended.'));
}
