// The index of all issues in memory, one in a process: loaded when it is first needed, right whenever it is asked for,
// forgotten when nobody has needed it for a while.
import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { HOUR, MINUTE, SECOND } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { arrange, isDisordered, slotOf } from './index-columns.service.ts';
import { followChanges, loadIndex, type Place, withBit } from './index-loading.service.ts';
import { issuesOfPerson, lastIssueId } from './index-rows.store.ts';
import type { IssueIndex, PersonRole } from './issue-index.types.ts';

/** Nobody waits for the first list where there are more issues than this. */
const MANY = 20_000;
const WARM_AFTER = 5 * SECOND;
const FORGET_AFTER = HOUR;
const LOOK_EVERY = 10 * MINUTE;
/** The log of changes goes back a day; a process that slept longer than this reads everything anew. */
const TOO_OLD_MS = 6 * HOUR;
const PEOPLE_AT_ONCE = 5000;
const MOST_PEOPLE = 64;

interface Kept {
  loading: Promise<void>;
  index: IssueIndex | undefined;
  place: Place | undefined;
  followedAt: number;
  usedAt: number;
  /** The follow under way, and the one that starts when it is over. */
  running: Promise<void> | undefined;
  next: Promise<void> | undefined;
  timer: NodeJS.Timeout;
}

const kept = new WeakMap<App, Kept>();

/** The index with everything that was committed before the call. */
export async function currentIndex(app: App): Promise<IssueIndex> {
  const held = keptBy(app);
  await held.loading;
  await follow(app, held);
  if (!held.index) throw new Error('The index of issues was not loaded.');
  return held.index;
}

/** Loads the index some seconds after the start where loading takes long enough to be noticed. */
export function warmIssuesLater(app: App): void {
  const warm = async () => {
    if ((await lastIssueId(app.db.read)) > MANY) await keptBy(app).loading;
  };
  setTimeout(() => void warm().catch(() => undefined), WARM_AFTER).unref();
}

/** Which issues somebody commented on or is mentioned in: a bit for each slot of the index. */
export async function issuesWith(app: App, index: IssueIndex, who: PersonRole): Promise<Uint32Array> {
  const key = `${who.role}:${who.userId}`;
  const reading = readingOf(index);
  if (!index.people.has(key))
    reading.set(
      key,
      readPerson(app, index, key, who).finally(() => reading.delete(key)),
    );
  await reading.get(key);
  const bits = index.people.get(key) ?? new Uint32Array(0);
  // The most recently used are last.
  index.people.delete(key);
  index.people.set(key, bits);
  for (const oldest of index.people.keys())
    if (index.people.size > MOST_PEOPLE && !reading.has(oldest)) index.people.delete(oldest);
  return bits;
}

const readings = new WeakMap<IssueIndex, Map<string, Promise<void>>>();

function readingOf(index: IssueIndex): Map<string, Promise<void>> {
  const known = readings.get(index) ?? new Map<string, Promise<void>>();
  readings.set(index, known);
  return known;
}

async function readPerson(app: App, index: IssueIndex, key: string, who: PersonRole): Promise<void> {
  // Kept before it is read, so that what changes meanwhile is marked as well.
  index.people.set(key, new Uint32Array((index.columns.count >>> 5) + 1));
  try {
    for (let after = 0; ; ) {
      const ids = await issuesOfPerson(app.db.read, who, after, PEOPLE_AT_ONCE);
      markAll(index, key, ids);
      after = ids.at(-1) ?? after;
      if (ids.length < PEOPLE_AT_ONCE) return;
      await nextTurn();
    }
  } catch (error) {
    index.people.delete(key);
    throw error;
  }
}

function markAll(index: IssueIndex, key: string, ids: readonly number[]): void {
  for (const id of ids) {
    const bits = index.people.get(key);
    const slot = slotOf(index, id);
    if (bits && slot !== undefined) index.people.set(key, withBit(bits, slot));
  }
}

function keptBy(app: App): Kept {
  const known = kept.get(app);
  if (known && performance.now() - known.followedAt < TOO_OLD_MS) {
    known.usedAt = performance.now();
    return known;
  }
  if (known) forget(app, known);
  const made = load(app);
  kept.set(app, made);
  return made;
}

function load(app: App): Kept {
  const now = performance.now();
  const held: Kept = {
    loading: Promise.resolve(),
    index: undefined,
    place: undefined,
    followedAt: now,
    usedAt: now,
    running: undefined,
    next: undefined,
    timer: setInterval(() => {
      if (performance.now() - held.usedAt > FORGET_AFTER) forget(app, held);
    }, LOOK_EVERY).unref(),
  };
  held.loading = loadIndex(app).then(
    ({ index, place }) => void Object.assign(held, { index, place }),
    (error: unknown) => {
      forget(app, held);
      throw error;
    },
  );
  return held;
}

function forget(app: App, held: Kept): void {
  clearInterval(held.timer);
  if (kept.get(app) === held) kept.delete(app);
}

/** Whoever asks while a follow runs waits for the next one: the one under way may have looked too early. */
function follow(app: App, held: Kept): Promise<void> {
  if (!held.running) {
    held.running = runFollow(app, held);
    return held.running;
  }
  held.next ??= held.running
    .catch(() => undefined)
    .then(() => {
      held.next = undefined;
      held.running = runFollow(app, held);
      return held.running;
    });
  return held.next;
}

async function runFollow(app: App, held: Kept): Promise<void> {
  try {
    if (!held.index || !held.place) return;
    await followChanges(app, held.index, held.place);
    if (isDisordered(held.index)) held.index = await arrange(held.index);
    held.followedAt = performance.now();
  } catch (error) {
    // What was applied in part is not trusted: the next one who asks reads everything anew.
    forget(app, held);
    throw error;
  } finally {
    if (!held.next) held.running = undefined;
  }
}
