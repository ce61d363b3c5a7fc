// Takes due jobs out of a queue, in turns between fairness keys, under a lease.
import type { Clock } from '../../base/time.ts';
import type { Db } from '../db/db.types.ts';
import { claimJob, nextDue, type StoredJob } from './jobs.store.ts';

export interface Claims {
  /** Takes up to `limit` due jobs of a queue; fewer when others were quicker. */
  take(queue: string, limit: number): Promise<StoredJob[]>;
}

/** Opens the taking of jobs by one worker process, named `owner`, that renews its leases within `leaseMs`. */
export function openClaims(db: Db, clock: Clock, owner: string, leaseMs: number): Claims {
  /** The fairness key served last, per queue: the next one in order is served next. */
  const served = new Map<string, string>();

  async function candidates(queue: string, limit: number): Promise<StoredJob[]> {
    const found: StoredJob[] = [];
    while (found.length < limit) {
      const taken = found.map((job) => job.id);
      const job = await nextDue(db.read, queue, clock.now(), served.get(queue) ?? '', taken);
      if (!job) break;
      served.set(queue, job.fairnessKey);
      found.push(job);
    }
    return found;
  }

  return {
    async take(queue, limit) {
      const found = await candidates(queue, limit);
      if (found.length === 0) return [];
      // Each is taken by a conditional update of one row, so two processes never run the same job.
      return db.write(async (tx) => {
        const claimed: StoredJob[] = [];
        for (const job of found) {
          if (await claimJob(tx, job, owner, clock.now() + leaseMs)) {
            claimed.push({ ...job, attempts: job.attempts + 1 });
          }
        }
        return claimed;
      });
    },
  };
}
