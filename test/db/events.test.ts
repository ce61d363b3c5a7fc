// The outbox: events and their jobs commit together, reactors get typed events, lists page by id.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { events as eventsTable } from '../../src/platform/db/tables/platform.ts';
import type { Events } from '../../src/platform/events/events.ts';
import type { RecordedEvent } from '../../src/platform/events/events.types.ts';
import { openEvents } from '../../src/platform/events/open-events.ts';
import type { Jobs } from '../../src/platform/jobs/jobs.types.ts';
import { openJobs } from '../../src/platform/jobs/open-jobs.ts';
import { silentLog } from '../../src/platform/observability/log.ts';
import { openMetrics } from '../../src/platform/observability/metrics.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { manualClock } from '../support/manual-clock.ts';
import { testSecrets } from '../support/secrets.ts';

const clock = manualClock();
let place: TestDatabase;
let jobs: Jobs;
let events: Events;
let seen: RecordedEvent[];

beforeEach(async () => {
  place = await openTestDb();
  jobs = openJobs({ db: place.db, clock, log: silentLog(), metrics: openMetrics(), workers: 2 });
  events = openEvents({ db: place.db, clock, jobs, secrets: testSecrets() });
  seen = [];
  events.subscribe({
    name: 'watcher',
    kinds: ['push', 'user.created'],
    onEvent: async (event) => void seen.push(event),
  });
});
afterEach(() => place.close());

const push = (repositoryId: number) => ({
  kind: 'push' as const,
  actorId: 7,
  repositoryId,
  updates: [{ ref: 'refs/heads/main', oldOid: '0'.repeat(40), newOid: 'a'.repeat(40) }],
});

test('a reactor receives the event it subscribed to, whole', async () => {
  const id = await place.db.write((tx) => events.record(tx, push(3)));
  expect(await jobs.drain()).toBe(1);
  expect(seen).toStrictEqual([{ ...push(3), id, createdAt: clock.now() }]);
});

test('an event without actor or repository comes back without them', async () => {
  const id = await place.db.write((tx) => events.record(tx, { kind: 'user.created', userId: 5 }));
  await jobs.drain();
  expect(seen).toStrictEqual([{ kind: 'user.created', userId: 5, id, createdAt: clock.now() }]);
});

test('what nobody subscribed to makes no job', async () => {
  await place.db.write((tx) =>
    events.record(tx, { kind: 'repository.created', repositoryId: 1, name: 'x', actorId: 7 }),
  );
  expect(await jobs.drain()).toBe(0);
  expect(await events.recent({ limit: 10 })).toHaveLength(1);
});

test('a rolled back transaction leaves neither event nor job', async () => {
  const attempt = place.db.write(async (tx) => {
    await events.record(tx, push(3));
    throw new Error('no');
  });
  await expect(attempt).rejects.toThrow('no');
  expect(await events.recent({ limit: 10 })).toStrictEqual([]);
  expect(await jobs.list({ limit: 10 })).toStrictEqual([]);
});

test('each reactor has its own job: one failing does not hold up or repeat the other', async () => {
  events.subscribe({ name: 'broken', kinds: ['push'], onEvent: () => Promise.reject(new Error('broken')) });
  await place.db.write((tx) => events.record(tx, push(3)));
  await jobs.drain();
  clock.advance(60_000);
  await jobs.drain();
  expect(seen).toHaveLength(1);
  const [waiting] = await jobs.list({ state: 'waiting', limit: 10 });
  expect(waiting).toMatchObject({ kind: 'react:broken', attempts: 2, lastError: 'broken' });
  expect(() => events.subscribe({ name: 'broken', kinds: [], onEvent: async () => undefined })).toThrow(
    'broken',
  );
});

test('recent lists newest first, filtered, page by page', async () => {
  for (const repositoryId of [1, 2, 1, 1])
    await place.db.write((tx) => events.record(tx, push(repositoryId)));
  await place.db.write((tx) => events.record(tx, { kind: 'user.created', userId: 5, actorId: 8 }));
  const first = await events.recent({ repositoryId: 1, limit: 2 });
  const second = await events.recent({ repositoryId: 1, limit: 2, beforeId: first[1]?.id ?? 0 });
  const ids = [...first, ...second].map((event) => event.id);
  expect(ids).toHaveLength(3);
  expect(ids).toStrictEqual([...ids].sort((a, b) => b - a));
  expect((await events.recent({ actorId: 8, limit: 10 })).map((event) => event.kind)).toStrictEqual([
    'user.created',
  ]);
});

test('a kind that only a newer version knows is left out', async () => {
  await place.db.write(async (tx) => {
    await tx.insert(eventsTable).values({ kind: 'from.the.future', data: {}, createdAt: 1 });
  });
  expect(await events.recent({ limit: 10 })).toStrictEqual([]);
});
