// Keeps the leases of running jobs, and brings back the jobs of workers that went silent.
import type { Clock } from '../../base/time.ts';
import type { Db } from '../db/db.types.ts';
import type { Log } from '../observability/log.ts';
import { expiredLeases, leasedIds, renewLeases, settleJob } from './jobs.store.ts';

const SILENT = 'The process that ran this job went silent.';

/** Prolongs what this process runs; returns the ids it still holds. */
export async function renew(db: Db, owner: string, leaseUntil: number): Promise<Set<number>> {
  await db.write((tx) => renewLeases(tx, owner, leaseUntil));
  return new Set(await leasedIds(db.read, owner));
}

/** Keeps the leases of a process while `work` runs. */
export async function renewWhile<T>(
  { db, clock, log, owner, leaseMs }: { db: Db; clock: Clock; log: Log; owner: string; leaseMs: number },
  work: () => Promise<T>,
): Promise<T> {
  let renewing: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    renewing = renew(db, owner, clock.now() + leaseMs).catch((error: unknown) => {
      log.error({ err: error }, 'leases of jobs could not be renewed');
    });
  }, leaseMs / 3);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    await renewing;
  }
}

/** Returns jobs with an expired lease to their queue; those that used up their attempts are dead. */
export async function recoverExpired(db: Db, clock: Clock, log: Log): Promise<number> {
  const expired = await expiredLeases(db.read, clock.now());
  for (const job of expired) {
    const now = clock.now();
    const used = job.attempts >= job.maxAttempts;
    const recovered = await db.write((tx) =>
      settleJob(
        tx,
        job.id,
        job.leaseOwner ?? '',
        used
          ? { state: 'dead', finishedAt: now, lastError: SILENT }
          : { state: 'waiting', runAt: now, attempts: job.attempts, lastError: SILENT },
      ),
    );
    if (recovered)
      log.warn({ job: job.id, kind: job.kind, dead: used }, 'took back a job whose lease ran out');
  }
  return expired.length;
}
