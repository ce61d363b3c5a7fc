// What happens reaches webhooks: in order, until it gets through, under one id, and no further than it should.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { HOUR, MINUTE, SECOND } from '../../../src/base/time.ts';
import { parseNewRepository } from '../../../src/features/repos/repos.input.ts';
import { createRepository } from '../../../src/features/repos/repos.service.ts';
import { suspendUser, unsuspendUser } from '../../../src/features/users/standing.service.ts';
import { deliveriesOf, deliveryOf, waitingFor } from '../../../src/features/webhooks/deliveries.service.ts';
import { insertDelivery, insertMessage } from '../../../src/features/webhooks/deliveries.store.ts';
import { redeliver, testHook } from '../../../src/features/webhooks/delivering.service.ts';
import { deliverSoon } from '../../../src/features/webhooks/delivery-jobs.service.ts';
import { createHook } from '../../../src/features/webhooks/hooks.service.ts';
import type { Hook } from '../../../src/features/webhooks/hooks.types.ts';
import { messageRow, newDelivery } from '../../../src/features/webhooks/recording.service.ts';
import { type HookSite, hookSite, newHook } from './hook-site.ts';

let site: HookSite;
beforeEach(async () => {
  site = await hookSite();
});
afterEach(() => site.close());

async function statesOf(hook: Hook): Promise<string[]> {
  return (await deliveriesOf(site.app, hook)).deliveries.toReversed().map(({ state }) => state);
}

async function mails(): Promise<number> {
  return (await site.app.jobs.list({ limit: 500 })).filter(({ kind }) => kind === 'mail.send').length;
}

const idsReceived = () => site.sink.received.map(({ headers }) => headers['x-gitea-delivery']);

test('changes reach a webhook in their order, over one connection, and are kept with what came back', async () => {
  const hook = await site.hook();
  site.sink.reply({ status: 200, headers: { 'x-said': 'thanks' }, body: 'got it' });
  for (const name of ['one', 'two', 'three']) await site.change(name);
  await site.settle();
  const { deliveries } = await deliveriesOf(site.app, hook);
  expect(idsReceived()).toEqual(deliveries.toReversed().map(({ uuid }) => uuid));
  expect(new Set(idsReceived()).size).toBe(3);
  expect(site.sink.connections()).toBe(1);
  const kept = await deliveryOf(site.app, SYSTEM, hook, deliveries[0]?.id ?? 0);
  expect(kept).toMatchObject({ state: 'delivered', status: 200, attempts: 1, error: null });
  expect(kept.message?.responseBody).toBe('got it');
  expect(kept.message?.responseHeaders).toMatchObject({ 'x-said': 'thanks' });
  expect(Buffer.from(kept.message?.requestBody ?? [])).toEqual(site.sink.received[2]?.body);
  expect(await site.row(hook)).toMatchObject({ lastState: 'delivered', failures: 0, failingSince: null });
});

test('more than one run may leave unwritten goes out once each and in order, also where refusals stand between', async () => {
  const hook = await site.hook();
  const MANY = 230;
  site.sink.reply(() => ({ status: site.sink.received.length % 50 === 7 ? 422 : 200 }));
  await site.app.db.write(async (tx) => {
    for (let number = 0; number < MANY; number++) {
      const { id } = await insertDelivery(tx, newDelivery(hook.id, `0:${number}`, site.clock.now()));
      const message = {
        contentType: 'text/plain',
        headers: { 'X-Number': String(number) },
        event: '',
        action: '',
      };
      await insertMessage(tx, messageRow(id, { ...message, body: Buffer.from('x') }));
    }
    await deliverSoon(site.app, tx, hook.id);
  });
  await site.settle();
  const numbers = site.sink.received.map(({ headers }) => Number(headers['x-number']));
  expect(numbers).toEqual(Array.from({ length: MANY }, (_, number) => number));
  const waiting = await waitingFor(site.app, hook);
  const { deliveries } = await deliveriesOf(site.app, hook, undefined, MANY);
  const refused = deliveries.filter(({ state }) => state === 'refused').length;
  const delivered = deliveries.filter(({ state }) => state === 'delivered').length;
  expect({ waiting, refused, delivered }).toEqual({ waiting: 0, refused: 5, delivered: MANY - 5 });
  expect(await site.row(hook)).toMatchObject({ failures: 0, lastState: 'delivered', retryAt: null });
});

test('a change that is rolled back is told to nobody', async () => {
  const hook = await site.hook();
  await site.change('one');
  await expect(site.change('one')).rejects.toThrow();
  await site.settle();
  expect(await statesOf(hook)).toEqual(['delivered']);
});

