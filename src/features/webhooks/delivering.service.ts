// Sends what waits for webhooks: in order for each, so that the first one that fails holds up those behind it; many
// webhooks at once; and what somebody asked for by hand beside the queue.
import type { Actor } from '../../base/actor.ts';
import { AppError, notFound } from '../../base/errors.ts';
import { HOUR, SECOND } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { KeptConnection } from '../../platform/net/kept-connection.ts';
import {
  failWaiting,
  findDelivery,
  findMessage,
  findMessages,
  insertDelivery,
  insertMessage,
  listWaiting,
} from './deliveries.store.ts';
import { deliverLater, deliverOneSoon, deliverSoon } from './delivery-jobs.service.ts';
import { ownerOf, requireMayManageHooks } from './hooks.policy.ts';
import { openHook } from './hooks.service.ts';
import { findHook, updateHook } from './hooks.store.ts';
import type { DeliveryRow, Hook, HookRow, MessageRow } from './hooks.types.ts';
import { type Hosts, openHosts } from './hosts.service.ts';
import { messageOf, testHappening } from './messages.service.ts';
import { type OutcomeWriter, openOutcomeWriter } from './outcomes.service.ts';
import { messageRow, newDelivery } from './recording.service.ts';
import { send, type Try } from './sending.service.ts';
import { suspend } from './suspension.service.ts';

interface Engine {
  hosts: Hosts;
  outcomes: OutcomeWriter;
  /** Webhooks that are being served: what comes up meanwhile is found by the run that serves them. */
  serving: Map<number, { again: boolean }>;
}

const engines = new WeakMap<App, Engine>();

function engineOf(app: App): Engine {
  const known = engines.get(app);
  if (known) return known;
  const engine = { hosts: openHosts(app.clock), outcomes: openOutcomeWriter(app), serving: new Map() };
  engines.set(app, engine);
  return engine;
}

/** Rows and messages read at once. */
const PAGE = 10;
/** After as many, or as long, the next webhook has its turn. */
const LONGEST_TURN = 15 * SECOND;
const MOST_IN_TURN = 400;
/** Refusals in a row after which a webhook that got nothing through for the whole time of retries is given up. */
const MOST_REFUSALS = 50;
const NO_PLACE = SECOND;
const SWITCHED_OFF = 'The webhook was switched off before this was sent.';

/** Sends what waits for a webhook, in order, for one turn. One run at a time serves a webhook. */
export async function deliverWaiting(app: App, webhookId: number, signal: AbortSignal): Promise<void> {
  const engine = engineOf(app);
  const served = engine.serving.get(webhookId);
  if (served) {
    served.again = true;
    return;
  }
  const mine = { again: false };
  engine.serving.set(webhookId, mine);
  try {
    do {
      mine.again = false;
      await turn(app, engine, webhookId, signal);
    } while (mine.again && !signal.aborted);
  } finally {
    engine.serving.delete(webhookId);
  }
}

async function turn(app: App, engine: Engine, webhookId: number, signal: AbortSignal): Promise<void> {
  const row = await findHook(app.db.read, webhookId);
  if (!row) return;
  if (!row.isActive || row.suspendedAt !== null)
    return app.db.write((tx) => failWaiting(tx, webhookId, SWITCHED_OFF, app.clock.now()));
  if (row.retryAt !== null && row.retryAt > app.clock.now()) return;
  const leave = engine.hosts.take(row);
  if (!leave) return app.db.write((tx) => deliverLater(app, tx, webhookId, NO_PLACE));
  const connection = new KeptConnection();
  try {
    await sendInOrder(app, engine, row, { connection, signal });
  } finally {
    connection.close();
    leave();
  }
}

interface Means {
  connection: KeptConnection;
  signal: AbortSignal;
}

async function sendInOrder(app: App, engine: Engine, start: HookRow, means: Means): Promise<void> {
  const endsAt = performance.now() + LONGEST_TURN;
  const writing: Promise<void>[] = [];
  let row: HookRow | undefined = start;
  let hasExpired = false;
  for (let after = 0, count = 0; row; ) {
    const page = await listWaiting(app.db.read, row.id, after, PAGE);
    const hook = openHook(app, row);
    const messages = await findMessages(app.db.read, idsOf(page));
    for (const delivery of page) {
      if (means.signal.aborted) break;
      const message = messages.get(delivery.id);
      const next = message ? await sendOne(app, engine, hook, { delivery, message }, means, writing) : 'on';
      count += 1;
      after = delivery.id;
      if (next === 'on') continue;
      await Promise.all(writing.splice(0));
      const isLast = next === 'expired' && !(await hasWaiting(app, row.id, after));
      if (hasExpired || isLast) await suspendIfOverdue(app, row.id);
      if (next === 'wait' || hasExpired) return;
      // One message may be what a server chokes on: the one behind it gets a try before the webhook is given up.
      hasExpired = true;
    }
    await Promise.all(writing.splice(0));
    if (page.length < PAGE || means.signal.aborted) return;
    if (count >= MOST_IN_TURN || performance.now() > endsAt) return giveWay(app, row.id);
    row = await stillServed(app, row.id);
  }
}

function idsOf(rows: readonly DeliveryRow[]): number[] {
  return rows.map(({ id }) => id);
}

