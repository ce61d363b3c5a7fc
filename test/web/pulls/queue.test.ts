// The merge queue: what is tested, what is merged, what fails and what is pushed past it.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MINUTE } from '../../../src/base/time.ts';
import { isChecked } from '../../../src/features/pulls/mergeability.service.ts';
import {
  dequeuePull,
  enqueuePull,
  queueEntryOf,
  setPriority,
} from '../../../src/features/pulls/queue.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import { type ManualClock, manualClock } from '../../support/manual-clock.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { eventsOf } from '../issues/tracker.ts';
import { makeWorkshop, type Workshop } from './proposals.ts';
import { change, enqueue, entriesOf, filesOf, groups, say, withQueue } from './queues.ts';

let t: TestApp;
let shop: Workshop;
let clock: ManualClock;

beforeAll(async () => {
  clock = manualClock(Date.UTC(2026, 10, 27));
  t = await testApp({}, { clock });
});
beforeEach(async () => {
  shop = await makeWorkshop(t);
});
afterAll(() => t.close());

const opened = async (name: string) =>
  openRepository(t.app, await t.actor(name), 'ada', shop.open.repository.name, 'code:read');

describe('a queue', () => {
  test('tests each on top of those before it, and lands what passed, in order', async () => {
    await withQueue(t, shop);
    const one = await change(t, shop, 'one', { 'one.txt': '1\n' });
    const two = await change(t, shop, 'two', { 'two.txt': '2\n' });
    await enqueue(t, shop, clock, one, two);
    const [first, second] = await groups(t, shop);
    expect(second?.baseOid).toBe(first?.headOid);
    const ref = await t.app.git.ref(shop.open.dir, `refs/queue/main/group-${first?.id}`);
    expect(ref).toBe(first?.headOid);
    await say(t, shop, second?.headOid ?? '', 'success');
    expect(await filesOf(t, shop)).toEqual(['README.md']);
    await say(t, shop, first?.headOid ?? '', 'success');
    expect(await filesOf(t, shop)).toEqual(['README.md', 'one.txt', 'two.txt']);
    // What was tested is what was merged.
    expect(await t.app.git.ref(shop.open.dir, 'refs/heads/main')).toBe(second?.headOid);
    const merged = await shop.again(two);
    expect(merged.issue).toMatchObject({ state: 'closed', closeReason: 'merged' });
    expect(merged.pull.mergedOid).toBe(second?.headOid);
    const { userId } = await t.actor('writer');
    expect(merged.pull.mergedById).toBe(userId);
    expect((await entriesOf(t, merged.issue.id)).find(({ kind }) => kind === 'merged')).toMatchObject({
      actorId: userId,
    });
    expect(await groups(t, shop)).toEqual([]);
    expect(await t.app.git.refs(shop.open.dir, 'refs/queue/')).toEqual([]);
    expect(await eventsOf(t, shop.open, 'merge_group.destroyed')).toHaveLength(2);
    expect((await entriesOf(t, merged.issue.id)).map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['queued', 'merged']),
    );
  });

  test('lets a failed one go and builds the rest anew, which no failure of another is held against', async () => {
    await withQueue(t, shop);
    const one = await change(t, shop, 'one', { 'one.txt': '1\n' });
    const bad = await change(t, shop, 'bad', { 'bad.txt': 'x\n' });
    const two = await change(t, shop, 'two', { 'two.txt': '2\n' });
    await enqueue(t, shop, clock, one, bad, two);
    const [first, second, third] = await groups(t, shop);
    await say(t, shop, second?.headOid ?? '', 'failure');
    const now = await groups(t, shop);
    expect(now.map(({ state }) => state)).toEqual(['testing', 'failed', 'testing']);
    expect(now[2]?.baseOid).toBe(first?.headOid);
    expect(now[2]?.headOid).not.toBe(third?.headOid);
    await say(t, shop, now[2]?.headOid ?? '', 'success');
    await say(t, shop, first?.headOid ?? '', 'success');
    expect(await filesOf(t, shop)).toEqual(['README.md', 'one.txt', 'two.txt']);
    const left = await shop.again(bad);
    expect(left.issue.state).toBe('open');
    expect(await queueEntryOf(t.app, left)).toBeUndefined();
    const told = (await entriesOf(t, left.issue.id)).findLast(({ kind }) => kind === 'dequeued');
    expect(told?.data).toMatchObject({ reason: 'In the queue failed: ci.' });
    // In the queue nobody asks; now it is known again.
    expect(await isChecked(t.app, shop.open, left)).toBe(true);
    expect(left.pull.mergeability).toBe('clean');
  });

  test('finds the bad one of a batch', async () => {
    await withQueue(t, shop, { batch: 4, atOnce: 2 });
    const names = ['a', 'b', 'c', 'd'];
    const pulls = [];
    for (const name of names) pulls.push(await change(t, shop, name, { [`${name}.txt`]: 'x\n' }));
    await enqueue(t, shop, clock, ...pulls);
    for (let round = 0; round < 12 && (await groups(t, shop)).length > 0; round++) {
      for (const group of await groups(t, shop)) {
        if (group.state !== 'testing' || !group.headOid) continue;
        const { stdout } = await t.app.git.run(['ls-tree', '--name-only', group.headOid], {
          dir: shop.open.dir,
        });
        await say(t, shop, group.headOid, stdout.toString().includes('c.txt') ? 'failure' : 'success');
      }
    }
    expect(await filesOf(t, shop)).toEqual(['README.md', 'a.txt', 'b.txt', 'd.txt']);
  });

  test('keeps what conflicts with others ahead until these are decided', async () => {
    await withQueue(t, shop);
    const one = await change(t, shop, 'one', { 'README.md': 'one\n' });
    const two = await change(t, shop, 'two', { 'README.md': 'two\n' });
    await enqueue(t, shop, clock, one, two);
    const [first] = await groups(t, shop);
    expect(await groups(t, shop)).toHaveLength(1);
    expect(await queueEntryOf(t.app, two)).toMatchObject({ groupId: null });
    await say(t, shop, first?.headOid ?? '', 'failure');
    const [next] = await groups(t, shop);
    await say(t, shop, next?.headOid ?? '', 'success');
    expect((await shop.again(two)).issue.closeReason).toBe('merged');
    expect((await shop.again(one)).issue.state).toBe('open');
  });

  test('gives up on checks that do not end', async () => {
    await withQueue(t, shop, { timeoutMinutes: 10 });
    const one = await change(t, shop, 'one', { 'one.txt': '1\n' });
    await enqueue(t, shop, clock, one);
    clock.advance(11 * MINUTE);
    await t.app.jobs.drain();
    expect(await queueEntryOf(t.app, one)).toBeUndefined();
    const told = (await entriesOf(t, one.issue.id)).findLast(({ kind }) => kind === 'dequeued');
    expect(told?.data).toMatchObject({ reason: 'Its checks did not end within 10 minutes.' });
  });

  test('lets one go whose head moves, that is closed, or taken out', async () => {
    await withQueue(t, shop);
    const one = await change(t, shop, 'one', { 'one.txt': '1\n' });
    const two = await change(t, shop, 'two', { 'two.txt': '2\n' });
    await enqueue(t, shop, clock, one, two);
    expect(await dequeuePull(t.app, await t.actor('writer'), await opened('writer'), one)).toBe(true);
    await t.app.jobs.drain();
    const [group] = await groups(t, shop);
    expect(group?.baseOid).toBe(await t.app.git.ref(shop.open.dir, 'refs/heads/main'));
    expect(await queueEntryOf(t.app, one)).toBeUndefined();
    expect(await queueEntryOf(t.app, two)).toBeDefined();
  });

  test('puts what is urgent first', async () => {
    await withQueue(t, shop, { atOnce: 1 });
    const one = await change(t, shop, 'one', { 'one.txt': '1\n' });
    const two = await change(t, shop, 'two', { 'two.txt': '2\n' });
    await enqueue(t, shop, clock, one, two);
    await expect(
      setPriority(t.app, await t.actor('writer'), await opened('writer'), two, 1),
    ).rejects.toMatchObject({
      code: 'forbidden',
    });
    await setPriority(t.app, await t.actor('maintainer'), await opened('maintainer'), two, 1);
    await t.app.jobs.drain();
    const entry = await queueEntryOf(t.app, two);
    expect((await groups(t, shop)).map(({ id }) => id)).toEqual([entry?.groupId]);
  });
});

