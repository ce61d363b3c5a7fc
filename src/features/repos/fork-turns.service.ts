// Forks that are being made: few at once, and those that take long go on while whoever asked looks at another page.
import { setTimeout as wait } from 'node:timers/promises';
import { AppError, isAppError } from '../../base/errors.ts';
import { MINUTE } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';

/** Copies of objects that run at once; of one person one, so that others have the rest. */
const AT_ONCE = 2;
/** Copies that one person may have under way, those that wait included. */
const PER_PERSON = 5;
/** How long it is remembered how a fork ended. */
const REMEMBERED = 10 * MINUTE;
const MOST_REMEMBERED = 1000;

export type Making<T> =
  | { state: 'running'; since: number }
  | { state: 'made'; value: T }
  | { state: 'failed'; error: unknown };

interface Waiting {
  userId: number;
  begin(): void;
}

interface Turns {
  /** Whose copies run. */
  active: number[];
  waiting: Waiting[];
  /** By whatever names the wish: who wants what made for whom. */
  makings: Map<string, Making<unknown>>;
}

const ofApp = new WeakMap<App, Turns>();

/**
 * Runs work that copies a repository's objects when somebody's turn has come. Throws AppError rate_limited when they have
 * too many under way.
 */
export async function inForkTurn<T>(app: App, userId: number, work: () => Promise<T>): Promise<T> {
  const turns = turnsOf(app);
  const own = [...turns.active, ...turns.waiting.map((one) => one.userId)].filter((id) => id === userId);
  if (own.length >= PER_PERSON)
    throw new AppError('rate_limited', 'You have several copies under way. Wait until one of them is made.', {
      retryAfter: 60,
    });
  await new Promise<void>((begin) => {
    turns.waiting.push({ userId, begin });
    beginNext(turns);
  });
  try {
    return await work();
  } finally {
    turns.active.splice(turns.active.indexOf(userId), 1);
    beginNext(turns);
  }
}

/** Begins whatever may: first come, first served, but nobody has two turns at once. */
function beginNext(turns: Turns): void {
  while (turns.active.length < AT_ONCE) {
    const at = turns.waiting.findIndex(({ userId }) => !turns.active.includes(userId));
    const [next] = at < 0 ? [] : turns.waiting.splice(at, 1);
    if (!next) return;
    turns.active.push(next.userId);
    next.begin();
  }
}

/**
 * Starts work under a key unless it runs already, and gives what it has come to within `patience` milliseconds. It goes
 * on after that; `makingOf` tells how it ended.
 */
export async function beginMaking<T>(
  app: App,
  key: string,
  patience: number,
  work: () => Promise<T>,
): Promise<Making<T>> {
  const { makings } = turnsOf(app);
  if (makings.get(key)?.state !== 'running') {
    const running: Making<unknown> = { state: 'running', since: app.clock.now() };
    makings.set(key, running);
    const end = settle(app, key, work);
    await Promise.race([end, wait(patience, undefined, { ref: false })]);
  }
  return (makings.get(key) ?? { state: 'running', since: app.clock.now() }) as Making<T>;
}

/** How work under a key stands; undefined when nothing is known of it, e.g. after the server was started anew. */
export function makingOf<T>(app: App, key: string): Making<T> | undefined {
  return turnsOf(app).makings.get(key) as Making<T> | undefined;
}

/** Forgets how work under a key ended. */
export function forgetMaking(app: App, key: string): void {
  turnsOf(app).makings.delete(key);
}

async function settle<T>(app: App, key: string, work: () => Promise<T>): Promise<void> {
  const { makings } = turnsOf(app);
  try {
    makings.set(key, { state: 'made', value: await work() });
  } catch (error) {
    if (!isAppError(error)) app.log.error({ err: error, key }, 'a repository could not be made');
    makings.set(key, { state: 'failed', error });
  }
  const ended = makings.get(key);
  setTimeout(() => {
    if (makings.get(key) === ended) makings.delete(key);
  }, REMEMBERED).unref();
  const [oldest] = makings.keys();
  if (makings.size > MOST_REMEMBERED && oldest !== undefined) makings.delete(oldest);
}

function turnsOf(app: App): Turns {
  const known = ofApp.get(app);
  if (known) return known;
  const made: Turns = { active: [], waiting: [], makings: new Map() };
  ofApp.set(app, made);
  return made;
}
