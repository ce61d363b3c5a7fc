// Sends by hand: tests and repetitions, beside the queue of their webhook and once.
import type { Actor } from '../../base/actor.ts';
import { AppError, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { countAsked, findDelivery, findMessage, insertDelivery, insertMessage } from './deliveries.store.ts';
import { deliverOneSoon, deliverSoon } from './delivery-jobs.service.ts';
import { engineOf, NO_PLACE, trySending } from './engine.service.ts';
import { ownerOf, requireMayBeTold, requireMayManageHooks } from './hooks.policy.ts';
import { openHook } from './hooks.service.ts';
import { findHook } from './hooks.store.ts';
import type { DeliveryRow, Hook } from './hooks.types.ts';
import { messageOf, testHappening } from './messages.service.ts';
import { messageRow, newDelivery } from './recording.service.ts';

/** Tests and repetitions of one webhook that may wait to be sent. */
const MOST_ASKED = 10;

/** Sends what somebody asked for, once, whatever came of other deliveries. */
export async function deliverOne(
  app: App,
  webhookId: number,
  deliveryId: number,
  signal: AbortSignal,
): Promise<void> {
  const delivery = await findDelivery(app.db.read, webhookId, deliveryId);
  const message = delivery?.state === 'waiting' ? await findMessage(app.db.read, deliveryId) : undefined;
  const row = message && (await findHook(app.db.read, webhookId));
  if (!delivery || !message || !row) return;
  const engine = engineOf(app);
  const leave = engine.hosts.take(row);
  if (!leave) return app.db.write((tx) => deliverOneSoon(app, tx, webhookId, deliveryId, NO_PLACE));
  const came = await trySending(app, engine, openHook(app, row), { delivery, message }, { signal }).finally(
    leave,
  );
  const state = came.outcome === 'again' ? 'failed' : came.outcome;
  const written = engine.outcomes.write({ delivery, came, state });
  engine.outcomes.hurry();
  await written;
  if (state === 'delivered' && row.failures > 0) await app.db.write((tx) => deliverSoon(app, tx, webhookId));
}

/** Sends a message that tries a webhook, soon and once, also where it is switched off. */
export async function testHook(app: App, actor: Actor, hook: Hook): Promise<DeliveryRow> {
  const message = await messageOf(app, hook, await testHappening(app, hook));
  const { event, action } = message;
  const fresh = newDelivery(hook.id, '', app.clock.now(), { isTest: true, event, action });
  return app.db.write(async (tx) => {
    await requireMayManageHooks(app, tx, actor, ownerOf(hook));
    await requireFewAsked(tx, hook.id);
    const row = await insertDelivery(tx, { ...fresh, cause: fresh.uuid });
    await insertMessage(tx, messageRow(row.id, message));
    await deliverOneSoon(app, tx, hook.id, row.id);
    return row;
  });
}

/** Sends what was sent before once more, soon and once, under an id of its own. */
export async function redeliver(
  app: App,
  actor: Actor,
  hook: Hook,
  deliveryId: number,
): Promise<DeliveryRow> {
  return app.db.write(async (tx) => {
    await requireMayManageHooks(app, tx, actor, ownerOf(hook));
    await requireFewAsked(tx, hook.id);
    const before = await findDelivery(tx, hook.id, deliveryId);
    const message = before && (await findMessage(tx, deliveryId));
    if (!before || !message) throw notFound('delivery');
    if (hook.scope === 'user') requireMayBeTold(actor, [before.event]);
    if (before.state === 'waiting' || before.state === 'recorded')
      throw new AppError('conflict', 'This was not sent for good yet: wait until it was.');
    const { event, action, isTest } = before;
    const fresh = newDelivery(hook.id, '', app.clock.now(), { event, action, isTest, repeatsId: before.id });
    const row = await insertDelivery(tx, { ...fresh, cause: fresh.uuid });
    await insertMessage(tx, { ...message, deliveryId: row.id, responseHeaders: null, responseBody: null });
    await deliverOneSoon(app, tx, hook.id, row.id);
    return row;
  });
}

/** Asking costs nothing, sending may: whoever asks faster than a server answers would hold up what others wait for. */
async function requireFewAsked(tx: Tx, webhookId: number): Promise<void> {
  if ((await countAsked(tx, webhookId)) < MOST_ASKED) return;
  throw new AppError('rate_limited', 'Others that were asked for wait to be sent: try again in a minute.', {
    retryAfter: 60,
  });
}
