// Queries on what webhooks are told: which listen, the queue in its order, the log, and forgetting.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { insertRepository } from '../../src/features/repos/repos.store.ts';
import { insertUser } from '../../src/features/users/users.store.ts';
import {
  failForgotten,
  failWaiting,
  findDelivery,
  findMessage,
  hasMoreWaiting,
  insertDelivery,
  insertMessage,
  insertRecorded,
  listDeliveries,
  listListening,
  listNeglected,
  listRecorded,
  listWaiting,
  removeEnded,
  removeRecorded,
} from '../../src/features/webhooks/deliveries.store.ts';
import { findHook, insertHook, removeHookRow, updateHook } from '../../src/features/webhooks/hooks.store.ts';
import type { DeliveryRow, HookRow } from '../../src/features/webhooks/hooks.types.ts';
import {
  listStandings,
  type OutcomeRow,
  updateOutcomes,
  updateStandings,
} from '../../src/features/webhooks/outcomes.store.ts';
import { listWaitingMessages } from '../../src/features/webhooks/queue.store.ts';
import { newDelivery } from '../../src/features/webhooks/recording.service.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { newRepository, newUser } from '../support/rows.ts';

let place: TestDatabase;
let ownerId: number;
let otherId: number;
let repositoryId: number;

beforeEach(async () => {
  place = await openTestDb();
  await place.db.write(async (tx) => {
    ownerId = (await insertUser(tx, { ...newUser('ada'), passwordHash: null, lastLoginAt: null })).id;
    otherId = (await insertUser(tx, { ...newUser('bob'), passwordHash: null, lastLoginAt: null })).id;
    const row = { ...newRepository(ownerId, 'engine'), pushedAt: null, deletedAt: null };
    repositoryId = (await insertRepository(tx, row)).id;
  });
});
afterEach(() => place.close());

function hook(more: Partial<HookRow>): Promise<HookRow> {
  return place.db.write((tx) =>
    insertHook(tx, {
      ...{ scope: 'site', repositoryId: null, ownerId: null, format: 'gitea', contentType: 'json' },
      ...{ sealed: Buffer.from([0, 255]), options: {}, events: [], sendsAll: true, branchFilter: '' },
      ...{ verifiesTls: true, isActive: true, createdById: ownerId, createdAt: 1, updatedAt: 1 },
      ...{ failingSince: null, failures: 0, retryAt: null, suspendedAt: null },
      ...{ lastState: null, lastTriedAt: null },
      ...more,
    }),
  );
}

function add(webhookId: number, cause: string, more: Partial<DeliveryRow> = {}): Promise<DeliveryRow> {
  return place.db.write((tx) => insertDelivery(tx, newDelivery(webhookId, cause, 1, more)));
}

function say(deliveryId: number, requestBody: Buffer): Promise<void> {
  const row = { deliveryId, requestHeaders: { 'X-A': 'ü' }, requestBody };
  return place.db.write((tx) => insertMessage(tx, { ...row, responseHeaders: null, responseBody: null }));
}

const idsOf = (rows: { id: number }[]) => rows.map(({ id }) => id);

test('those listen that are on and not given up: of a place, of its owner, of the site', async () => {
  const site = await hook({});
  const own = await hook({ scope: 'repository', repositoryId });
  const owners = await hook({ scope: 'user', ownerId });
  const others = await hook({ scope: 'user', ownerId: otherId });
  await hook({ isActive: false });
  await hook({ scope: 'repository', repositoryId, suspendedAt: 5 });
  const { read } = place.db;
  expect(await listListening(read, { repositoryIds: [repositoryId], ownerIds: [] })).toEqual([
    ...[site.id, own.id, owners.id],
  ]);
  expect(await listListening(read, { repositoryIds: [], ownerIds: [otherId] })).toEqual([site.id, others.id]);
  expect(await listListening(read, { repositoryIds: [], ownerIds: [] })).toEqual([site.id]);
});

