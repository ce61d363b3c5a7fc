// What webhooks sent, by the REST API: tests, the log in pages, one delivery with both sides, redeliveries, and who may.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HOST } from '../../support/test-app.ts';
import { type HookSite, hookSite } from './hook-site.ts';

let site: HookSite;
let token: string;

beforeEach(async () => {
  site = await hookSite();
  token = await site.token('ada');
});
afterEach(() => site.close());

const HOOKS = '/repos/ada/tools/hooks';

async function call(method: string, path: string, as = token) {
  const answer = await site.web.request(`${HOST}/api/v1${path}`, {
    method,
    headers: { authorization: `token ${as}` },
  });
  const text = await answer.text();
  const link = answer.headers.get('link');
  return { status: answer.status, json: text === '' ? undefined : JSON.parse(text), link };
}

it('a test is sent once, listed, shown with what came back, and sent again under an id of its own', async () => {
  const { id } = await site.hook({ secret: 'very secret', authorization: 'Bearer hidden-token' });
  site.sink.reply({ status: 202, body: 'thank you' });
  expect((await call('POST', `${HOOKS}/${id}/tests`)).status).toBe(204);
  await site.settle();
  const list = await call('GET', `${HOOKS}/${id}/deliveries`);
  expect(list.json).toHaveLength(1);
  const [first] = list.json;
  expect(first).toMatchObject({
    state: 'delivered',
    status_code: 202,
    attempts: 1,
    is_test: true,
    repeats_id: null,
  });
  const one = await call('GET', `${HOOKS}/${id}/deliveries/${first.id}`);
  expect(one.json.response.payload).toBe('thank you');
  expect(JSON.parse(one.json.request.payload)).toBeTypeOf('object');
  expect(JSON.stringify(one.json)).not.toMatch(/very secret|hidden-token/);
  const again = await call('POST', `${HOOKS}/${id}/deliveries/${first.id}/attempts`);
  expect([again.status, again.json.state, again.json.repeats_id]).toEqual([202, 'waiting', first.id]);
  expect(again.json.uuid).not.toBe(first.uuid);
  await site.settle();
  expect(site.sink.received).toHaveLength(2);
  const hook = (await call('GET', `${HOOKS}/${id}`)).json;
  expect(hook).toMatchObject({ last_status: 'delivered', failing_since: null, suspended_at: null });
});

it('the log comes in pages, newest first', async () => {
  const { id } = await site.hook({ sendsAll: true, events: [] });
  for (const name of ['a', 'b', 'c']) await site.change(name);
  await site.settle();
  const first = await call('GET', `${HOOKS}/${id}/deliveries?limit=2`);
  const next = /<[^>]*\/api\/v1([^>]*)>; rel="next"/.exec(first.link ?? '')?.[1] ?? '';
  const second = await call('GET', next);
  expect(second.link).toBeNull();
  const ids = [...first.json, ...second.json].map((one: { id: number }) => one.id);
  expect(ids).toEqual([...new Set(ids)].sort((a, b) => b - a));
  expect(ids).toHaveLength(3);
  expect((await call('GET', `${HOOKS}/${id}/deliveries?before=x`)).status).toBe(422);
});

it('deliveries of another webhook, tests by who only reads, and whole logs of others are not to be had', async () => {
  const mine = await site.hook();
  const other = await site.hook();
  await call('POST', `${HOOKS}/${mine.id}/tests`);
  await site.settle();
  const [{ id }] = (await call('GET', `${HOOKS}/${mine.id}/deliveries`)).json;
  expect((await call('GET', `${HOOKS}/${other.id}/deliveries/${id}`)).status).toBe(404);
  expect((await call('POST', `${HOOKS}/${other.id}/deliveries/${id}/attempts`)).status).toBe(404);
  expect((await call('GET', `/user/hooks/${mine.id}/deliveries`)).status).toBe(404);
  expect((await call('GET', `/admin/hooks/${mine.id}/deliveries/${id}`)).status).toBe(404);
  const reading = await site.token('ada', 'read:repository');
  expect((await call('GET', `${HOOKS}/${mine.id}/deliveries`, reading)).status).toBe(200);
  expect((await call('POST', `${HOOKS}/${mine.id}/tests`, reading)).status).toBe(403);
  expect((await call('POST', `${HOOKS}/${mine.id}/deliveries/${id}/attempts`, reading)).status).toBe(403);
  await site.actor('stranger');
  const stranger = await site.token('stranger');
  for (const [method, path] of [
    ['GET', `${HOOKS}/${mine.id}/deliveries`],
    ['GET', `${HOOKS}/${mine.id}/deliveries/${id}`],
    ['POST', `${HOOKS}/${mine.id}/tests`],
    ['POST', `${HOOKS}/${mine.id}/deliveries/${id}/attempts`],
  ] as const)
    expect([path, (await call(method, path, stranger)).status]).toEqual([path, 404]);
  expect(site.sink.received).toHaveLength(1);
});

it('a webhook that was suspended delivers again once somebody changes it', async () => {
  const { id } = await site.hook({ sendsAll: true, events: [] });
  const { updateHook } = await import('../../../src/features/webhooks/hooks.store.ts');
  await site.app.db.write((tx) => updateHook(tx, id, { suspendedAt: 1, failingSince: 1, failures: 9 }));
  await site.change('unheard');
  await site.settle();
  expect(site.sink.received).toHaveLength(0);
  const answer = await site.web.request(`${HOST}/api/v1${HOOKS}/${id}`, {
    method: 'PATCH',
    headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
    body: '{"active":true}',
  });
  expect(await answer.json()).toMatchObject({ suspended_at: null, failing_since: null });
  await site.change('heard');
  await site.settle();
  expect(site.sink.received).toHaveLength(1);
});
