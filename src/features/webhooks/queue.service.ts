// Sends what waits for webhooks: in order for each, so that the first one that fails holds up those behind it, and many
// webhooks at once.
import { HOUR, SECOND } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { KeptConnection } from '../../platform/net/kept-connection.ts';
import { failWaiting, LONGEST_RETRY, listWaiting } from './deliveries.store.ts';
import { deliverLater, deliverSoon } from './delivery-jobs.service.ts';
import { type Engine, engineOf, type Means, NO_PLACE, type Sayable, trySending } from './engine.service.ts';
import { openHook } from './hooks.service.ts';
import { findHook, updateHook } from './hooks.store.ts';
import type { Hook, HookRow } from './hooks.types.ts';
import { listWaitingMessages } from './queue.store.ts';
import type { Try } from './sending.service.ts';
import { suspend } from './suspension.service.ts';
import { openUnwritten, type Unwritten } from './unwritten.service.ts';

/** Rows and messages read at once. */
const PAGE = 10;
/** What was sent and may have to be sent again after a crash. */
const MOST_UNWRITTEN = 100;
/** After as many, or as long, the next webhook has its turn. */
const LONGEST_TURN = 15 * SECOND;
const MOST_IN_TURN = 400;
/** Refusals in a row after which a webhook that got nothing through for the whole time of retries is given up. */
const MOST_REFUSALS = 50;
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
  if (isToWait(row, app.clock.now())) return;
  const leave = engine.hosts.take(row);
  if (!leave) return app.db.write((tx) => deliverLater(app, tx, webhookId, NO_PLACE));
  const connection = new KeptConnection();
  const unwritten = openUnwritten(engine.outcomes.hurry);
  try {
    await sendInOrder(app, engine, row, { connection, signal }, unwritten);
  } finally {
    connection.close();
    leave();
    // Also where the server stops in the middle: what was sent is not to be sent again.
    await unwritten.settle().catch(() => undefined);
  }
}

/** Nobody is told to wait longer than that: such a time was noted while the clock was wrong. */
function isToWait({ retryAt }: HookRow, now: number): boolean {
  return retryAt !== null && retryAt > now && retryAt <= now + LONGEST_RETRY;
}

async function sendInOrder(
  app: App,
  engine: Engine,
  start: HookRow,
  means: Means,
  unwritten: Unwritten,
): Promise<void> {
  const endsAt = performance.now() + LONGEST_TURN;
  let row: HookRow | undefined = start;
  let hasExpired = false;
  for (let after = 0, count = 0; row; ) {
    const page = await listWaitingMessages(app.db.read, row.id, after, PAGE);
    const hook = openHook(app, row);
    for (const { delivery, message } of page) {
      if (means.signal.aborted) break;
      const next = message ? await sendOne(app, engine, hook, { delivery, message }, means, unwritten) : 'on';
      count += 1;
      after = delivery.id;
      if (next === 'on') continue;
      await unwritten.settle();
      const isLast = next === 'expired' && !(await hasWaiting(app, row.id, after));
      if (hasExpired || isLast) await suspendIfOverdue(app, row.id);
      if (next === 'wait' || hasExpired) return;
      // One message may be what a server chokes on: the one behind it gets a try before the webhook is given up.
      hasExpired = true;
    }
    const isOver = count >= MOST_IN_TURN || performance.now() > endsAt;
    const isDone = page.length < PAGE || means.signal.aborted;
    if (isOver || isDone) await unwritten.settle();
    else if (unwritten.size() >= MOST_UNWRITTEN) await unwritten.settleBut(MOST_UNWRITTEN / 2);
    if (isDone) return;
    if (isOver) return giveWay(app, row.id);
    row = await stillServed(app, row.id);
  }
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

async function sendOne(
  app: App,
  engine: Engine,
  hook: Hook,
  { delivery, message }: Sayable,
  means: Means,
  unwritten: Unwritten,
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
    unwritten.add(engine.outcomes.write({ delivery, came, state: came.outcome }));
    if (came.outcome === 'delivered') return 'on';
    await unwritten.settle();
    return (await isHopeless(app, hook.id, came)) ? 'wait' : 'on';
  }
  unwritten.add(engine.outcomes.write({ delivery, came, state: isExpired ? 'failed' : 'waiting' }));
  await unwritten.settle();
  if (isExpired) return 'expired';
  await retryAtItsTime(app, hook.id);
  return 'wait';
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
