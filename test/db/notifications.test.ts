// Telling 10,000 people by rows alone, on every engine: nobody twice, nothing lost when it stops half-way, and the inbox in
// its order.
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  beginThreads,
  insertMailed,
  listMailed,
  renewThreads,
} from '../../src/features/notifications/deliveries.store.ts';
import {
  changeThreads,
  findAnyUnread,
  listThreads,
  moveSome,
  type ThreadCursor,
} from '../../src/features/notifications/threads.store.ts';
import { listWatcherIds } from '../../src/features/repos/watches.store.ts';
import { notifications, repositoryWatches } from '../../src/platform/db/tables/notifications.ts';
import { users } from '../../src/platform/db/tables/users.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { newUser } from '../support/rows.ts';
import { worldIn } from '../support/standing.ts';

let place: TestDatabase;
let repositoryId: number;
let userId: number;
beforeEach(async () => {
  place = await openTestDb();
  const world = worldIn(place.db);
  userId = (await world.person('ada')).userId;
  repositoryId = (await world.repository({ id: userId, kind: 'user' }, 'r')).repository.id;
});
afterEach(() => place.close());

const AT_ONCE = 100;
const told = (lastEventId: number) => ({
  subject: 'issue' as const,
  subjectId: 7,
  repositoryId,
  lastEventId,
  updatedAt: 1_000 + lastEventId,
});

/** Tells all watchers, as the reaction does, and stops after some parts. */
async function tellWatchers(eventId: number, parts = Number.POSITIVE_INFINITY): Promise<void> {
  for (let after = 0, part = 0; part < parts; part++) {
    const ids = await listWatcherIds(place.db.read, repositoryId, { after, limit: AT_ONCE });
    if (ids.length === 0) return;
    after = ids.at(-1) ?? 0;
    await place.db.write(async (tx) => {
      const people = ids.map((id) => ({ userId: id, reason: 'subscribed' as const }));
      await beginThreads(tx, told(eventId), people);
      await renewThreads(tx, told(eventId), 'subscribed', ids);
      const mailed = new Set(await listMailed(tx, eventId, ids));
      await insertMailed(
        tx,
        eventId,
        ids.filter((id) => !mailed.has(id)),
        1,
      );
    });
  }
}

test('10,000 watchers are told once each, though the first run stops half-way and the second overtakes the third', async () => {
  for (let from = 0; from < 10_000; from += 500)
    await place.db.write(async (tx) => {
      const people = Array.from({ length: 500 }, (_, index) => newUser(`watcher${from + index}`));
      await tx.insert(users).values(people);
    });
  const everybody = await place.db.read.select({ id: users.id }).from(users);
  for (let from = 0; from < everybody.length; from += 500)
    await place.db.write(async (tx) => {
      const rows = everybody.slice(from, from + 500).map(({ id }) => ({
        userId: id,
        repositoryId,
        level: id % 2 === 0 ? ('all' as const) : ('custom' as const),
        kinds: [],
        createdAt: 1,
      }));
      await tx.insert(repositoryWatches).values(rows);
    });
  await tellWatchers(5, 40);
  await tellWatchers(5);
  let rows = await place.db.read.select().from(notifications);
  expect(rows).toHaveLength(10_001);
  expect(new Set(rows.map((row) => row.userId)).size).toBe(10_001);
  expect(rows.every((row) => row.state === 'unread' && row.lastEventId === 5)).toBe(true);
  await place.db.write(async (tx) => void (await tx.update(notifications).set({ state: 'read', readAt: 9 })));
  await tellWatchers(5);
  await tellWatchers(4);
  rows = await place.db.read.select().from(notifications);
  expect(rows.every((row) => row.state === 'read' && row.readAt === 9 && row.lastEventId === 5)).toBe(true);
  await tellWatchers(6);
  rows = await place.db.read.select().from(notifications);
  expect(rows).toHaveLength(10_001);
  expect(rows.every((row) => row.state === 'unread' && row.readAt === null && row.lastEventId === 6)).toBe(
    true,
  );
}, 240_000);

test('a mail that another run has queued meanwhile fails the whole part, so that none is queued twice', async () => {
  await place.db.write((tx) => insertMailed(tx, 5, [userId], 1));
  await expect(place.db.write((tx) => insertMailed(tx, 5, [userId], 1))).rejects.toMatchObject({
    code: 'conflict',
  });
});

test('the inbox is read in order by pages over several states, and marked as it was seen', async () => {
  await place.db.write(async (tx) => {
    const rows = Array.from({ length: 60 }, (_, index) => ({
      userId,
      repositoryId,
      subject: 'issue' as const,
      subjectId: index + 1,
      reason: 'mention' as const,
      state: (['unread', 'read', 'done'] as const)[index % 3] ?? 'done',
      isSaved: index % 7 === 0,
      lastEventId: 10,
      // Several at one instant.
      updatedAt: 1_000 + Math.floor(index / 4),
      readAt: null,
    }));
    await tx.insert(notifications).values(rows);
  });
  const all = (await place.db.read.select().from(notifications))
    .filter((row) => row.state !== 'done')
    .sort((one, other) => other.updatedAt - one.updatedAt || other.id - one.id);
  const states = ['unread', 'read'] as const;
  const seen: number[] = [];
  for (let after: ThreadCursor | undefined; ; ) {
    const page = await listThreads(place.db.read, { userId, states, limit: 7, ...(after ? { after } : {}) });
    seen.push(...page.map(({ thread }) => thread.id));
    const last = page.at(-1)?.thread;
    if (!last || page.length < 7) break;
    after = { updatedAt: last.updatedAt, id: last.id };
  }
  expect(seen).toEqual(all.map(({ id }) => id));
  const [first] = all;
  if (!first) throw new Error();
  const mark = (lastEventId: number) =>
    place.db.write((tx) => changeThreads(tx, userId, [{ id: first.id, lastEventId }], { state: 'done' }));
  expect(await mark(9)).toBe(0);
  expect(await mark(10)).toBe(1);
  const filter = { userId, states, before: 1_010 };
  expect(await place.db.write((tx) => moveSome(tx, filter, { state: 'done', readAt: 2 }))).toBe(false);
  const left = (await place.db.read.select().from(notifications)).filter((row) => row.state !== 'done');
  expect(left.every((row) => row.updatedAt >= 1_010)).toBe(true);
  expect(await findAnyUnread(place.db.read, userId)).toBeDefined();
  expect(await findAnyUnread(place.db.read, userId + 1_000)).toBeUndefined();
});
