// Work that a page starts and does not wait for to the end: once per key at a time, few at once, failures logged.
import { setTimeout as wait } from 'node:timers/promises';
import type { App } from '../../platform/app.types.ts';

const AT_ONCE = 2;
const MAX_WAITING = 64;

interface Background {
  running: Map<string, Promise<unknown>>;
  active: number;
  waiting: (() => void)[];
}

const ofApp = new WeakMap<App, Background>();

/**
 * Starts `work` unless the same key is under way, and gives its result if it comes within `budget` milliseconds.
 * Otherwise undefined: the work goes on and its result is for whoever asks later.
 */
export async function withinBudget<T>(
  app: App,
  key: string,
  budget: number,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const background = backgroundOf(app);
  let running = background.running.get(key) as Promise<T | undefined> | undefined;
  if (!running) {
    if (background.waiting.length >= MAX_WAITING) return undefined;
    running = start(app, background, key, work);
  }
  return Promise.race([running, wait(budget, undefined, { ref: false })]);
}

function start<T>(
  app: App,
  background: Background,
  key: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const running = inTurn(background, work)
    .catch((error: unknown) => {
      app.log.warn({ err: error, key }, 'background work for a page failed');
      return undefined;
    })
    .finally(() => background.running.delete(key));
  background.running.set(key, running);
  return running;
}

async function inTurn<T>(background: Background, work: () => Promise<T>): Promise<T> {
  if (background.active >= AT_ONCE) await new Promise<void>((turn) => background.waiting.push(turn));
  else background.active += 1;
  try {
    return await work();
  } finally {
    const next = background.waiting.shift();
    if (next) next();
    else background.active -= 1;
  }
}

function backgroundOf(app: App): Background {
  const known = ofApp.get(app);
  if (known) return known;
  const made: Background = { running: new Map(), active: 0, waiting: [] };
  ofApp.set(app, made);
  return made;
}