async function giveWay(app: App, webhookId: number): Promise<void> {
  await app.db.write((tx) => deliverSoon(app, tx, webhookId));
}

async function stillServed(app: App, webhookId: number): Promise<HookRow | undefined> {
  const row = await findHook(app.db.read, webhookId);
  return row?.isActive && row.suspendedAt === null ? row : undefined;
}

/** `on`: the next one may go; `wait`: not before the time that was noted; `expired`: it was given up just now. */
type Next = 'on' | 'wait' | 'expired';

/** A delivery with what is to be said. */
interface Sayable {
  delivery: DeliveryRow;
  message: MessageRow;
}

async function sendOne(
  app: App,
  engine: Engine,
  hook: Hook,
  { delivery, message }: Sayable,
  means: Means,
  writing: Promise<void>[],
): Promise<Next> {
  const { origin } = new URL(hook.url);
  const isExpired = app.clock.now() - delivery.createdAt >= retryTime(app);
  const closedUntil = engine.hosts.closedUntil(origin);
  if (closedUntil !== undefined && !isExpired) {
    await postpone(app, hook, closedUntil);
    return 'wait';
  }
  const came = await trySending(app, engine, hook, { delivery, message }, means);
  if (came.outcome !== 'again') {
    writing.push(engine.outcomes.write({ delivery, came, state: came.outcome }));
    if (came.outcome === 'delivered') return 'on';
    await Promise.all(writing.splice(0));
    return (await isHopeless(app, hook.id, came)) ? 'wait' : 'on';
  }
  await engine.outcomes.write({ delivery, came, state: isExpired ? 'failed' : 'waiting' });
  if (isExpired) return 'expired';
  await retryAtItsTime(app, hook.id);
  return 'wait';
}

async function trySending(
  app: App,
  engine: Engine,
  hook: Hook,
  { delivery, message }: Sayable,
  means: Partial<Means> & Pick<Means, 'signal'>,
): Promise<Try> {
  const { origin } = new URL(hook.url);
  const stored = { headers: message.requestHeaders, body: Buffer.from(message.requestBody) };
  const came = await send(app, hook, delivery, stored, means);
  if (came.isUnreachable) engine.hosts.missed(origin);
  else if (came.status !== null) engine.hosts.reached(origin);
  app.metrics.webhooks.observe({ outcome: came.outcome }, came.duration / SECOND);
  return came;
}

function retryTime(app: App): number {
  return app.config.webhooks.retry_hours * HOUR;
}

/** Others found out that nobody reaches the host: this one waits without a try of its own. */
async function postpone(app: App, hook: Hook, until: number): Promise<void> {
  const retryAt = until + Math.round(Math.random() * 2 * SECOND);
  const failingSince = hook.failingSince ?? app.clock.now();
  await app.db.write(async (tx) => {
    await updateHook(tx, hook.id, { retryAt, failingSince });
    await deliverLater(app, tx, hook.id, retryAt - app.clock.now());
  });
}

async function retryAtItsTime(app: App, webhookId: number): Promise<void> {
  await app.db.write(async (tx) => {
    const { retryAt } = (await findHook(tx, webhookId)) ?? { retryAt: null };
    if (retryAt !== null) await deliverLater(app, tx, webhookId, Math.max(0, retryAt - app.clock.now()));
  });
}

/** After a refusal: a webhook that is gone, or was refused for the whole time, is given up. */
async function isHopeless(app: App, webhookId: number, came: Try): Promise<boolean> {
  const row = await findHook(app.db.read, webhookId);
  if (!row) return true;
  const isGone = came.status === 410;
  if (!isGone && (row.failures < MOST_REFUSALS || !isOverdue(app, row))) return false;
  await suspend(app, row, isGone ? 'gone' : 'refusing');
  return true;
}

function isOverdue(app: App, { failingSince }: Pick<HookRow, 'failingSince'>): boolean {
  return failingSince !== null && app.clock.now() - failingSince >= retryTime(app);
}

async function hasWaiting(app: App, webhookId: number, afterId: number): Promise<boolean> {
  return (await listWaiting(app.db.read, webhookId, afterId, 1)).length > 0;
}

async function suspendIfOverdue(app: App, webhookId: number): Promise<void> {
  const row = await findHook(app.db.read, webhookId);
  if (row && isOverdue(app, row)) await suspend(app, row, 'unreachable');
}

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
  const came = await trySending(app, engine, openHook(app, row), { delivery, message }, { signal });
  const state = came.outcome === 'again' ? 'failed' : came.outcome;
  await engine.outcomes.write({ delivery, came, state });
  if (state === 'delivered' && row.failures > 0) await giveWay(app, webhookId);
}

/** Sends a message that tries a webhook, soon and once, also where it is switched off. */
export async function testHook(app: App, actor: Actor, hook: Hook): Promise<DeliveryRow> {
  const message = await messageOf(app, hook, await testHappening(app, hook));
  const { event, action } = message;
  const fresh = newDelivery(hook.id, '', app.clock.now(), { isTest: true, event, action });
  return app.db.write(async (tx) => {
    await requireMayManageHooks(app, tx, actor, ownerOf(hook));
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
    const before = await findDelivery(tx, hook.id, deliveryId);
    const message = before && (await findMessage(tx, deliveryId));
    if (!before || !message) throw notFound('delivery');
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
