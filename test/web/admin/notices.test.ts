// Notices above every page: who sees them, until when, and how a browser hides one.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { notices } from '../../../src/platform/db/tables/platform.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { HOST, type TestApp, testApp, type Visitor } from '../../support/test-app.ts';

const clock = manualClock();
let t: TestApp;
let olga: Visitor;

beforeAll(async () => {
  t = await testApp({}, { clock });
  olga = await t.as('olga', { isAdmin: true });
});
afterAll(() => t.close());

const publish = (form: Record<string, string>) => olga.post('/admin/notices', { kind: 'info', ...form });
const pageOf = async (visitor: Visitor, headers = {}) => (await visitor.get('/explore', headers)).text();
const rows = () => t.app.db.read.select().from(notices);

test('everybody sees a notice, as sanitized Markdown', async () => {
  const answer = await publish({
    text: '**Maintenance** [soon](/status) <script>alert(1)</script><img src=x onerror=alert(1)> [x](javascript:alert(1))',
  });
  expect(answer.status).toBe(303);
  for (const visitor of [t.anonymous, olga, await t.as('bob')]) {
    const text = await pageOf(visitor);
    expect(text).toContain('<strong>Maintenance</strong>');
    expect(text).toContain('href="/status"');
    expect(text).not.toMatch(/alert\(1\)<\/script>|onerror|javascript:/);
  }
  const published = (await t.app.events.recent({ limit: 50 })).filter(
    ({ kind }) => kind === 'notice.published',
  );
  expect(published).toHaveLength(1);
});

test('a browser that dismissed it sees it no more, others do', async () => {
  const [notice] = await rows();
  const answer = await t.anonymous.post(`/-/notices/${notice?.id}/dismissal`, { return_to: '/explore?q=x' });
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/explore?q=x']);
  const cookie = /notices=[^;]+/.exec(answer.headers.get('set-cookie') ?? '')?.[0] ?? '';
  expect(await pageOf(t.anonymous, { cookie })).not.toContain('Maintenance');
  expect(await pageOf(t.anonymous)).toContain('Maintenance');
});

test('open redirect: a dismissal leads to pages of this site alone', async () => {
  const [notice] = await rows();
  for (const target of ['https://evil.example', '//evil.example', '/\\evil.example']) {
    const answer = await t.anonymous.post(`/-/notices/${notice?.id}/dismissal`, { return_to: target });
    expect(answer.headers.get('location')).toBe('/');
  }
});

test('a forged or overlong cookie hides nothing and breaks nothing', async () => {
  for (const value of ['a.b.c', '-1', '1e9', 'x'.repeat(5000)]) {
    expect(await pageOf(t.anonymous, { cookie: `notices=${value}` })).toContain('Maintenance');
  }
});

test('what another process published is seen within 15 seconds, and ends by itself', async () => {
  await t.app.db.write(async (tx) => {
    await tx.insert(notices).values({
      kind: 'warn',
      text: 'From elsewhere',
      createdAt: clock.now(),
      endsAt: clock.now() + 60_000,
    });
  });
  clock.advance(15_000);
  expect(await pageOf(t.anonymous)).toContain('From elsewhere');
  clock.advance(46_000);
  expect(await pageOf(t.anonymous)).not.toContain('From elsewhere');
  expect(await (await olga.get('/admin/notices')).text()).toContain('Ended');
});

test('a removed notice is gone at once', async () => {
  for (const { id } of await rows()) await olga.post(`/admin/notices/${id}/removal`);
  expect(await pageOf(t.anonymous)).not.toContain('Maintenance');
  expect((await olga.post('/admin/notices/99/removal')).status).toBe(404);
});

test('mistakes are told beside their field, with what was typed kept', async () => {
  const past = await publish({ text: 'Too late', ends: '2001-01-01T00:00' });
  expect(past.status).toBe(422);
  expect(await past.text()).toContain('Too late');
  expect((await publish({ text: '  ' })).status).toBe(422);
  expect((await publish({ text: 'x'.repeat(2001) })).status).toBe(422);
  expect((await publish({ text: 'x', kind: 'fatal' })).status).toBe(422);
  for (let number = 0; number < 5; number += 1)
    expect((await publish({ text: `No. ${number}` })).status).toBe(303);
  expect((await publish({ text: 'One too many' })).status).toBe(409);
});

test('nobody else publishes', async () => {
  const mallory = await t.as('mallory');
  expect((await mallory.post('/admin/notices', { kind: 'info', text: 'x' })).status).toBe(404);
  const answer = await t.web.request(`${HOST}/admin/notices`, { method: 'POST' });
  expect([401, 403]).toContain(answer.status);
});
