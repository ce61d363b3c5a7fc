// Pull requests and their heads on every engine, also when several come at once.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SYSTEM } from '../../src/base/actor.ts';
import { createPull } from '../../src/features/pulls/create-pull.service.ts';
import { synchronizePull } from '../../src/features/pulls/head-following.service.ts';
import {
  findMergedByHead,
  listOpenByTopic,
  listOpenForEdits,
  listRevisions,
  updatePull,
} from '../../src/features/pulls/pulls.store.ts';
import { removeReviewRequests, requestReviews } from '../../src/features/pulls/review-requests.service.ts';
import {
  listLastReviews,
  listRequests,
  listReviewerIds,
} from '../../src/features/pulls/review-requests.store.ts';
import { submitReview } from '../../src/features/pulls/reviews.service.ts';
import { openTestDb, type TestDatabase } from '../support/database.ts';
import { type TestApp, testApp } from '../support/test-app.ts';
import { makeWorkshop, type Workshop, writeCommit } from '../web/pulls/proposals.ts';

let place: TestDatabase;
let t: TestApp;
let shop: Workshop;

beforeAll(async () => {
  place = await openTestDb();
  t = await testApp({ database: place.config });
}, 60_000);
beforeEach(async () => {
  shop = await makeWorkshop(t);
}, 60_000);
afterAll(async () => {
  await t.close();
  await place.close();
});

describe('at once', () => {
  test('one branch is proposed once, and several get numbers of their own', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await shop.commit(name, { [name]: name });
    const ada = await t.actor('ada');
    const propose = (branch: string) =>
      createPull(t.app, ada, shop.open, {
        ...{ base: 'main', title: branch, body: '' },
        head: { open: shop.open, branch },
      });
    const tries = await Promise.allSettled(['a', 'a', 'a', 'a', 'b', 'c', 'd'].map(propose));
    const made = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(made.map(({ pull }) => pull.headBranch).sort()).toEqual(['a', 'b', 'c', 'd']);
    expect(made.map(({ issue }) => issue.number).sort()).toEqual([1, 2, 3, 4]);
  });

  test('a head that moves once has one new revision, however often it is followed', async () => {
    const from = await shop.commit('grows', { a: '1' });
    const pull = await shop.propose('grows');
    const actor = await t.actor('ada');
    const oid = await writeCommit(t, shop.open, from, { a: '2' }, { message: 'More', actor });
    await Promise.allSettled([1, 2, 3, 4].map(() => synchronizePull(t.app, SYSTEM, pull, { oid })));
    const rows = await listRevisions(t.app.db.read, pull.issue.id, 10);
    expect(rows.map(({ revision }) => revision)).toEqual([2, 1]);
    expect((await shop.again(pull)).pull).toMatchObject({ headOid: oid, revision: 2 });
  });
});

describe('requests', () => {
  test('are there once, and end with a review', async () => {
    await shop.commit('asked', { a: '1' });
    const pull = await shop.propose('asked');
    const [ada, writer, reader] = [await t.actor('ada'), await t.actor('writer'), await t.actor('reader')];
    const ask = () =>
      requestReviews(t.app, ada, shop.open, pull, { userIds: [writer.userId, reader.userId], teamIds: [] });
    await Promise.all([ask(), ask(), ask()]);
    const names = async () =>
      (await listRequests(t.app.db.read, [pull.issue.id])).map(({ user }) => user?.name).sort();
    expect(await names()).toEqual(['reader', 'writer']);
    const review = { state: 'approved', body: '' } as const;
    await submitReview(t.app, writer, { ...shop.open, actor: writer }, pull, review);
    expect(await names()).toEqual(['reader']);
    expect(await listReviewerIds(t.app.db.read, pull.issue.id)).toEqual([writer.userId]);
    expect(await listLastReviews(t.app.db.read, pull.issue.id)).toMatchObject([{ state: 'approved' }]);
    await removeReviewRequests(t.app, ada, shop.open, pull, { userIds: [reader.userId], teamIds: [] });
    expect(await names()).toEqual([]);
  });
});

test('what is found of heads', async () => {
  await shop.commit('found', { a: '1' });
  const pull = await shop.propose('found');
  const { id } = shop.open.repository;
  await t.app.db.write((tx) => updatePull(tx, pull.issue.id, { topic: 'one', allowsEdits: true }));
  expect((await listOpenByTopic(t.app.db.read, id, 'one')).map(({ issue }) => issue.id)).toEqual([
    pull.issue.id,
  ]);
  expect(await listOpenByTopic(t.app.db.read, id, undefined)).toEqual([]);
  expect(await listOpenForEdits(t.app.db.read, id, 10)).toHaveLength(1);
  expect(await findMergedByHead(t.app.db.read, id, 'found')).toBeUndefined();
  await t.app.db.write((tx) => updatePull(tx, pull.issue.id, { mergedAt: 1 }));
  expect(await findMergedByHead(t.app.db.read, id, 'found')).toMatchObject({ baseBranch: 'main' });
});
