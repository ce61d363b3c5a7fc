// Queries over the jobs and schedules tables. What a process may change of a running job is bound to its lease.
import {
  and,
  asc,
  count,
  desc,
  eq,
  gt,
  gte,
  inArray,
  lt,
  lte,
  min,
  ne,
  notInArray,
  type SQL,
} from 'drizzle-orm';
import type { Reader, Tx } from '../db/db.types.ts';
import { changedRows } from '../db/drizzle-session.ts';
import { jobs, schedules } from '../db/tables/platform.ts';
import { insertIfAbsent } from '../db/write-forms.ts';
import type { JobCount, JobFilter } from './jobs.types.ts';

export type StoredJob = typeof jobs.$inferSelect;
export type NewJob = Omit<typeof jobs.$inferInsert, 'id' | 'state' | 'attempts'>;

/** Adds a waiting job; says false when one with its unique key is waiting already. */
export async function insertJob(tx: Tx, job: NewJob): Promise<boolean> {
  return insertIfAbsent(tx, jobs, { ...job, state: 'waiting', attempts: 0 });
}

/**
 * The next due job of a queue: of the most urgent ones, the oldest of the first fairness key behind `afterKey`,
 * else of the first of all. Jobs in `except` do not count.
 */
export async function nextDue(
  reader: Reader,
  queue: string,
  now: number,
  afterKey: string,
  except: readonly number[],
): Promise<StoredJob | undefined> {
  const due = and(
    eq(jobs.state, 'waiting'),
    eq(jobs.queue, queue),
    lte(jobs.runAt, now),
    except.length > 0 ? notInArray(jobs.id, [...except]) : undefined,
  );
  const [urgent] = await reader
    .select({ priority: jobs.priority })
    .from(jobs)
    .where(due)
    .orderBy(asc(jobs.priority))
    .limit(1);
  if (!urgent) return undefined;
  const urgentDue = and(due, eq(jobs.priority, urgent.priority));
  return (
    (await firstByKey(reader, and(urgentDue, gt(jobs.fairnessKey, afterKey)))) ??
    (await firstByKey(reader, and(urgentDue, gte(jobs.fairnessKey, ''))))
  );
}

async function firstByKey(reader: Reader, condition: SQL | undefined): Promise<StoredJob | undefined> {
  const [job] = await reader
    .select()
    .from(jobs)
    .where(condition)
    .orderBy(asc(jobs.fairnessKey), asc(jobs.runAt), asc(jobs.id))
    .limit(1);
  return job;
}

/** When the next waiting job becomes due. */
export async function nextRunAt(reader: Reader): Promise<number | undefined> {
  const [row] = await reader
    .select({ at: min(jobs.runAt) })
    .from(jobs)
    .where(eq(jobs.state, 'waiting'));
  return row?.at ?? undefined;
}

/** Takes a waiting job; false when another process was quicker. */
export async function claimJob(tx: Tx, job: StoredJob, owner: string, leaseUntil: number): Promise<boolean> {
  const result = await tx
    .update(jobs)
    .set({
      state: 'running',
      attempts: job.attempts + 1,
      leaseOwner: owner,
      leaseUntil,
      uniqueKey: null,
    })
    .where(and(eq(jobs.id, job.id), eq(jobs.state, 'waiting'), eq(jobs.attempts, job.attempts)));
  return changedRows(result) === 1;
}

/** What becomes of a job after a run. */
export type Outcome =
  | { state: 'done'; finishedAt: number }
  | { state: 'dead'; finishedAt: number; lastError: string }
  | { state: 'waiting'; runAt: number; attempts: number; lastError: string | null };

/** Writes the outcome of a run; false when the lease was lost meanwhile. */
export async function settleJob(tx: Tx, id: number, owner: string, outcome: Outcome): Promise<boolean> {
  const result = await tx
    .update(jobs)
    .set({ ...outcome, leaseOwner: null, leaseUntil: null })
    .where(and(eq(jobs.id, id), eq(jobs.state, 'running'), eq(jobs.leaseOwner, owner)));
  return changedRows(result) === 1;
}

