// What changes while a webhook is being delivered: the webhook itself, the clock, and the server that stops.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../src/base/time.ts';
import { deliveriesOf } from '../../../src/features/webhooks/deliveries.service.ts';
import { changeHook, deleteHook } from '../../../src/features/webhooks/hooks.service.ts';
import type { Hook } from '../../../src/features/webhooks/hooks.types.ts';
import { deliverWaiting } from '../../../src/features/webhooks/queue.service.ts';
import { prepareDeliveries } from '../../../src/features/webhooks/recording.service.ts';
import { type HookSite, hookSite } from './hook-site.ts';

let site: HookSite;
beforeEach(async () => {
  site = await hookSite({ webhooks: { timeout_seconds: 2 } });
});
afterEach(() => site.close());

/** Has something sent that is not answered; does `work` once it has arrived. */
async function amidst(work: () => Promise<unknown>): Promise<void> {
  site.sink.reply({ status: 200, silent: true });
  await site.change('one');
  await site.change('two');
  const settling = site.settle();
  while (site.sink.received.length === 0) await sleep(5);
  await work();
  await settling;
}

const owner = () => ({ scope: 'repository', repositoryId: site.repositoryId }) as const;
const statesOf = async (hook: Hook) =>
  (await deliveriesOf(site.app, hook)).deliveries.map(({ state }) => state);

test('a webhook that is deleted while it is delivered leaves nothing behind, and others go on', async () => {
  const ada = await site.actor('ada');
  const hook = await site.hook();
  await amidst(() => deleteHook(site.app, ada, owner(), hook.id));
  site.sink.reply({ status: 200 });
  const other = await site.hook();
  await site.change('three');
  await site.settle();
  expect(await statesOf(other)).toEqual(['delivered']);
  expect(await statesOf(hook)).toEqual([]);
  expect((await site.app.jobs.list({ limit: 500 })).filter(({ state }) => state === 'dead')).toEqual([]);
});

test('a webhook that is switched off while it is delivered sends nothing more', async () => {
  const ada = await site.actor('ada');
  const hook = await site.hook();
  await amidst(() => changeHook(site.app, ada, owner(), hook.id, { isActive: false }));
  site.sink.reply({ status: 200 });
  site.clock.advance(HOUR);
  await site.settle();
  expect(site.sink.received).toHaveLength(1);
  expect(new Set(await statesOf(hook))).toEqual(new Set(['failed']));
});

test('a clock that ran years ahead, and was set right, does not keep a webhook waiting for years', async () => {
  const hook = await site.hook();
  site.sink.reply({ status: 500 });
  site.clock.advance(3650 * DAY);
  await site.change('one');
  await site.settle();
  site.clock.advance(-3650 * DAY);
  site.sink.reply({ status: 200 });
  for (let minutes = 0; minutes < 3; minutes++) {
    site.clock.advance(MINUTE);
    await site.settle();
  }
  await site.change('two');
  await site.settle();
  expect(await statesOf(hook)).toEqual(['delivered', 'delivered']);
});

test('a server that stops in the midst writes what was delivered, and sends the rest later', async () => {
  const hook = await site.hook();
  for (const name of ['one', 'two', 'three']) await site.change(name);
  const stop = new AbortController();
  site.sink.reply(() => {
    if (site.sink.received.length < 2) return { status: 200 };
    stop.abort();
    return { status: 200, silent: true };
  });
  await prepareDeliveries(site.app, hook.id, stop.signal);
  await deliverWaiting(site.app, hook.id, stop.signal).catch(() => undefined);
  expect(await statesOf(hook)).toEqual(['waiting', 'waiting', 'delivered']);
  site.sink.reply({ status: 200 });
  await site.settle();
  expect(await statesOf(hook)).toEqual(['delivered', 'delivered', 'delivered']);
  const ids = site.sink.received.map(({ headers }) => headers['x-gitea-delivery']);
  expect(ids).toHaveLength(4);
  expect(ids[1]).toBe(ids[2]);
});
