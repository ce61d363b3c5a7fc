// From what happened to deliveries. In the transaction of a change each webhook that listens where it happened gets a row
// (`recorded`): nothing is lost, and the rows stand in the order of the changes. A job puts them into words, one webhook
// after the other, so that its queue keeps that order.
import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { sha256Hex } from '../../base/crypto.ts';
import { MINUTE } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import type { RecordedEvent } from '../../platform/events/events.types.ts';
import { findUserById } from '../users/users.service.ts';
import { passesBranchFilter } from './branch-filters.policy.ts';
import {
  hasMoreWaiting,
  insertDelivery,
  insertMessage,
  insertRecorded,
  listListening,
  listRecorded,
  removeRecorded,
} from './deliveries.store.ts';
import { deliverSoon } from './delivery-jobs.service.ts';
import { type Happening, happeningsOf, isChosenBy, placesOf } from './happenings.service.ts';
import { isWideOnly, openHook } from './hooks.service.ts';
import { findHook } from './hooks.store.ts';
import type { DeliveryRow, Hook, HookRow } from './hooks.types.ts';
import { type HookMessage, messageOf } from './messages.service.ts';
import { suspend } from './suspension.service.ts';

export const PREPARE_JOB = 'webhooks.prepare';

const AT_ONCE = 20;
/** Bytes of messages held at once; one event may still make more. */
const MOST_BYTES = 4 * 1024 * 1024;
const LONGEST_CAUSE = 80;
const HEADS = 'refs/heads/';
/** After this what cannot be put into words holds nothing else up. */
const PATIENCE = 2 * MINUTE;
/** More do not wait for one webhook: its server is too slow for what happens. */
const MOST_WAITING = 10_000;
const UNSPEAKABLE = 'The message could not be written. The log of the server says why.';

type NewDelivery = Omit<DeliveryRow, 'id'>;

/** Writes, within the transaction of an event, that some webhooks are to be told of it. */
export async function recordForHooks(app: App, tx: Tx, event: RecordedEvent): Promise<void> {
  const ids = await listListening(tx, placesOf(event));
  const rows = ids.map((id) => newDelivery(id, String(event.id), event.createdAt, { state: 'recorded' }));
  await insertRecorded(tx, rows);
  for (const id of ids) await prepareSoon(app, tx, id);
}

/** Has a webhook's recorded happenings put into words. */
export async function prepareSoon(app: App, tx: Tx, webhookId: number): Promise<void> {
  const keys = { uniqueKey: String(webhookId), fairnessKey: `webhook:${webhookId}` };
  await app.jobs.enqueue(tx, PREPARE_JOB, { webhookId }, keys);
}

/** A delivery that was not tried yet. */
export function newDelivery(
  webhookId: number,
  cause: string,
  createdAt: number,
  more: Partial<NewDelivery> = {},
): NewDelivery {
  return {
    ...{ webhookId, uuid: randomUUID(), cause, event: '', action: '', state: 'waiting', attempts: 0 },
    ...{ status: null, error: null, duration: null, repeatsId: null, isTest: false },
    ...{ createdAt, triedAt: null, endedAt: null },
    ...more,
  };
}

/** Puts everything that was recorded for a webhook into words, in order, and has it sent. */
export async function prepareDeliveries(app: App, webhookId: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const row = await findHook(app.db.read, webhookId);
    if (!row) return;
    const recorded = await listRecorded(app.db.read, webhookId, AT_ONCE);
    if (recorded.length === 0) return;
    if (!row.isActive || row.suspendedAt !== null || (await isShutOut(app, row))) await forget(app, recorded);
    else if (await hasMoreWaiting(app.db.read, webhookId, MOST_WAITING)) await suspend(app, row, 'overrun');
    else await prepare(app, row, recorded);
  }
}

/** Whoever may not sign in is not told either of what others do in their repositories. */
async function isShutOut(app: App, { scope, ownerId }: HookRow): Promise<boolean> {
  if (scope !== 'user') return false;
  const owner = ownerId === null ? undefined : await findUserById(app, ownerId);
  return owner?.isSuspended !== false;
}

async function forget(app: App, recorded: readonly DeliveryRow[]): Promise<void> {
  await app.db.write((tx) =>
    removeRecorded(
      tx,
      recorded.map(({ id }) => id),
    ),
  );
}

