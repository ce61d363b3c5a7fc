// The shape of background work: what runs later, how often it is retried, and what runs on a schedule.
import type { Tx } from '../db/db.types.ts';

export interface JobContext {
  jobId: number;
  attempt: number;
  /** Aborted when the server stops: return early, the job goes back to the queue. */
  signal: AbortSignal;
}

export interface JobDefinition<P extends Record<string, unknown>> {
  /** `room.verb`, e.g. `repos.purge`. */
  kind: string;
  queue: 'default' | 'events' | 'maintenance';
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

export interface JobRow {
  id: number;
  queue: string;
  kind: string;
  state: 'waiting' | 'running' | 'done' | 'dead';
  attempts: number;
  maxAttempts: number;
  runAt: number;
  lastError: string | null;
  payload: Record<string, unknown>;
}

export interface Jobs {
  define<P extends Record<string, unknown>>(definition: JobDefinition<P>): void;
  schedule(schedule: Schedule): void;
  /** Writes the job in the caller's transaction; the scheduler is woken after the commit. */
  enqueue(tx: Tx, kind: string, payload: Record<string, unknown>, options?: EnqueueOptions): Promise<void>;
  list(filter: { state?: JobRow['state']; limit: number; beforeId?: number }): Promise<JobRow[]>;
  /** Puts a dead or waiting job at the front of its queue. */
  retry(jobId: number): Promise<void>;
  /** Runs everything that is due until nothing is left; for `admin jobs run` and tests. Returns how many ran. */
  drain(): Promise<number>;
  start(): void;
  /** Takes no new work, waits for running jobs up to `graceMs`, returns the rest to the queue. */
  stop(graceMs: number): Promise<void>;
}