describe('who may', () => {
  test('only those who may merge queue, and only what is open, ready and not queued', async () => {
    await withQueue(t, shop);
    const one = await change(t, shop, 'one', { 'one.txt': '1\n' });
    for (const name of ['reader', 'triager', 'stranger'])
      await expect(enqueuePull(t.app, await t.actor(name), await opened(name), one)).rejects.toMatchObject({
        code: 'forbidden',
      });
    await enqueue(t, shop, clock, one);
    await expect(
      enqueuePull(t.app, await t.actor('writer'), await opened('writer'), one),
    ).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(
      dequeuePull(t.app, await t.actor('reader'), await opened('reader'), one),
    ).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  test('nobody pushes past it', async () => {
    await withQueue(t, shop);
    await expect(shop.commit('main', { 'past.txt': 'x\n' })).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('who lost the right to merge merges nothing by what they queued before', async () => {
    await withQueue(t, shop);
    const one = await change(t, shop, 'one', { 'one.txt': '1\n' });
    await enqueue(t, shop, clock, one);
    const { giveAccess } = await import('../../../src/features/repos/collaborators.service.ts');
    const [group] = await groups(t, shop);
    await giveAccess(t.app, await t.actor('ada'), shop.open, { username: 'writer', permission: 'read' });
    const { setStatus } = await import('../../../src/features/code/statuses.service.ts');
    const status = { state: 'success' as const, context: 'ci', description: '', targetUrl: '' };
    await setStatus(
      t.app,
      await t.actor('maintainer'),
      await opened('maintainer'),
      group?.headOid ?? '',
      status,
    );
    await t.app.jobs.drain();
    expect((await shop.again(one)).issue.state).toBe('open');
    expect(await queueEntryOf(t.app, one)).toBeUndefined();
  });
});
