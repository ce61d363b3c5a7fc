// The running scheduler on every engine: wake-up, places, stopping, and leases of long jobs.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MINUTE, SECOND } from '../../src/base/time.ts';
import { jobs as jobsTable } from '../../src/platform/db/tables/platform.ts';
import type { Jobs } from '../../src/platform/jobs/jobs.types.ts';
import { type JobsOptions, openJobs } from '../../src/platform/jobs/open-jobs.ts';
import { silentLog } from '../../src/platform/observability/log.ts';
import { openMetrics } from '../../src/platform/observability/metrics.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';

let place: TestDatabase;
let clock: ManualClock;
let jobs: Jobs;

beforeEach(async () => {
  place = await openTestDb();
  clock = manualClock();
  jobs = openWorker();
});
afterEach(() => place.close());

function openWorker(options: Partial<JobsOptions> = {}): Jobs {
  const parts = { db: place.db, clock, log: silentLog(), metrics: openMetrics(), workers: 2 };
  return openJobs({ ...parts, ...options });
}

function add(kind: string): Promise<void> {
  return place.db.write((tx) => jobs.enqueue(tx, kind, {}));
}

async function only(): Promise<typeof jobsTable.$inferSelect> {
  const [row] = await place.db.read.select().from(jobsTable).orderBy(jobsTable.id).limit(1);
  if (!row) throw new Error('no job');
  return row;
}

test('the started scheduler is woken by a commit, without waiting for its poll', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  jobs = openWorker({ pollMs: 60 * MINUTE, leaseMs: 180 * MINUTE });
  jobs.define({ kind: 'signal', queue: 'events', run: async () => resolve() });
  jobs.start();
  await add('signal');
  await promise;
  await jobs.stop(1000);
  expect((await jobs.list({ limit: 1 }))[0]).toMatchObject({ kind: 'signal', state: 'done' });
});

test('no more jobs of a queue run at once than it has places', async () => {
  let now = 0;
  let most = 0;
  const gate = Promise.withResolvers<void>();
  const full = Promise.withResolvers<void>();
  const all = Promise.withResolvers<void>();
  let ended = 0;
  jobs.define({
    kind: 'wide',
    queue: 'default',
    async run() {
      now += 1;
      most = Math.max(most, now);
      if (now === 2) full.resolve();
      await gate.promise;
      now -= 1;
      ended += 1;
      if (ended === 6) all.resolve();
    },
  });
  jobs.start();
  await place.db.write(async (tx) => {
    for (let index = 0; index < 6; index += 1) await jobs.enqueue(tx, 'wide', {});
  });
  await full.promise;
  gate.resolve();
  await all.promise;
  await jobs.stop(1000);
  expect(most).toBe(2);
});

test('stopping tells running jobs, returns the unfinished ones uncounted, and takes no new ones', async () => {
  const started = Promise.withResolvers<void>();
  jobs.define({
    kind: 'slow',
    queue: 'default',
    async run(_payload, { signal }) {
      started.resolve();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
  });
  jobs.start();
  await add('slow');
  await started.promise;
  await jobs.stop(50);
  expect(await only()).toMatchObject({ state: 'waiting', attempts: 0, leaseOwner: null, lastError: null });
  await add('slow');
  expect(await jobs.list({ state: 'running', limit: 10 })).toStrictEqual([]);
});

test('a job that ignores the stop is returned as well, and its late result is not taken', async () => {
  const started = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const late = Promise.withResolvers<void>();
  jobs.define({
    kind: 'slow',
    queue: 'default',
    async run() {
      started.resolve();
      await gate.promise;
      late.resolve();
    },
  });
  jobs.start();
  await add('slow');
  await started.promise;
  await jobs.stop(20);
  expect(await only()).toMatchObject({ state: 'waiting', attempts: 0 });
  gate.resolve();
  await late.promise;
  await place.db.write(async () => undefined);
  expect(await only()).toMatchObject({ state: 'waiting', attempts: 0 });
});

test('leases are renewed while a job runs longer than one', async () => {
  const started = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  jobs = openWorker({ pollMs: 10, leaseMs: 30 * SECOND });
  jobs.define({
    kind: 'slow',
    queue: 'default',
    async run() {
      started.resolve();
      await gate.promise;
    },
  });
  jobs.start();
  await add('slow');
  await started.promise;
  const before = (await only()).leaseUntil ?? 0;
  clock.advance(20 * SECOND);
  await expect.poll(async () => (await only()).leaseUntil).toBe(before + 20 * SECOND);
  gate.resolve();
  await jobs.stop(2000);
  expect(await only()).toMatchObject({ state: 'done', attempts: 1 });
});
