// Writes what came of deliveries: many in one transaction, since each costs the disk a moment. Until one is written it may
// be sent again, under the same id.
import { MINUTE, SECOND } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { updateDelivery, updateMessage } from './deliveries.store.ts';
import { findHook, updateHook } from './hooks.store.ts';
import type { DeliveryRow, DeliveryState, HookRow } from './hooks.types.ts';
import type { Try } from './sending.service.ts';

export interface Ended {
  delivery: DeliveryRow;
  came: Try;
  state: DeliveryState;
}

export interface OutcomeWriter {
  /** Resolves once it is durable. */
  write(ended: Ended): Promise<void>;
}

/** Milliseconds in which more come to be written together. */
const GATHER = 20;
const MOST_AT_ONCE = 100;

interface Waiting {
  ended: Ended;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Opens the writer of a process. */
export function openOutcomeWriter(app: App): OutcomeWriter {
  let waiting: Waiting[] = [];
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const taken = waiting;
    waiting = [];
    const all = taken.map(({ ended }) => ended);
    app.db
      .write((tx) => writeAll(app, tx, all))
      .then(
        () => {
          for (const { resolve } of taken) resolve();
        },
        (error: unknown) => {
          for (const { reject } of taken) reject(error);
        },
      );
  }

  return {
    write: (ended) =>
      new Promise((resolve, reject) => {
        waiting.push({ ended, resolve, reject });
        if (waiting.length >= MOST_AT_ONCE) flush();
        else timer ??= setTimeout(flush, GATHER);
      }),
  };
}

async function writeAll(app: App, tx: Tx, all: readonly Ended[]): Promise<void> {
  const last = new Map<number, Ended[]>();
  for (const ended of all) {
    await writeOne(app, tx, ended);
    const ofHook = last.get(ended.delivery.webhookId) ?? [];
    last.set(ended.delivery.webhookId, [...ofHook, ended]);
  }
  for (const [webhookId, ofHook] of last) await writeStanding(app, tx, webhookId, ofHook);
}

async function writeOne(app: App, tx: Tx, { delivery, came, state }: Ended): Promise<void> {
  await updateDelivery(tx, delivery.id, {
    ...{ state, attempts: delivery.attempts + 1, status: came.status, error: came.error },
    ...{ duration: came.duration, triedAt: came.triedAt },
    endedAt: state === 'waiting' ? null : app.clock.now(),
  });
  const { requestHeaders, responseHeaders, responseBody } = came;
  await updateMessage(tx, delivery.id, { requestHeaders, responseHeaders, responseBody });
}

/** How a webhook stands after some more tries, in their order. */
async function writeStanding(app: App, tx: Tx, webhookId: number, tries: readonly Ended[]): Promise<void> {
  const row = await findHook(tx, webhookId);
  if (!row) return;
  let standing: Standing = row;
  for (const one of tries) standing = standingAfter(standing, one, app.clock.now());
  const { failures, failingSince, retryAt } = standing;
  const last = tries.at(-1);
  const lastState = last?.state === 'waiting' ? 'failed' : (last?.state ?? null);
  const lastTriedAt = last?.came.triedAt ?? null;
  await updateHook(tx, webhookId, { failures, failingSince, retryAt, lastState, lastTriedAt });
}

type Standing = Pick<HookRow, 'failures' | 'failingSince' | 'retryAt'>;

function standingAfter(before: Standing, { delivery, came, state }: Ended, now: number): Standing {
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