interface Prepared {
  delivery: NewDelivery;
  message?: HookMessage;
}

async function prepare(app: App, row: HookRow, recorded: readonly DeliveryRow[]): Promise<void> {
  const hook = openHook(app, row);
  const events = await app.events.byIds(recorded.map(({ cause }) => Number(cause)));
  const byId = new Map(events.map((event) => [String(event.id), event]));
  const prepared: Prepared[] = [];
  const taken: number[] = [];
  let bytes = 0;
  let failure: unknown;
  for (const one of recorded) {
    try {
      const made = await deliveriesFor(app, hook, byId.get(one.cause));
      prepared.push(...made);
      bytes += made.reduce((sum, { message }) => sum + (message?.body.length ?? 0), 0);
    } catch (error) {
      if (app.clock.now() - one.createdAt < PATIENCE) {
        failure = error;
        break;
      }
      app.log.error({ err: error, webhookId: row.id, eventId: one.cause }, 'a webhook could not be told');
      prepared.push(unspeakable(app, one, byId.get(one.cause)));
    }
    taken.push(one.id);
    if (bytes > MOST_BYTES) break;
  }
  await keep(app, row.id, taken, prepared);
  if (failure !== undefined) throw failure;
}

async function deliveriesFor(app: App, hook: Hook, event: RecordedEvent | undefined): Promise<Prepared[]> {
  const made: Prepared[] = [];
  for (const happening of event ? await happeningsOf(app, event) : []) {
    // A push has many refs, and comparing each with a filter takes a moment: others have their turn in between.
    if (hook.branchFilter !== '') await setImmediate();
    if (!isTold(hook, happening)) continue;
    const message = await messageOf(app, hook, happening);
    const about = { event: message.event, action: message.action };
    const cause = causeOf(event?.id ?? 0, happening.part);
    made.push({ delivery: newDelivery(hook.id, cause, happening.at, about), message });
  }
  return made;
}

/** Whether a webhook is told: it listens where this happened, chose such events, and its filter lets the branch pass. */
function isTold(hook: Hook, happening: Happening): boolean {
  const { name, ref, repositoryId, ownerIds } = happening;
  if (!isChosenBy(hook, happening)) return false;
  // Whoever administers a repository need not know of every team of its organization.
  if (isWideOnly(name) && hook.scope !== 'organization' && hook.scope !== 'site') return false;
  if (ref?.startsWith(HEADS) && !passesBranchFilter(hook.branchFilter, ref.slice(HEADS.length))) return false;
  if (hook.scope === 'site') return true;
  if (hook.scope === 'repository') return repositoryId === hook.repositoryId;
  return hook.ownerId !== null && ownerIds.includes(hook.ownerId);
}

function causeOf(eventId: number, part: string): string {
  const cause = `${eventId}:${part}`;
  return cause.length <= LONGEST_CAUSE ? cause : `${eventId}:${sha256Hex(part).slice(0, 40)}`;
}

function unspeakable(app: App, one: DeliveryRow, event: RecordedEvent | undefined): Prepared {
  const now = app.clock.now();
  const failed = { state: 'failed', error: UNSPEAKABLE, event: event?.kind ?? '', endedAt: now } as const;
  return { delivery: newDelivery(one.webhookId, `${one.cause}:`, one.createdAt, failed) };
}

/** In place of what was recorded. Another run of the job may have been quicker: then it has written the same. */
async function keep(app: App, webhookId: number, taken: number[], prepared: Prepared[]): Promise<void> {
  await app.db.write(async (tx) => {
    const removed = await removeRecorded(tx, taken);
    if (removed === 0) return;
    if (removed < taken.length) throw new Error('Another run prepares the same deliveries.');
    for (const { delivery, message } of prepared) {
      const { id } = await insertDelivery(tx, delivery);
      if (message) await insertMessage(tx, messageRow(id, message));
    }
    if (prepared.length > 0) await deliverSoon(app, tx, webhookId);
  });
}

/** What is kept of a message until it is sent. */
export function messageRow(deliveryId: number, { contentType, headers, body }: HookMessage) {
  return {
    deliveryId,
    requestHeaders: { 'Content-Type': contentType, ...headers },
    requestBody: body,
    responseHeaders: null,
    responseBody: null,
  };
}
