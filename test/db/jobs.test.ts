// Background jobs on every engine: order, turns, unique keys, retries, leases, schedules, two workers at once.
import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/base/time.ts';
import type { Db } from '../../src/platform/db/db.types.ts';
import { jobs as jobsTable } from '../../src/platform/db/tables/platform.ts';
import { openClaims } from '../../src/platform/jobs/claim.ts';
import type { EnqueueOptions, Jobs } from '../../src/platform/jobs/jobs.types.ts';
import { type JobsOptions, openJobs } from '../../src/platform/jobs/open-jobs.ts';
import { silentLog } from '../../src/platform/observability/log.ts';
import { openMetrics } from '../../src/platform/observability/metrics.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';

let place: TestDatabase;
let clock: ManualClock;
let ran: string[];
let jobs: Jobs;

beforeEach(async () => {
  place = await openTestDb();
  clock = manualClock();
  ran = [];
  jobs = openWorker(place.db);
});
afterEach(() => place.close());

function openWorker(db: Db, options: Partial<JobsOptions> = {}): Jobs {
  const worker = openJobs({
    ...{ db, clock, log: silentLog(), metrics: openMetrics(), workers: 2 },
    ...options,
  });
  worker.define<{ name: string }>({
    kind: 'note',
    queue: 'default',
    run: async ({ name }) => void ran.push(name),
  });
  return worker;
}

function add(name: string, options: EnqueueOptions = {}, kind = 'note'): Promise<void> {
  return place.db.write((tx) => jobs.enqueue(tx, kind, { name }, options));
}

async function only(): Promise<typeof jobsTable.$inferSelect> {
  const [row] = await place.db.read.select().from(jobsTable).where(eq(jobsTable.kind, 'flaky'));
  if (!row) throw new Error('no job');
  return row;
}

test('what a rolled back transaction enqueued never runs', async () => {
  const attempt = place.db.write(async (tx) => {
    await jobs.enqueue(tx, 'note', { name: 'ghost' });
    throw new Error('no');
  });
  await expect(attempt).rejects.toThrow('no');
  expect(await jobs.drain()).toBe(0);
  expect(ran).toStrictEqual([]);
});

test('urgent jobs run first, then the oldest', async () => {
  jobs.define({ kind: 'urgent', queue: 'default', priority: 1, run: async () => void ran.push('urgent') });
  await add('a');
  await add('b');
  await add('', {}, 'urgent');
  expect(await jobs.drain()).toBe(3);
  expect(ran).toStrictEqual(['urgent', 'a', 'b']);
});

test('a thousand jobs of one repository do not starve another', async () => {
  await place.db.write(async (tx) => {
    for (let index = 0; index < 1000; index += 1) {
      await jobs.enqueue(tx, 'note', { name: `big ${index}` }, { fairnessKey: 'repo:1' });
    }
  });
  await add('small 0', { fairnessKey: 'repo:2' });
  await add('small 1', { fairnessKey: 'repo:2' });
  const claims = openClaims(place.db, clock, 'me', MINUTE);
  const first = await claims.take('default', 4);
  expect(first.map((job) => job.payload.name)).toStrictEqual(['big 0', 'small 0', 'big 1', 'small 1']);
});

test('a delayed job waits for its time', async () => {
  await add('later', { delay: 5 * MINUTE });
  clock.advance(5 * MINUTE - 1);
  expect(await jobs.drain()).toBe(0);
  clock.advance(1);
  expect(await jobs.drain()).toBe(1);
});

test('one waiting job per unique key; a running one does not block the next', async () => {
  let again = true;
  jobs.define({
    kind: 'index',
    queue: 'default',
    async run() {
      ran.push('index');
      if (again) await place.db.write((tx) => jobs.enqueue(tx, 'index', {}, { uniqueKey: 'repo:1' }));
      again = false;
    },
  });
  for (let index = 0; index < 3; index += 1) await add('', { uniqueKey: 'repo:1' }, 'index');
  await add('other kind', { uniqueKey: 'repo:1' });
  await add('', { uniqueKey: `long ${'x'.repeat(500)}` }, 'index');
  await add('', { uniqueKey: `long ${'x'.repeat(500)}` }, 'index');
  expect(await jobs.drain()).toBe(4);
  expect(ran.filter((name) => name === 'index')).toHaveLength(3);
});

test('a failing job is retried with growing delays, then dead, and can be retried by hand', async () => {
  let heal = false;
  jobs.define({
    kind: 'flaky',
    queue: 'default',
    maxAttempts: 3,
    async run(_payload, { attempt }) {
      ran.push(`attempt ${attempt}`);
      if (!heal) throw new Error('refused by https://u:secret@example.org');
    },
  });
  await add('', {}, 'flaky');
  expect(await jobs.drain()).toBe(1);
  const first = await only();
  expect(first).toMatchObject({ state: 'waiting', attempts: 1, leaseOwner: null });
  expect(first.lastError).toContain('refused by');
  expect(first.lastError).not.toContain('secret');
  const firstDelay = first.runAt - clock.now();
  expect(firstDelay).toBeGreaterThanOrEqual(3750);
  clock.advance(firstDelay);
  await jobs.drain();
  const secondDelay = (await only()).runAt - clock.now();
  expect(secondDelay).toBeGreaterThan(firstDelay);
  clock.advance(secondDelay);
  await jobs.drain();
  expect(await only()).toMatchObject({ state: 'dead', attempts: 3, finishedAt: clock.now() });
  clock.advance(DAY);
  await jobs.drain();
  expect(ran).toStrictEqual(['attempt 1', 'attempt 2', 'attempt 3']);

  heal = true;
  await jobs.retry((await only()).id);
  await jobs.drain();
  expect(await only()).toMatchObject({ state: 'done', attempts: 1 });
  await expect(jobs.retry((await only()).id)).rejects.toMatchObject({ code: 'conflict' });
  await expect(jobs.retry(123_456)).rejects.toMatchObject({ code: 'not_found' });
});

