// Opens background work on the database: definitions, the outbox side of enqueueing, the scheduler, and its upkeep.

import { randomToken, sha256Hex } from '../../base/crypto.ts';
import { AppError, notFound } from '../../base/errors.ts';
import { type Clock, DAY, MINUTE, SECOND } from '../../base/time.ts';
import type { Db, Tx } from '../db/db.types.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import { openClaims } from './claim.ts';
import {
  countJobs,
  deleteFinished,
  deleteJob,
  findJob,
  insertJob,
  leasedIds,
  listJobs,
  moveToFront,
  type StoredJob,
  settleJob,
} from './jobs.store.ts';
import type { Alongside, EnqueueOptions, JobDefinition, JobRow, Jobs } from './jobs.types.ts';
import { recoverExpired, renewWhile } from './leases.ts';
import { type AnyJobDefinition, runJob } from './run-job.ts';
import { openScheduler } from './scheduler.ts';
import { openSchedules } from './schedules.ts';

const QUEUES: readonly JobDefinition<Record<string, unknown>>['queue'][] = [
  'events',
  'default',
  'maintenance',
  'transfers',
  'webhooks',
];
/** Webhooks served at once: hardly any work for us, and slow ones keep their place for long. */
const WEBHOOKS_AT_ONCE = 24;
const DEFAULT_PRIORITY = 100;
const DEFAULT_ATTEMPTS = 8;
const LONGEST_UNIQUE_KEY = 190;
const KEEP_DONE = 3 * DAY;
const KEEP_DEAD = 60 * DAY;

export interface JobsOptions {
  db: Db;
  clock: Clock;
  log: Log;
  metrics: Metrics;
  /** Jobs run at once in each queue; the maintenance queue runs one, that of transfers twice as many. */
  workers: number;
  /** How long a silent worker keeps its jobs. */
  leaseMs?: number;
  pollMs?: number;
}

