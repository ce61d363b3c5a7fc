// The loop of a running server: fills free places of each queue with due jobs, sleeps until something may be due.
import type { Clock } from '../../base/time.ts';
import type { Db } from '../db/db.types.ts';
import type { Log } from '../observability/log.ts';
import type { Claims } from './claim.ts';
import { nextRunAt, type StoredJob } from './jobs.store.ts';
import { recoverExpired, renew } from './leases.ts';

export interface SchedulerParts {
  db: Db;
  clock: Clock;
  log: Log;
  claims: Claims;
  owner: string;
  leaseMs: number;
  /** Milliseconds after which an idle scheduler looks for what other processes enqueued. */
  pollMs: number;
  /** Places per queue. */
  places: ReadonlyMap<string, number>;
  enqueueDueSchedules(): Promise<void>;
  run(job: StoredJob, signal: AbortSignal): Promise<void>;
}

export interface Scheduler {
  start(): void;
  /** Looks for due jobs soon. Does nothing while stopped. */
  wake(): void;
  stop(graceMs: number): Promise<void>;
}

interface Running {
  queue: string;
  stop: AbortController;
  ended: Promise<void>;
}

/** Makes the loop; nothing happens before `start`. */
export function openScheduler(parts: SchedulerParts): Scheduler {
  const { clock, log } = parts;
  const running = new Map<number, Running>();
  let state: 'stopped' | 'started' | 'stopping' = 'stopped';
  let pumping: Promise<void> | undefined;
  let wokenMeanwhile = false;
  let timer: NodeJS.Timeout | undefined;
  let lastUpkeep = Number.NEGATIVE_INFINITY;

  function wake(): void {
    if (state !== 'started') return;
    if (pumping) {
      wokenMeanwhile = true;
      return;
    }
    clearTimeout(timer);
    pumping = pump().finally(() => {
      pumping = undefined;
      if (wokenMeanwhile) wake();
    });
  }

  /** Never rejects: a database that is away is asked again at the next poll. */
  async function pump(): Promise<void> {
    wokenMeanwhile = false;
    let pause = parts.pollMs;
    try {
      await upkeep();
      for (const [queue, places] of parts.places) await fill(queue, places);
      pause = await pauseUntilDue();
    } catch (error) {
      log.error({ err: error }, 'the job scheduler cannot reach the database');
    }
    if (state === 'started') timer = setTimeout(wake, pause);
  }

  async function fill(queue: string, places: number): Promise<void> {
    const used = [...running.values()].filter((each) => each.queue === queue).length;
    if (state !== 'started' || used >= places) return;
    for (const job of await parts.claims.take(queue, places - used)) begin(job);
  }

  function begin(job: StoredJob): void {
    const stop = new AbortController();
    const ended = parts
      .run(job, stop.signal)
      .catch((error: unknown) => {
        if (state === 'started')
          log.error({ err: error, job: job.id }, 'the outcome of a job was not written');
      })
      .finally(() => {
        running.delete(job.id);
        wake();
      });
    running.set(job.id, { queue: job.queue, stop, ended });
  }

  /** Leases are renewed three times as often as they need to be. */
  async function upkeep(): Promise<void> {
    await parts.enqueueDueSchedules();
    if (clock.now() - lastUpkeep < parts.leaseMs / 3) return;
    lastUpkeep = clock.now();
    if (running.size > 0) {
      const before = [...running];
      const held = await renew(parts.db, parts.owner, clock.now() + parts.leaseMs);
      for (const [id, { stop }] of before) if (!held.has(id) && running.has(id)) stop.abort();
    }
    await recoverExpired(parts.db, clock, log);
  }

  async function pauseUntilDue(): Promise<number> {
    const next = await nextRunAt(parts.db.read);
    const wait = next === undefined ? parts.pollMs : next - clock.now();
    // What is due already waits for a place, and a job that ends wakes the loop.
    const pause = wait <= 0 ? parts.pollMs : Math.min(wait, parts.pollMs);
    return Math.min(pause, parts.leaseMs / 3);
  }

  async function stop(graceMs: number): Promise<void> {
    if (state !== 'started') return;
    state = 'stopping';
    clearTimeout(timer);
    await pumping;
    // Short jobs end by themselves in the first half; the others are then told, and return to the queue.
    await settledWithin(running, graceMs / 2);
    for (const { stop } of running.values()) stop.abort();
    await settledWithin(running, graceMs / 2);
    state = 'stopped';
  }

  return {
    start() {
      if (state !== 'stopped') return;
      state = 'started';
      wake();
    },
    wake,
    stop,
  };
}

async function settledWithin(running: ReadonlyMap<number, Running>, ms: number): Promise<void> {
  if (running.size === 0) return;
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([Promise.all([...running.values()].map((each) => each.ended)), limit]);
  clearTimeout(timer);
}
