// Writes what came of deliveries: many in one transaction, since each costs the disk a moment. Until one is written it may
// be sent again, under the same id.
import { MINUTE, SECOND } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import type { DeliveryRow, DeliveryState } from './hooks.types.ts';
import {
  listStandings,
  type OutcomeRow,
  type StandingRow,
  updateOutcomes,
  updateStandings,
} from './outcomes.store.ts';
import type { Try } from './sending.service.ts';

export interface Ended {
  delivery: DeliveryRow;
  came: Try;
  state: DeliveryState;
}

export interface OutcomeWriter {
  /** Resolves once it is durable: when some more have come, or soon where somebody is in a hurry. */
  write(ended: Ended): Promise<void>;
  /** Somebody waits for what waits to be written. */
  hurry(): void;
}

/** Milliseconds in which more come to be written together. */
const GATHER = 100;
const GATHER_IN_HURRY = 20;
const MOST_AT_ONCE = 200;

interface Waiting {
  ended: Ended;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Opens the writer of a process. One transaction runs at a time, so that outcomes become durable in their order. */
export function openOutcomeWriter(app: App): OutcomeWriter {
  const waiting: Waiting[] = [];
  let timer: NodeJS.Timeout | undefined;
  let dueAt = Number.POSITIVE_INFINITY;
  let isWriting = false;

  function within(delay: number): void {
    const at = performance.now() + delay;
    if (isWriting || waiting.length === 0 || at >= dueAt) return;
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(() => void flush(), delay);
  }

  /** Never rejects. */
  async function flush(): Promise<void> {
    clearTimeout(timer);
    dueAt = Number.POSITIVE_INFINITY;
    isWriting = true;
    const taken = waiting.splice(0, MOST_AT_ONCE);
    try {
      await app.db.write((tx) => writeAll(app, tx, taken));
      for (const { resolve } of taken) resolve();
    } catch (error) {
      for (const { reject } of taken) reject(error);
    }
    isWriting = false;
    // Whoever came meanwhile may be in a hurry.
    within(waiting.length >= MOST_AT_ONCE ? 0 : GATHER_IN_HURRY);
  }

  return {
    write: (ended) =>
      new Promise((resolve, reject) => {
        waiting.push({ ended, resolve, reject });
        within(waiting.length >= MOST_AT_ONCE ? 0 : GATHER);
      }),
    hurry: () => within(GATHER_IN_HURRY),
  };
}

async function writeAll(app: App, tx: Tx, all: readonly { ended: Ended }[]): Promise<void> {
  const now = app.clock.now();
  await updateOutcomes(
    tx,
    all.map(({ ended }) => outcomeOf(ended, now)),
  );
  const tries = Map.groupBy(all, ({ ended }) => ended.delivery.webhookId);
  const before = await listStandings(tx, [...tries.keys()]);
  const after = before.map((row) =>
    (tries.get(row.id) ?? []).reduce((standing, { ended }) => standingAfter(standing, ended, now), row),
  );
  await updateStandings(tx, after);
}

function outcomeOf({ delivery, came, state }: Ended, now: number): OutcomeRow {
  const { status, error, duration, triedAt, requestHeaders, responseHeaders, responseBody } = came;
  return {
    ...{ id: delivery.id, state, attempts: delivery.attempts + 1, status, error, duration, triedAt },
    ...{ endedAt: state === 'waiting' ? null : now, requestHeaders, responseHeaders, responseBody },
  };
}

/** How a webhook stands after one more try. */
function standingAfter(before: StandingRow, ended: Ended, now: number): StandingRow {
  const lastState = ended.state === 'waiting' ? 'failed' : ended.state;
  return { ...before, ...failuresAfter(before, ended, now), lastState, lastTriedAt: ended.came.triedAt };
}

type Failures = Pick<StandingRow, 'failures' | 'failingSince' | 'retryAt'>;

function failuresAfter(before: Failures, { delivery, came, state }: Ended, now: number): Failures {
  if (state === 'delivered') return { failures: 0, failingSince: null, retryAt: null };
  // What somebody asked for proves that a server is well again, and nothing otherwise.
  if (delivery.isTest || delivery.repeatsId !== null) return before;
  const failures = before.failures + 1;
  const failingSince = before.failingSince ?? came.triedAt;
  if (state !== 'waiting') return { failures, failingSince, retryAt: null };
  return { failures, failingSince, retryAt: now + Math.max(delayAfter(failures), came.asksToWait) };
}

const DELAYS = [
  10 * SECOND,
  30 * SECOND,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  20 * MINUTE,
  30 * MINUTE,
];
const LONGEST_DELAY = 60 * MINUTE;

/** Milliseconds before the next try after some failed ones, spread by a tenth so that not all come back at once. */
function delayAfter(failures: number): number {
  const delay = DELAYS[failures - 1] ?? LONGEST_DELAY;
  return Math.round(delay * (0.9 + Math.random() / 5));
}