test('the first that fails holds up those behind it, is tried again under its id, and then all go in order', async () => {
  const hook = await site.hook();
  site.sink.reply({ status: 503 });
  for (const name of ['one', 'two']) await site.change(name);
  await site.settle();
  expect(site.sink.received).toHaveLength(1);
  expect(await site.row(hook)).toMatchObject({ failures: 1, lastState: 'failed' });
  for (const name of ['three']) await site.change(name);
  await site.settle();
  expect(site.sink.received).toHaveLength(1);
  site.clock.advance(15 * SECOND);
  await site.settle();
  expect(site.sink.received).toHaveLength(2);
  site.sink.reply({ status: 200 });
  site.clock.advance(2 * MINUTE);
  await site.settle();
  const { deliveries } = await deliveriesOf(site.app, hook);
  const uuids = deliveries.toReversed().map(({ uuid }) => uuid);
  expect(idsReceived()).toEqual([uuids[0], uuids[0], ...uuids]);
  expect(deliveries.map(({ attempts }) => attempts)).toEqual([1, 1, 3]);
  expect(await site.row(hook)).toMatchObject({ failures: 0, failingSince: null, retryAt: null });
});

test('a refusal is final and holds nothing up; redirects are not followed', async () => {
  const hook = await site.hook();
  site.sink.reply(({ path }) =>
    site.sink.received.length === 1
      ? { status: 404, body: 'who?' }
      : { status: 302, headers: { location: `${site.sink.url}/elsewhere` }, body: path },
  );
  for (const name of ['one', 'two']) await site.change(name);
  await site.settle();
  expect(await statesOf(hook)).toEqual(['refused', 'refused']);
  expect(site.sink.received.map(({ path }) => path)).toEqual(['/in', '/in']);
});

test.each([408, 425, 429, 500, 502])('the status %i is tried again', async (status) => {
  const hook = await site.hook();
  site.sink.reply({ status, headers: { 'retry-after': '600' } });
  await site.change('one');
  await site.settle();
  expect(await statesOf(hook)).toEqual(['waiting']);
  const { retryAt } = await site.row(hook);
  expect(retryAt).toBeGreaterThanOrEqual(site.clock.now() + 600 * SECOND);
});

test('a webhook that gets nothing through for a whole time of retries is given up, and its managers are told once', async () => {
  const hook = await site.hook({ url: 'http://127.0.0.1:1/closed' });
  const before = await mails();
  await site.change('one');
  await site.settle();
  for (let hours = 0; hours <= 26; hours++) {
    site.clock.advance(HOUR + 10 * MINUTE);
    await site.change(`label ${hours}`);
    await site.settle();
  }
  const row = await site.row(hook);
  expect(row.suspendedAt).not.toBeNull();
  const states = await statesOf(hook);
  expect(new Set(states)).toEqual(new Set(['failed']));
  const events = await site.app.events.recent({ kind: 'webhook.suspended', limit: 10 });
  expect(events).toHaveLength(1);
  expect(events[0]).toMatchObject({ webhookId: hook.id, host: '127.0.0.1:1' });
  expect(await mails()).toBe(before + 1);
});

test('410 Gone gives a webhook up at once', async () => {
  const hook = await site.hook();
  site.sink.reply({ status: 410 });
  for (const name of ['one', 'two']) await site.change(name);
  await site.settle();
  expect(site.sink.received).toHaveLength(1);
  expect((await site.row(hook)).suspendedAt).not.toBeNull();
  expect(await statesOf(hook)).toEqual(['refused', 'failed']);
  await site.change('three');
  await site.settle();
  expect(await statesOf(hook)).toEqual(['refused', 'failed']);
});

test('one message that a server chokes on does not give up a webhook whose others get through', async () => {
  const hook = await site.hook();
  let first: string | undefined;
  site.sink.reply(({ headers }) => {
    first ??= String(headers['x-gitea-delivery']);
    return { status: headers['x-gitea-delivery'] === first ? 500 : 200 };
  });
  for (const name of ['one', 'two', 'three']) await site.change(name);
  await site.settle();
  for (let hours = 0; hours <= 26; hours++) {
    site.clock.advance(HOUR + 10 * MINUTE);
    await site.settle();
  }
  expect(await statesOf(hook)).toEqual(['failed', 'delivered', 'delivered']);
  expect(await site.row(hook)).toMatchObject({ suspendedAt: null, failures: 0 });
});

test('a test and a repetition stand in no queue, are sent once, and show that a server is well again', async () => {
  const hook = await site.hook();
  const ada = await site.actor('ada');
  site.sink.reply({ status: 500 });
  await site.change('one');
  await site.settle();
  const failed = await testHook(site.app, ada, hook);
  await site.settle();
  expect(await deliveryOf(site.app, SYSTEM, hook, failed.id)).toMatchObject({
    state: 'failed',
    isTest: true,
  });
  expect((await site.row(hook)).failures).toBe(1);
  site.sink.reply({ status: 200 });
  const repeated = await redeliver(site.app, ada, hook, failed.id);
  expect(repeated).toMatchObject({ repeatsId: failed.id });
  expect(repeated.uuid).not.toBe(failed.uuid);
  await site.settle();
  expect(await statesOf(hook)).toEqual(['delivered', 'failed', 'delivered']);
});