/** Prolongs the leases of a process. */
export async function renewLeases(tx: Tx, owner: string, leaseUntil: number): Promise<void> {
  await tx
    .update(jobs)
    .set({ leaseUntil })
    .where(and(eq(jobs.state, 'running'), eq(jobs.leaseOwner, owner)));
}

/** The jobs a process still holds. */
export async function leasedIds(reader: Reader, owner: string): Promise<number[]> {
  const rows = await reader
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(eq(jobs.state, 'running'), eq(jobs.leaseOwner, owner)));
  return rows.map((row) => row.id);
}

/** Jobs whose worker has gone silent. */
export async function expiredLeases(reader: Reader, now: number): Promise<StoredJob[]> {
  return reader
    .select()
    .from(jobs)
    .where(and(eq(jobs.state, 'running'), lt(jobs.leaseUntil, now)))
    .orderBy(asc(jobs.id))
    .limit(200);
}

export async function findJob(reader: Reader, id: number): Promise<StoredJob | undefined> {
  const [job] = await reader.select().from(jobs).where(eq(jobs.id, id));
  return job;
}

/** Makes a dead or waiting job due at once, before all others; false when it is neither. */
export async function moveToFront(tx: Tx, id: number, now: number): Promise<boolean> {
  const result = await tx
    .update(jobs)
    .set({ state: 'waiting', priority: 0, runAt: now, attempts: 0, finishedAt: null })
    .where(and(eq(jobs.id, id), inArray(jobs.state, ['dead', 'waiting'])));
  return changedRows(result) === 1;
}

/** Newest first. */
export async function listJobs(reader: Reader, filter: JobFilter): Promise<StoredJob[]> {
  return reader
    .select()
    .from(jobs)
    .where(
      and(
        filter.state === undefined ? undefined : eq(jobs.state, filter.state),
        filter.queue === undefined ? undefined : eq(jobs.queue, filter.queue),
        filter.kind === undefined ? undefined : eq(jobs.kind, filter.kind),
        filter.beforeId === undefined ? undefined : lt(jobs.id, filter.beforeId),
      ),
    )
    .orderBy(desc(jobs.id))
    .limit(filter.limit)
    .offset(filter.offset ?? 0);
}

export async function countJobs(reader: Reader): Promise<JobCount[]> {
  return reader
    .select({ queue: jobs.queue, state: jobs.state, count: count() })
    .from(jobs)
    .groupBy(jobs.queue, jobs.state);
}

/** Deletes a job unless it is running; false when it is, or is gone. */
export async function deleteJob(tx: Tx, id: number): Promise<boolean> {
  const result = await tx.delete(jobs).where(and(eq(jobs.id, id), ne(jobs.state, 'running')));
  return changedRows(result) === 1;
}

/** Deletes up to 500 jobs that finished before an instant; returns how many. */
export async function deleteFinished(tx: Tx, state: 'done' | 'dead', before: number): Promise<number> {
  const rows = await tx
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(eq(jobs.state, state), lt(jobs.finishedAt, before)))
    .limit(500);
  if (rows.length === 0) return 0;
  const ids = rows.map((row) => row.id);
  return changedRows(await tx.delete(jobs).where(inArray(jobs.id, ids)));
}

export async function findLastRun(reader: Reader, name: string): Promise<number | undefined> {
  const [row] = await reader.select().from(schedules).where(eq(schedules.name, name));
  return row?.lastRunAt;
}

/** When schedules ran last, by name. */
export async function listLastRuns(reader: Reader): Promise<Map<string, number>> {
  const rows = await reader.select().from(schedules);
  return new Map(rows.map(({ name, lastRunAt }) => [name, lastRunAt]));
}

/** Starts the count of a schedule that was never seen. */
export async function startSchedule(tx: Tx, name: string, now: number): Promise<void> {
  await insertIfAbsent(tx, schedules, { name, lastRunAt: now });
}

/** Notes that a schedule ran; false when another process noted it first. */
export async function noteScheduleRun(tx: Tx, name: string, lastRun: number, now: number): Promise<boolean> {
  const result = await tx
    .update(schedules)
    .set({ lastRunAt: now })
    .where(and(eq(schedules.name, name), eq(schedules.lastRunAt, lastRun)));
  return changedRows(result) === 1;
}
