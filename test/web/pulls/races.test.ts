// What comes in the middle of a merge: new commits, closing, and other merges.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closePullWithin } from '../../../src/features/issues/pull-states.service.ts';
import { changePull } from '../../../src/features/pulls/changing-pulls.service.ts';
import { deleteHeadBranch } from '../../../src/features/pulls/head-branches.service.ts';
import { synchronizePull } from '../../../src/features/pulls/head-following.service.ts';
import { mergePull } from '../../../src/features/pulls/merging.service.ts';
import { listRevisions } from '../../../src/features/pulls/pulls.store.ts';
import type { Pull } from '../../../src/features/pulls/pulls.types.ts';
import { addPushJudge } from '../../../src/features/repos/push-judges.service.ts';
import { changeRefs } from '../../../src/features/repos/ref-changes.service.ts';
import { countOpen } from '../../../src/features/repos/watches.store.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { eventsOf } from '../issues/tracker.ts';
import { makeWorkshop, type Workshop, writeCommit } from './proposals.ts';

let t: TestApp;
/** What happens while the branch of the base is about to move. */
let meanwhile: (() => Promise<void>) | undefined;

beforeAll(async () => {
  t = await testApp();
  addPushJudge(t.app, async (_app, { merge }) => {
    const happens = merge ? meanwhile : undefined;
    meanwhile = undefined;
    await happens?.();
    return [];
  });
});
afterAll(() => t.close());

async function merged(shop: Workshop, pull: Pull, style: 'merge' | 'squash' | 'rebase' = 'merge') {
  return mergePull(t.app, await t.actor('ada'), shop.open, pull, { style });
}

async function push(shop: Workshop, branch: string, oldOid: string, files: Record<string, string>) {
  const actor = await t.actor('ada');
  const newOid = await writeCommit(t, shop.open, oldOid, files, { message: 'Later', actor });
  await changeRefs(t.app, actor, shop.open, { updates: [{ ref: `refs/heads/${branch}`, oldOid, newOid }] });
  return newOid;
}

test('commits that are pushed in the middle of a merge are not said to be merged, and keep their branch', async () => {
  const shop = await makeWorkshop(t);
  const head = await shop.commit('topic', { a: '1' });
  const pull = await shop.propose('topic');
  let later = '';
  let following: Promise<boolean> | undefined;
  meanwhile = async () => {
    later = await push(shop, 'topic', head, { b: '2' });
    following = synchronizePull(t.app, await t.actor('ada'), pull, { oid: later, from: shop.open.dir });
    // It has begun, and waits or is refused.
    await Promise.race([following, new Promise((resolve) => setTimeout(resolve, 300))]);
  };
  await merged(shop, pull);
  expect(await following).toBe(false);
  await t.app.jobs.drain();
  const after = await shop.again(pull);
  expect(after.pull).toMatchObject({ headOid: head, revision: 1 });
  expect(after.issue.closeReason).toBe('merged');
  expect(await t.app.git.ref(shop.open.dir, `refs/pull/${pull.issue.number}/head`)).toBe(head);
  expect(await listRevisions(t.app.db.read, pull.issue.id, 10)).toHaveLength(1);
  await expect(deleteHeadBranch(t.app, await t.actor('ada'), shop.open, after)).rejects.toMatchObject({
    code: 'conflict',
  });
  expect(await t.app.git.ref(shop.open.dir, 'refs/heads/topic')).toBe(later);
});

test('two heads that are followed at once leave the ref of the pull request at the one its row names', async () => {
  const shop = await makeWorkshop(t);
  const first = await shop.commit('topic', { a: '1' });
  const pull = await shop.propose('topic');
  const actor = await t.actor('ada');
  for (let round = 0; round < 3; round++) {
    const oids = await Promise.all(
      ['b', 'c', 'd'].map((name) =>
        writeCommit(t, shop.open, first, { [name]: `${round}` }, { message: name, actor }),
      ),
    );
    await Promise.allSettled(oids.map((oid) => synchronizePull(t.app, actor, pull, { oid })));
    const { pull: now } = await shop.again(pull);
    expect(await t.app.git.ref(shop.open.dir, `refs/pull/${now.number}/head`)).toBe(now.headOid);
    for (const { revision, headOid } of await listRevisions(t.app.db.read, pull.issue.id, 50))
      if (revision < now.revision)
        expect(await t.app.git.ref(shop.open.dir, `refs/opencodehub/pulls/${now.number}/${revision}`)).toBe(
          headOid,
        );
  }
});

test('a pull request that is closed in the middle of its merge is merged, and counted once', async () => {
  const shop = await makeWorkshop(t);
  await shop.commit('topic', { a: '1' });
  const pull = await shop.propose('topic');
  const ada = await t.actor('ada');
  meanwhile = () =>
    changePull(t.app, ada, shop.open, pull.issue.id, 'pulls:comment', async (change) => {
      await closePullWithin(t.app, ada, change);
    });
  await merged(shop, pull);
  await t.app.jobs.drain();
  expect((await shop.again(pull)).issue).toMatchObject({ state: 'closed', closeReason: 'merged' });
  expect(await countOpen(t.app.db.read, shop.open.repository.id)).toMatchObject({ openPulls: 0 });
});

test('merges of one pull request in different styles at once merge it once', async () => {
  const shop = await makeWorkshop(t);
  await shop.commit('topic', { a: '1' });
  await shop.commit('main', { z: '1' });
  const pull = await shop.propose('topic');
  const tries = await Promise.allSettled([
    merged(shop, pull, 'squash'),
    merged(shop, pull, 'merge'),
    merged(shop, pull, 'rebase'),
  ]);
  expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
  await t.app.jobs.drain();
  expect(await eventsOf(t, shop.open, 'pull.merged')).toHaveLength(1);
});

test('a base that is deleted in the middle of a merge leaves nothing half done', async () => {
  const shop = await makeWorkshop(t);
  const base = await shop.commit('base', { a: '1' });
  await shop.commit('topic', { b: '1' }, { onto: base });
  const pull = await shop.propose('topic', { base: 'base' });
  const ada = await t.actor('ada');
  meanwhile = () =>
    changeRefs(t.app, ada, shop.open, {
      updates: [{ ref: 'refs/heads/base', oldOid: base, newOid: '0'.repeat(40) }],
    });
  await expect(merged(shop, pull)).rejects.toMatchObject({ code: 'conflict' });
  await t.app.jobs.drain();
  const after = await shop.again(pull);
  expect(after.pull).toMatchObject({ merging: null, mergedAt: null });
  expect(after.issue.state).toBe('closed');
});
