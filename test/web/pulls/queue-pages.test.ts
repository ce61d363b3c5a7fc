// The merge queue on pages and by the API: what each role sees of it and may do with it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Pull } from '../../../src/features/pulls/pulls.types.ts';
import { type ManualClock, manualClock } from '../../support/manual-clock.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { call } from '../issues/tracker.ts';
import { makeWorkshop, type Workshop } from './proposals.ts';
import { change, enqueue, groups, QUEUE, say, withQueue } from './queues.ts';

let t: TestApp;
let shop: Workshop;
let clock: ManualClock;
let one: Pull;
let two: Pull;
let free: Pull;

beforeAll(async () => {
  clock = manualClock(Date.UTC(2026, 10, 27));
  t = await testApp({}, { clock });
  shop = await makeWorkshop(t, { visibility: 'private' });
  await withQueue(t, shop, { atOnce: 1 });
  one = await change(t, shop, 'one', { 'one.txt': '1\n' });
  two = await change(t, shop, 'two', { 'two.txt': '2\n' });
  free = await change(t, shop, 'free', { 'free.txt': '3\n' });
  await enqueue(t, shop, clock, one, two);
});
afterAll(() => t.close());

const page = () => `${shop.open.path}/queue/main`;
const pull = (of: Pull) => `${shop.open.path}/pull/${of.issue.number}`;
const api = (of: Pull) => `/repos${shop.open.path}/pulls/${of.issue.number}`;

describe('the page of a queue', () => {
  test('shows order, state and who queued to readers, and nothing to strangers', async () => {
    const html = await (await shop.people.reader.get(page())).text();
    expect(html.indexOf('Change by one')).toBeGreaterThan(0);
    expect(html.indexOf('Change by one')).toBeLessThan(html.indexOf('Change by two'));
    expect(html).toContain('Being tested');
    expect(html).toContain('Queued by writer');
    expect(html).toContain('<live-fragment src=');
    expect(html).not.toContain('/queue/removal');
    for (const who of [shop.people.stranger, t.anonymous]) {
      const answer = await who.get(page());
      expect(answer.status).toBe(404);
      expect(await answer.text()).not.toContain('Change by');
    }
  });

  test('is live: a part of it answers alone', async () => {
    const html = await (await shop.people.reader.get(`${page()}?part=1`)).text();
    expect(html).toContain('Change by one');
    expect(html).not.toContain('<html');
  });

  test('is missing where there is no queue', async () => {
    expect((await shop.people.reader.get(`${shop.open.path}/queue/one`)).status).toBe(404);
    expect((await shop.people.reader.get(`${shop.open.path}/queue`)).headers.get('location')).toBe(page());
  });

  test('is led to by the list of pull requests, and by no list of a repository without one', async () => {
    const list = async (at: string) => (await shop.people.reader.get(at)).text();
    expect(await list(`${shop.open.path}/pulls`)).toContain(`href="${page()}"`);
    expect(await list(`${shop.open.path}/issues`)).not.toContain('Merge queue');
    const plain = await makeWorkshop(t);
    expect(await list(`${plain.open.path}/pulls`)).not.toContain('Merge queue');
    const none = await plain.people.reader.get(`${plain.open.path}/queue`);
    expect([none.status, await none.text()]).toEqual([
      200,
      expect.stringContaining('No branch has a merge queue'),
    ]);
  });

  test('is led to where another branch than the default one has a queue, or several have', async () => {
    const other = await makeWorkshop(t, { visibility: 'private' });
    await other.commit('next', { 'next.txt': '1\n' });
    const at = (path: string) => other.people.reader.get(other.open.path + path);
    const queue = { ...QUEUE, batch: 2 };
    await withQueue(t, other, queue, {}, 'next');
    expect(await (await at('/pulls')).text()).toContain(`href="${other.open.path}/queue"`);
    expect((await at('/queue')).headers.get('location')).toBe(`${other.open.path}/queue/next`);
    await withQueue(t, other, queue, {}, 'main');
    const html = await (await at('/queue')).text();
    for (const branch of ['main', 'next'])
      expect(html).toContain(`href="${other.open.path}/queue/${branch}"`);
    expect((await other.people.stranger.get(`${other.open.path}/queue`)).status).toBe(404);
  });

  test('stands beside the merge box, which does not call it missing', async () => {
    const html = await (await shop.people.writer.get(pull(free))).text();
    expect(html).toContain('Add to merge queue');
    expect(html).not.toContain('It must be merged through the merge queue');
  });

  test('offers what somebody may do with it', async () => {
    const writer = await (await shop.people.writer.get(page())).text();
    expect(writer).toContain('/queue/removal');
    expect(writer).not.toContain('/queue/priority');
    expect(await (await shop.people.maintainer.get(page())).text()).toContain('/queue/priority');
  });
});