test('what happened is recorded once for each webhook, and taken once', async () => {
  const { id } = await hook({});
  const rows = ['7', '8', '7'].map((cause) => newDelivery(id, cause, 1, { state: 'recorded' }));
  await place.db.write((tx) => insertRecorded(tx, rows));
  await place.db.write((tx) => insertRecorded(tx, rows.slice(0, 1)));
  const recorded = await listRecorded(place.db.read, id, 10);
  expect(recorded.map(({ cause }) => cause)).toEqual(['7', '8']);
  const take = () => place.db.write((tx) => removeRecorded(tx, idsOf(recorded)));
  expect([await take(), await take()]).toEqual([2, 0]);
  expect(await place.db.write((tx) => removeRecorded(tx, []))).toBe(0);
});

test('the queue is in order, and holds neither tests nor repetitions', async () => {
  const { id } = await hook({});
  const first = await add(id, '1:a');
  await add(id, 'test', { isTest: true });
  await add(id, 'again', { repeatsId: first.id });
  await add(id, '2:a', { state: 'delivered' });
  const second = await add(id, '3:a');
  const { read } = place.db;
  expect(idsOf(await listWaiting(read, id, 0, 10))).toEqual([first.id, second.id]);
  expect(idsOf(await listWaiting(read, id, first.id, 10))).toEqual([second.id]);
  expect([await hasMoreWaiting(read, id, 3), await hasMoreWaiting(read, id, 4)]).toEqual([true, false]);
  await say(first.id, Buffer.from('one'));
  const [one, two] = await listWaitingMessages(read, id, 0, 10);
  expect([one?.delivery, two?.delivery]).toEqual([first, second]);
  expect([Buffer.from(one?.message?.requestBody ?? []).toString(), two?.message]).toEqual(['one', null]);
  expect(await listWaitingMessages(read, id, first.id, 10)).toEqual([two]);
  expect(await listWaitingMessages(read, id, 0, 1)).toHaveLength(1);
  await place.db.write((tx) => failWaiting(tx, id, 'given up', 9));
  expect(await listWaiting(read, id, 0, 10)).toEqual([]);
  expect(await findDelivery(read, id, first.id)).toMatchObject({ state: 'failed', error: 'given up' });
  await place.db.write((tx) => failForgotten(tx, id, { before: 5, now: 9, error: 'late' }));
  expect(await hasMoreWaiting(read, id, 0)).toBe(false);
});

test('the log is newest first, page by page, without what nobody was told yet', async () => {
  const { id } = await hook({});
  const states = ['delivered', 'failed', 'waiting', 'refused', 'delivered', 'recorded'] as const;
  const rows: DeliveryRow[] = [];
  for (const state of states) rows.push(await add(id, `${rows.length}:x`, { state }));
  const shown = idsOf(rows.slice(0, 5)).toReversed();
  const page = (beforeId?: number) => listDeliveries(place.db.read, id, { beforeId, limit: 2 });
  expect(idsOf(await page())).toEqual(shown.slice(0, 2));
  expect(idsOf(await page(shown[1]))).toEqual(shown.slice(2, 4));
  expect(idsOf(await page(shown[3]))).toEqual(shown.slice(4));
});

test('messages keep every byte, and go with their delivery and their webhook', async () => {
  const { id } = await hook({});
  const delivery = await add(id, '1:a');
  const body = Buffer.from([0, 1, 255, 10]);
  await say(delivery.id, body);
  const came = { responseHeaders: { server: 'x' }, responseBody: '👍'.repeat(9000) };
  await place.db.write((tx) => updateOutcomes(tx, [outcome(delivery.id, came)]));
  const kept = await findMessage(place.db.read, delivery.id);
  expect(Buffer.from(kept?.requestBody ?? [])).toEqual(body);
  expect(kept).toMatchObject({ requestHeaders: { 'X-A': 'ü' }, responseBody: '👍'.repeat(9000) });
  await place.db.write((tx) => removeHookRow(tx, id));
  expect(await findMessage(place.db.read, delivery.id)).toBeUndefined();
});

