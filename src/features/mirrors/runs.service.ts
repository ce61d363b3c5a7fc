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

/** Ends a run, if it is one of this process. */
export function endRun(app: App, name: string): void {
  booksOf(app).get(name)?.abort(new RunEnded('It was ended.'));
}