/** Opens the jobs; nothing runs before `start` or `drain`. */
export function openJobs(options: JobsOptions): Jobs {
  const { db, clock, log, leaseMs = MINUTE, pollMs = 5 * SECOND } = options;
  const owner = randomToken(18);
  const definitions = new Map<string, AnyJobDefinition>();
  const claims = openClaims(db, clock, owner, leaseMs);
  const schedules = openSchedules(db, clock, enqueue);
  const runner = { ...options, owner, definitions };
  const run = (job: StoredJob, signal: AbortSignal) => runJob(runner, job, signal);
  const scheduler = openScheduler({
    ...{ db, clock, log, claims, owner, leaseMs, pollMs, run },
    places: new Map(QUEUES.map((queue) => [queue, placesOf(queue, options.workers)])),
    enqueueDueSchedules: schedules.enqueueDue,
  });

  function define<P extends Record<string, unknown>>(definition: JobDefinition<P>): void {
    if (definitions.has(definition.kind)) throw new Error(`The job ${definition.kind} is defined already.`);
    definitions.set(definition.kind, definition as unknown as AnyJobDefinition);
  }

  function definitionOf(kind: string): AnyJobDefinition {
    const definition = definitions.get(kind);
    if (!definition) throw new Error(`No job of the kind ${kind} is defined.`);
    return definition;
  }

  async function enqueue(
    tx: Tx,
    kind: string,
    payload: Record<string, unknown>,
    { delay = 0, uniqueKey, fairnessKey }: EnqueueOptions = {},
  ): Promise<void> {
    const { queue, priority, maxAttempts } = definitionOf(kind);
    const now = clock.now();
    await insertJob(tx, {
      ...{ queue, kind, payload },
      priority: priority ?? DEFAULT_PRIORITY,
      maxAttempts: maxAttempts ?? DEFAULT_ATTEMPTS,
      runAt: now + delay,
      uniqueKey: uniqueKey === undefined ? null : storedUniqueKey(kind, uniqueKey),
      fairnessKey: fairnessKey ?? kind,
      createdAt: now,
    });
    db.afterCommit(tx, scheduler.wake);
  }

  async function remove(jobId: number, alongside?: Alongside): Promise<void> {
    await db.write(async (tx) => {
      if (!(await findJob(tx, jobId))) throw notFound('job');
      if (!(await deleteJob(tx, jobId)))
        throw new AppError('conflict', `Job ${jobId} is running: wait until it has ended.`);
      await alongside?.(tx);
    });
  }

  async function retry(jobId: number, alongside?: Alongside): Promise<void> {
    const job = await findJob(db.read, jobId);
    if (!job) throw notFound('job');
    await db.write(async (tx) => {
      if (!(await moveToFront(tx, jobId, clock.now()))) {
        throw new AppError(
          'conflict',
          `Job ${jobId} is ${job.state}; only dead or waiting jobs can be retried.`,
        );
      }
      await alongside?.(tx);
      db.afterCommit(tx, scheduler.wake);
    });
  }

  async function runSchedule(name: string, alongside?: Alongside): Promise<void> {
    await db.write(async (tx) => {
      if (!(await schedules.enqueueNow(tx, name))) throw notFound('schedule');
      await alongside?.(tx);
    });
  }

  async function drain(): Promise<number> {
    await schedules.enqueueDue();
    await recoverExpired(db, clock, log);
    return renewWhile({ db, clock, log, owner, leaseMs }, runAllDue);
  }

  /** One job of each queue after the other, urgent queues first, until nothing is due. */
  async function runAllDue(): Promise<number> {
    for (let count = 0; ; ) {
      const before = count;
      for (const queue of QUEUES) {
        for (const job of await claims.take(queue, 1)) {
          await run(job, new AbortController().signal);
          count += 1;
        }
      }
      if (count === before) return count;
    }
  }

  async function stop(graceMs: number): Promise<void> {
    await scheduler.stop(graceMs);
    await returnLeased();
  }

  async function returnLeased(): Promise<void> {
    for (const id of await leasedIds(db.read, owner)) {
      const job = await findJob(db.read, id);
      if (!job) continue;
      const { attempts, lastError } = job;
      await db.write((tx) =>
        settleJob(tx, id, owner, {
          ...{ state: 'waiting', runAt: clock.now(), attempts: attempts - 1, lastError },
        }),
      );
    }
  }

  async function purgeFinished(): Promise<void> {
    for (const [state, keep] of [
      ['done', KEEP_DONE],
      ['dead', KEEP_DEAD],
    ] as const) {
      while ((await db.write((tx) => deleteFinished(tx, state, clock.now() - keep))) > 0);
    }
  }

  define({ kind: 'jobs.purge', queue: 'maintenance', run: purgeFinished });
  schedules.add({ name: 'jobs.purge', cron: '17 * * * *', kind: 'jobs.purge' });

  return {
    define,
    schedule(schedule) {
      definitionOf(schedule.kind);
      schedules.add(schedule);
    },
    enqueue,
    list: async (filter) => (await listJobs(db.read, filter)).map(toJobRow),
    counts: () => countJobs(db.read),
    retry,
    remove,
    schedules: schedules.states,
    runSchedule,
    drain,
    start: scheduler.start,
    stop,
  };
}

/** Who waits for other servers uses little of this one. */
function placesOf(queue: string, workers: number): number {
  if (queue === 'maintenance') return 1;
  if (queue === 'webhooks') return WEBHOOKS_AT_ONCE;
  return queue === 'transfers' ? 2 * workers : workers;
}

function storedUniqueKey(kind: string, key: string): string {
  const named = `${kind}:${key}`;
  return named.length <= LONGEST_UNIQUE_KEY ? named : `${kind}:${sha256Hex(key)}`;
}

function toJobRow(job: StoredJob): JobRow {
  const { uniqueKey: _, fairnessKey: _f, leaseOwner: _o, leaseUntil: _u, priority: _p, ...row } = job;
  return row;
}
