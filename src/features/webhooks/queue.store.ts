// The queue of a webhook, read in order with what is to be said.
import { and, asc, eq, gt, isNull, sql } from 'drizzle-orm';
import type { Reader } from '../../platform/db/db.types.ts';
import { webhookDeliveries as deliveries, webhookMessages } from '../../platform/db/tables/webhooks.ts';
import type { DeliveryRow, MessageRow } from './hooks.types.ts';

export interface WaitingRow {
  delivery: DeliveryRow;
  message: MessageRow | null;
}

/** What waits in the queue of a webhook behind a delivery, in order, with its messages. */
export async function listWaitingMessages(
  db: Reader,
  webhookId: number,
  afterId: number,
  limit: number,
): Promise<WaitingRow[]> {
  return waitingQueryOf(db).execute({ webhookId, afterId, limit });
}

type WaitingQuery = ReturnType<typeof prepareWaitingQuery>;

/** It runs for every few deliveries; drizzle takes longer to build it than the database to answer. */
const prepared = new WeakMap<Reader, WaitingQuery>();

function waitingQueryOf(db: Reader): WaitingQuery {
  const known = prepared.get(db) ?? prepareWaitingQuery(db);
  prepared.set(db, known);
  return known;
}

function prepareWaitingQuery(db: Reader) {
  return db
    .select({ delivery: deliveries, message: webhookMessages })
    .from(deliveries)
    .leftJoin(webhookMessages, eq(webhookMessages.deliveryId, deliveries.id))
    .where(
      and(
        eq(deliveries.webhookId, sql.placeholder('webhookId')),
        eq(deliveries.state, 'waiting'),
        eq(deliveries.isTest, false),
        isNull(deliveries.repeatsId),
        gt(deliveries.id, sql.placeholder('afterId')),
      ),
    )
    .orderBy(asc(deliveries.id))
    .limit(sql.placeholder('limit'))
    .prepare();
}