function outcome(id: number, more: Partial<OutcomeRow> = {}): OutcomeRow {
  return {
    ...{ id, state: 'delivered', attempts: 1, status: 200, error: null, duration: 3, triedAt: 4, endedAt: 5 },
    ...{ requestHeaders: { 'X-A': 'ü' }, responseHeaders: {}, responseBody: '' },
    ...more,
  };
}

test('many outcomes are written at once, each as it was, with how their webhooks stand', async () => {
  const [one, two, gone] = [
    await hook({}),
    await hook({ failures: 3, failingSince: 2, retryAt: 9 }),
    999_999,
  ];
  const [first, second] = [await add(one.id, '1:a'), await add(two.id, '1:a')];
  for (const { id } of [first, second]) await say(id, Buffer.from('x'));
  const failed = { state: 'waiting', status: null, error: 'It "broke" off.', endedAt: null } as const;
  const nothing = { responseHeaders: null, responseBody: null };
  await place.db.write(async (tx) => {
    await updateOutcomes(tx, [
      outcome(first.id),
      outcome(gone),
      outcome(second.id, { ...failed, ...nothing }),
    ]);
    const before = await listStandings(tx, [one.id, two.id, gone]);
    expect(before.find(({ id }) => id === two.id)).toMatchObject({
      failures: 3,
      failingSince: 2,
      retryAt: 9,
    });
    const well = {
      failures: 0,
      failingSince: null,
      retryAt: null,
      lastState: 'delivered',
      lastTriedAt: 4,
    } as const;
    await updateStandings(tx, [{ id: two.id, ...well }]);
  });
  const { read } = place.db;
  expect(await findDelivery(read, one.id, first.id)).toEqual({
    ...first,
    ...{ state: 'delivered', attempts: 1, status: 200, duration: 3, triedAt: 4, endedAt: 5 },
  });
  expect(await findDelivery(read, two.id, second.id)).toMatchObject({ ...failed, attempts: 1 });
  expect(await findMessage(read, first.id)).toMatchObject({ responseHeaders: {}, responseBody: '' });
  expect(await findMessage(read, second.id)).toMatchObject(nothing);
  expect(await findHook(read, two.id)).toEqual({
    ...two,
    ...{ failures: 0, failingSince: null, retryAt: null, lastState: 'delivered', lastTriedAt: 4 },
  });
  expect(await findHook(read, one.id)).toEqual(one);
});

test('what waits and is known to no job is found, but for webhooks that are to be left alone', async () => {
  const [idle, waiting, recorded, later] = [await hook({}), await hook({}), await hook({}), await hook({})];
  await add(idle.id, '1:a', { state: 'delivered' });
  await add(waiting.id, '1:a');
  await add(recorded.id, '1', { state: 'recorded' });
  await add(later.id, '1:a');
  await place.db.write((tx) => updateHook(tx, later.id, { retryAt: 100 }));
  const { read } = place.db;
  expect(await listNeglected(read, 50, 0, 10)).toEqual([waiting.id, recorded.id]);
  expect(await listNeglected(read, 100, waiting.id, 10)).toEqual([recorded.id, later.id]);
});

test('what ended long ago is removed, what waits is not', async () => {
  const { id } = await hook({});
  await add(id, '1:a', { state: 'delivered', endedAt: 2 });
  const waiting = await add(id, '2:a');
  const fresh = await add(id, '3:a', { state: 'failed', createdAt: 100, endedAt: 100 });
  const remove = () => place.db.write((tx) => removeEnded(tx, 50, 10));
  expect([await remove(), await remove()]).toEqual([1, 0]);
  const left = await listDeliveries(place.db.read, id, { beforeId: undefined, limit: 10 });
  expect(idsOf(left)).toEqual([fresh.id, waiting.id]);
});