test('what still waits cannot be repeated, nor what belongs to another webhook', async () => {
  const [hook, other] = [await site.hook(), await site.hook()];
  const ada = await site.actor('ada');
  site.sink.reply({ status: 500 });
  await site.change('one');
  await site.settle();
  const [waiting] = (await deliveriesOf(site.app, hook)).deliveries;
  await expect(redeliver(site.app, ada, hook, waiting?.id ?? 0)).rejects.toMatchObject({ code: 'conflict' });
  await expect(redeliver(site.app, ada, other, waiting?.id ?? 0)).rejects.toMatchObject({
    code: 'not_found',
  });
  await expect(deliveryOf(site.app, SYSTEM, other, waiting?.id ?? 0)).rejects.toMatchObject({
    code: 'not_found',
  });
});

test('whoever does not manage a webhook cannot have it send anything', async () => {
  const hook = await site.hook();
  const eve = await site.actor('eve');
  await expect(testHook(site.app, eve, hook)).rejects.toMatchObject({ code: 'not_found' });
  await expect(redeliver(site.app, eve, hook, 1)).rejects.toMatchObject({ code: 'not_found' });
  await site.settle();
  expect(site.sink.received).toHaveLength(0);
});

test('answers are kept up to a bound and as text that every database takes', async () => {
  const hook = await site.hook();
  site.sink.reply({
    status: 200,
    body: Buffer.concat([Buffer.from([0, 0xff, 65]), Buffer.alloc(300_000, 66)]),
  });
  await site.change('one');
  await site.settle();
  const [delivery] = (await deliveriesOf(site.app, hook)).deliveries;
  const body = (await deliveryOf(site.app, SYSTEM, hook, delivery?.id ?? 0)).message?.responseBody ?? '';
  expect(body.startsWith('\uFFFD\uFFFDAB')).toBe(true);
  expect(body.length).toBeLessThanOrEqual(64 * 1024);
});

test('the Authorization header is sent, and kept nowhere', async () => {
  const hook = await site.hook({ authorization: 'Bearer very-secret', secret: 'sealed-secret' });
  await site.change('one');
  await site.settle();
  expect(site.sink.received[0]?.headers.authorization).toBe('Bearer very-secret');
  const [delivery] = (await deliveriesOf(site.app, hook)).deliveries;
  const kept = JSON.stringify(await deliveryOf(site.app, SYSTEM, hook, delivery?.id ?? 0));
  expect(kept).not.toContain('very-secret');
  expect(kept).not.toContain('sealed-secret');
  expect(JSON.stringify(await site.app.jobs.list({ limit: 500 }))).not.toMatch(/very-secret|sealed-secret/);
});

test('what was sent long ago is forgotten', async () => {
  const hook = await site.hook();
  await site.change('one');
  await site.settle();
  site.clock.advance(13 * 24 * HOUR);
  await site.change('two');
  await site.settle();
  expect(await statesOf(hook)).toEqual(['delivered', 'delivered']);
  site.clock.advance(2 * 24 * HOUR);
  await site.settle();
  expect(await statesOf(hook)).toEqual(['delivered']);
});

test('a server that repeats what it was sent in confidence does not put it into the log', async () => {
  const hook = await site.hook({
    ...{
      url: `${site.sink.url}/services/T0/B0/tokenOfChat`,
      format: 'slack',
      authorization: 'Bearer s3cretToken',
    },
  });
  site.sink.reply(({ path, headers }) => ({
    status: 302,
    headers: { location: `https://elsewhere.example${path}`, 'x-echo': String(headers.authorization) },
    body: `no ${path} for ${headers.authorization?.slice(7)}`,
  }));
  await site.change('one');
  await site.settle();
  const [delivery] = (await deliveriesOf(site.app, hook)).deliveries;
  const kept = await deliveryOf(site.app, SYSTEM, hook, delivery?.id ?? 0);
  expect(kept.message?.responseBody).toBe('no *** for ***');
  expect(JSON.stringify(kept)).not.toMatch(/tokenOfChat|s3cretToken/);
});

test('whoever asks for tests faster than they are sent is told to wait', async () => {
  const hook = await site.hook();
  const ada = await site.actor('ada');
  for (let i = 0; i < 10; i++) await testHook(site.app, ada, hook);
  await expect(testHook(site.app, ada, hook)).rejects.toMatchObject({ code: 'rate_limited' });
  await site.settle();
  expect(site.sink.received).toHaveLength(10);
  await testHook(site.app, ada, hook);
});

test('a person who is suspended is told nothing by their webhook, until they are let in again', async () => {
  const carl = await site.actor('carl');
  const chosen = { ...newHook(`${site.sink.url}/carl`), events: ['repository'], sendsAll: false };
  await createHook(site.app, carl, { scope: 'user', ownerId: carl.userId }, chosen);
  const make = async (name: string) => {
    await createRepository(site.app, carl, parseNewRepository({ name, visibility: 'private' }));
    await site.settle();
  };
  await suspendUser(site.app, SYSTEM, carl.userId);
  await make('meanwhile');
  expect(site.sink.received).toEqual([]);
  await unsuspendUser(site.app, SYSTEM, carl.userId);
  await make('afterwards');
  expect(site.sink.received.map(({ body }) => body.toString())).toEqual([
    expect.stringContaining('carl/afterwards'),
  ]);
});