test('a job this version does not know is kept and retried, not lost', async () => {
  await add('a');
  await place.db.write(async (tx) => void (await tx.update(jobsTable).set({ kind: 'flaky' })));
  await jobs.drain();
  expect(await only()).toMatchObject({ state: 'waiting', attempts: 1 });
  expect((await only()).lastError).toContain('flaky');
});

test('the jobs of a crashed worker come back when its lease runs out, without its result', async () => {
  await add('a');
  const crashed = openClaims(place.db, clock, 'crashed', MINUTE);
  expect(await crashed.take('default', 5)).toHaveLength(1);
  expect(await jobs.drain()).toBe(0);
  clock.advance(MINUTE + 1);
  expect(await jobs.drain()).toBe(1);
  expect(ran).toStrictEqual(['a']);
  const [row] = await jobs.list({ limit: 1 });
  expect(row).toMatchObject({ state: 'done', attempts: 2 });
});

test('a job that takes its worker down each time ends dead instead of going round for ever', async () => {
  jobs.define({ kind: 'flaky', queue: 'default', maxAttempts: 2, run: async () => undefined });
  await add('', {}, 'flaky');
  for (let index = 0; index < 2; index += 1) {
    await openClaims(place.db, clock, `crashed ${index}`, MINUTE).take('default', 1);
    clock.advance(MINUTE + 1);
    if (index === 0)
      await place.db.write(async (tx) => void (await tx.update(jobsTable).set({ state: 'waiting' })));
  }
  expect(await jobs.drain()).toBe(0);
  expect(await only()).toMatchObject({ state: 'dead', attempts: 2 });
});

test('two workers on one database run each job once', async () => {
  const other = openWorker(await place.openAnother());
  await place.db.write(async (tx) => {
    for (let index = 0; index < 60; index += 1) await jobs.enqueue(tx, 'note', { name: `${index}` });
  });
  const counts = await Promise.all([jobs.drain(), other.drain()]);
  expect(counts[0] + counts[1]).toBe(60);
  expect(new Set(ran).size).toBe(60);
  expect(ran).toHaveLength(60);
});

test('schedules run when due, once per time, once for many missed, and once for two workers', async () => {
  const other = openWorker(await place.openAnother());
  for (const worker of [jobs, other]) {
    worker.schedule({ name: 'nightly', cron: '0 3 * * *', kind: 'note', payload: { name: 'nightly' } });
  }
  const drainBoth = () => Promise.all([jobs.drain(), other.drain()]);
  const nightly = () => ran.filter((name) => name === 'nightly').length;
  await drainBoth();
  expect(nightly()).toBe(0);
  clock.advance(3 * HOUR);
  await drainBoth();
  await drainBoth();
  expect(nightly()).toBe(1);
  clock.advance(5 * DAY);
  await drainBoth();
  await drainBoth();
  expect(nightly()).toBe(2);
  expect(() => jobs.schedule({ name: 'x', cron: '61 * * * *', kind: 'note' })).toThrow('minute');
  expect(() => jobs.schedule({ name: 'x', cron: '* * * * *', kind: 'unknown' })).toThrow('unknown');
});

test('finished jobs are purged by age, dead ones later', async () => {
  jobs.define({
    kind: 'flaky',
    queue: 'default',
    maxAttempts: 1,
    run: () => Promise.reject(new Error('never works')),
  });
  await add('a');
  await add('', {}, 'flaky');
  await jobs.drain();
  clock.advance(4 * DAY);
  await jobs.drain();
  const kinds = (await jobs.list({ limit: 10 })).map((job) => job.kind);
  expect(kinds).toStrictEqual(['jobs.purge', 'flaky']);
});

test('list filters by state and pages by id', async () => {
  for (const name of ['a', 'b', 'c']) await add(name);
  const [newest] = await jobs.list({ limit: 1 });
  expect(newest?.payload).toStrictEqual({ name: 'c' });
  const older = await jobs.list({ limit: 10, beforeId: newest?.id ?? 0 });
  expect(older.map((job) => job.payload.name)).toStrictEqual(['b', 'a']);
  expect(await jobs.list({ state: 'dead', limit: 10 })).toStrictEqual([]);
});

test('a schedule that ran by a clock far ahead does not wait for that time to come', async () => {
  jobs.schedule({ name: 'hourly', cron: '0 * * * *', kind: 'note', payload: { name: 'hourly' } });
  await jobs.drain();
  clock.advance(400 * DAY);
  await jobs.drain();
  expect(ran).toStrictEqual(['hourly']);
  clock.advance(-400 * DAY);
  await jobs.drain();
  clock.advance(HOUR);
  await jobs.drain();
  expect(ran).toStrictEqual(['hourly', 'hourly']);
});