describe('the page of a pull request', () => {
  test('says where it stands in the queue, and offers to enter it', async () => {
    expect(await (await shop.people.reader.get(pull(two))).text()).toContain('2 of 2 in the');
    expect(await (await shop.people.reader.get(pull(free))).text()).not.toContain('Add to merge queue');
    expect(await (await shop.people.writer.get(pull(free))).text()).toContain('Add to merge queue');
  });
});

describe('forms', () => {
  test('readers and strangers cannot queue, remove or hurry', async () => {
    for (const action of ['queue', 'queue/removal', 'queue/priority', 'stack/merge']) {
      const stranger = await shop.people.stranger.post(`${pull(one)}/${action}`, { priority: '1' });
      expect(stranger.status).toBe(404);
      const reader = await shop.people.reader.post(`${pull(one)}/${action}`, { priority: '1' });
      expect([303, 403]).toContain(reader.status);
    }
    const html = await (await shop.people.reader.get(page())).text();
    expect(html).toContain('Change by one');
    expect(html).not.toContain('Goes first');
  });

  test('a writer queues and removes, a maintainer lets one go first', async () => {
    expect((await shop.people.writer.post(`${pull(free)}/queue`)).headers.get('location')).toBe(pull(free));
    clock.advance(2000);
    await t.app.jobs.drain();
    expect(await (await shop.people.writer.get(page())).text()).toContain('Change by free');
    await shop.people.writer.post(`${pull(free)}/queue/priority`, { priority: '1', from: 'queue' });
    expect(await (await shop.people.writer.get(page())).text()).not.toContain('Goes first');
    const moved = await shop.people.maintainer.post(`${pull(free)}/queue/priority`, {
      priority: '1',
      from: 'queue',
    });
    expect(moved.headers.get('location')).toBe(page());
    await t.app.jobs.drain();
    const html = await (await shop.people.writer.get(page())).text();
    expect(html).toContain('Goes first');
    expect(html.indexOf('Change by free')).toBeLessThan(html.indexOf('Change by one'));
    await shop.people.writer.post(`${pull(free)}/queue/removal`, { from: 'queue' });
    await t.app.jobs.drain();
    expect(await (await shop.people.writer.get(page())).text()).not.toContain('Change by free');
  });
});

describe('by the API', () => {
  test('a queue, an entry and a stack can be read, and entries made and removed', async () => {
    const reader = await t.token('reader');
    const queue = await call(t, reader, 'GET', `/repos${shop.open.path}/merge_queue/main`);
    expect(queue.json).toMatchObject({
      branch: 'main',
      groups: [{ entries: [{ number: one.issue.number }] }],
    });
    expect(
      (await call(t, await t.token('stranger'), 'GET', `/repos${shop.open.path}/merge_queue/main`)).status,
    ).toBe(404);
    const entry = await call(t, reader, 'GET', `${api(two)}/queue`);
    expect(entry.json).toMatchObject({ position: 2, queued_by: 'writer', group: null });
    expect((await call(t, reader, 'POST', `${api(free)}/queue`)).status).toBe(403);
    const made = await call(t, await t.token('writer'), 'POST', `${api(free)}/queue`, {});
    expect(made.status).toBe(201);
    expect((await call(t, await t.token('writer'), 'POST', `${api(free)}/queue`, {})).status).toBe(409);
    expect(
      (await call(t, await t.token('writer'), 'PATCH', `${api(free)}/queue`, { priority: 2 })).status,
    ).toBe(403);
    expect(
      (await call(t, await t.token('maintainer'), 'PATCH', `${api(free)}/queue`, { priority: 9 })).status,
    ).toBe(422);
    expect(
      (await call(t, await t.token('maintainer'), 'PATCH', `${api(free)}/queue`, { priority: 2 })).json,
    ).toMatchObject({ jump: true });
    expect(
      (await call(t, await t.token('writer', 'read:repository'), 'DELETE', `${api(free)}/queue`)).status,
    ).toBe(403);
    expect((await call(t, await t.token('writer'), 'DELETE', `${api(free)}/queue`)).status).toBe(204);
    expect((await call(t, reader, 'GET', `${api(free)}/queue`)).status).toBe(404);
    const stack = await call(t, reader, 'GET', `${api(two)}/stack`);
    expect(stack.json).toMatchObject([{ depth: 0, pull_request: { number: two.issue.number } }]);
  });

  test('what was merged leaves an estimate behind', async () => {
    await t.app.jobs.drain();
    const [group] = await groups(t, shop);
    clock.advance(90_000);
    await say(t, shop, group?.headOid ?? '', 'success');
    const queue = await call(t, await t.token('reader'), 'GET', `/repos${shop.open.path}/merge_queue/main`);
    expect(queue.json).toMatchObject({ groups: [{ estimated_at: expect.any(String) }] });
    expect(await (await shop.people.reader.get(pull(two))).text()).toContain('expected to be merged');
  });
});
