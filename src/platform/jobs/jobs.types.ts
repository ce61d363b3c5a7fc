// The shape of background work: what runs later, how often it is retried, and what runs on a schedule.
import { AppError } from '../../base/errors.ts';
import type { Tx } from '../db/db.types.ts';

/** Thrown by a job that would fail the same way every time: it is not tried again. */
export class PermanentFailure extends AppError {
  constructor(message: string) {
    super('unavailable', message);
  }
}

export interface JobContext {
  jobId: number;
  attempt: number;
  /** Aborted when the server stops: return early, the job goes back to the queue. */
  signal: AbortSignal;
}

export interface JobDefinition<P extends Record<string, unknown>> {
  /** `room.verb`, e.g. `repos.purge`. */
  kind: string;
  /** `transfers` and `webhooks`: what waits for other servers, so that nothing else waits for them. */
  queue: 'default' | 'events' | 'maintenance' | 'transfers' | 'webhooks';
  /** Lower runs first; default 100. */
  priority?: number;
  maxAttempts?: number;
  run(payload: P, context: JobContext): Promise<void>;
}

export interface EnqueueOptions {
  /** Milliseconds from now. */
  delay?: number;
  /** At most one waiting job per key: a second enqueue is dropped. */
  uniqueKey?: string;
  fairnessKey?: string;
}

export interface Schedule {
  name: string;
  /** Five fields: minute hour day-of-month month day-of-week, UTC. */
  cron: string;
  kind: string;
  payload?: Record<string, unknown>;
}

/** A schedule with when it ran and will. */
export interface ScheduleState {
  name: string;
  cron: string;
  /** When it was due last, or was first seen; undefined before that. */
  lastRunAt: number | undefined;
  /** Undefined for a day that never comes. */
  nextRunAt: number | undefined;
  /** How often this process enqueued its job since it started. */
  runs: number;
}

export interface JobRow {
  id: number;
  queue: string;
  kind: string;
  state: 'waiting' | 'running' | 'done' | 'dead';
  attempts: number;
  maxAttempts: number;
  runAt: number;
  createdAt: number;
  finishedAt: number | null;
  lastError: string | null;
  payload: Record<string, unknown>;
}

export interface JobFilter {
  state?: JobRow['state'];
  queue?: string;
  kind?: string;
  limit: number;
  offset?: number;
  /** Continues behind the last job of the page before. */
  beforeId?: number;
}

export interface JobCount {
  queue: string;
  state: JobRow['state'];
  count: number;
}

/** What is written together with a change of a job, e.g. its event. */
export type Alongside = (tx: Tx) => Promise<unknown>;

export interface Jobs {
  define<P extends Record<string, unknown>>(definition: JobDefinition<P>): void;
  schedule(schedule: Schedule): void;
  /** Writes the job in the caller's transaction; the scheduler is woken after the commit. */
  enqueue(tx: Tx, kind: string, payload: Record<string, unknown>, options?: EnqueueOptions): Promise<void>;
  /** Newest first. */
  list(filter: JobFilter): Promise<JobRow[]>;
  /** How many jobs there are in each queue and state. */
  counts(): Promise<JobCount[]>;
  /** Puts a dead or waiting job at the front of its queue. */
  retry(jobId: number, alongside?: Alongside): Promise<void>;
  /** Deletes a job that is not running: AppError conflict for one that is. */
  remove(jobId: number, alongside?: Alongside): Promise<void>;
  /** Every schedule by name. */
  schedules(): Promise<ScheduleState[]>;
  /** Enqueues what a schedule does, without waiting for its time: AppError not_found for one that is unknown. */
  runSchedule(name: string, alongside?: Alongside): Promise<void>;
  /** Runs everything that is due until nothing is left; for `admin jobs run` and tests. Returns how many ran. */
  drain(): Promise<number>;
  start(): void;
  /** Takes no new work, waits for running jobs up to `graceMs`, returns the rest to the queue. */
  stop(graceMs: number): Promise<void>;
}
