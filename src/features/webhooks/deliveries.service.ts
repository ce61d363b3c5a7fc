// What was sent to a webhook and what came back, for whoever may look at it: callers hold a hook that they were let to.
import type { Actor } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { countWaiting, findDelivery, findMessage, listDeliveries } from './deliveries.store.ts';
import { requireMayBeTold } from './hooks.policy.ts';
import type { DeliveryRow, Hook, MessageRow } from './hooks.types.ts';

export const DELIVERIES_PER_PAGE = 50;

export interface DeliveryPage {
  deliveries: DeliveryRow[];
  /** Behind which the next page begins; undefined on the last. */
  next: number | undefined;
}

export type DeliveryWithMessage = DeliveryRow & { message: MessageRow | undefined };

/** A page of what was sent to a webhook, newest first; `beforeId` is the `next` of the page before. */
export async function deliveriesOf(
  app: App,
  hook: Pick<Hook, 'id'>,
  beforeId?: number,
  limit: number = DELIVERIES_PER_PAGE,
): Promise<DeliveryPage> {
  const rows = await listDeliveries(app.db.read, hook.id, { beforeId, limit: limit + 1 });
  const deliveries = rows.slice(0, limit);
  return { deliveries, next: rows.length > limit ? deliveries.at(-1)?.id : undefined };
}

/**
 * One delivery with what was said. Throws AppError not_found for one of another webhook, forbidden for a token that could not
 * read what it tells.
 */
export async function deliveryOf(
  app: App,
  actor: Actor,
  hook: Pick<Hook, 'id'>,
  id: number,
): Promise<DeliveryWithMessage> {
  const row = await findDelivery(app.db.read, hook.id, id);
  if (!row || row.state === 'recorded') throw notFound('delivery');
  requireMayBeTold(actor, [row.event]);
  return { ...row, message: await findMessage(app.db.read, id) };
}

/** How many deliveries wait to be sent. */
export async function waitingFor(app: App, hook: Pick<Hook, 'id'>): Promise<number> {
  return countWaiting(app.db.read, hook.id);
}
