// Runs one claimed job and writes what became of it.
import type { Clock } from '../../base/time.ts';
import type { Db } from '../db/db.types.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import { type Outcome, type StoredJob, settleJob } from './jobs.store.ts';
import { type JobDefinition, PermanentFailure } from './jobs.types.ts';
import { describeError, retryDelay } from './retry-delay.ts';

export type AnyJobDefinition = JobDefinition<Record<string, unknown>>;

export interface JobRunner {
  definitions: ReadonlyMap<string, AnyJobDefinition>;
  db: Db;
  clock: Clock;
  log: Log;
  metrics: Metrics;
  owner: string;
}

/** Runs a claimed job to its end. Rejects only when the outcome could not be written: the lease then runs out. */
export async function runJob(runner: JobRunner, job: StoredJob, signal: AbortSignal): Promise<void> {
  const failure = await attempt(runner, job, signal);
  const outcome = outcomeOf(runner, job, failure, signal.aborted);
  const kept = await runner.db.write((tx) => settleJob(tx, job.id, runner.owner, outcome));
  report(runner, job, failure, kept ? labelOf(outcome, signal) : 'lost');
}

interface Failure {
  error: unknown;
}

async function attempt(runner: JobRunner, job: StoredJob, signal: AbortSignal): Promise<Failure | undefined> {
  try {
    const definition = runner.definitions.get(job.kind);
    if (!definition) throw new Error(`This version knows no job of the kind ${job.kind}.`);
    await definition.run(job.payload, { jobId: job.id, attempt: job.attempts, signal });
    return undefined;
  } catch (error) {
    return { error };
  }
}

function outcomeOf(
  { clock }: JobRunner,
  job: StoredJob,
  failure: Failure | undefined,
  aborted: boolean,
): Outcome {
  const now = clock.now();
  // An aborted job may have returned half-way: it runs again, and the interrupted attempt does not count.
  if (aborted) return { state: 'waiting', runAt: now, attempts: job.attempts - 1, lastError: job.lastError };
  if (!failure) return { state: 'done', finishedAt: now };
  const lastError = describeError(failure.error);
  const isHopeless = failure.error instanceof PermanentFailure;
  if (isHopeless || job.attempts >= job.maxAttempts) return { state: 'dead', finishedAt: now, lastError };
  const delay = retryDelay(job.attempts, failure.error, Math.random());
  return { state: 'waiting', runAt: now + delay, attempts: job.attempts, lastError };
}

function labelOf(outcome: Outcome, signal: AbortSignal): 'done' | 'dead' | 'retry' | 'returned' {
  if (outcome.state !== 'waiting') return outcome.state;
  return signal.aborted ? 'returned' : 'retry';
}

function report(runner: JobRunner, job: StoredJob, failure: Failure | undefined, outcome: string): void {
  runner.metrics.jobs.inc({ kind: job.kind, outcome });
  const about = { job: job.id, kind: job.kind, attempt: job.attempts, outcome };
  if (outcome === 'dead') runner.log.error({ ...about, err: failure?.error }, 'a job failed for good');
  else if (outcome === 'retry') runner.log.warn({ ...about, err: failure?.error }, 'a job failed');
  else if (outcome === 'lost') runner.log.warn(about, 'a job outlived its lease; another process has it');
  else runner.log.debug(about, 'job ended');
}
