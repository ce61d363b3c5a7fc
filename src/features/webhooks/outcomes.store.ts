// Writes what came of many deliveries at once. Each statement is built once per transaction: for one row that takes
// longer than running it.
import { eq, inArray, type Placeholder, type SQL, sql } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { Tx } from '../../platform/db/db.types.ts';
import { webhookDeliveries, webhookMessages, webhooks } from '../../platform/db/tables/webhooks.ts';
import type { DeliveryRow, HookRow, MessageRow } from './hooks.types.ts';

export type OutcomeRow = Pick<
  DeliveryRow,
  'id' | 'state' | 'attempts' | 'status' | 'error' | 'duration' | 'triedAt' | 'endedAt'
> &
  Pick<MessageRow, 'requestHeaders' | 'responseHeaders' | 'responseBody'>;

export type StandingRow = Pick<
  HookRow,
  'id' | 'failures' | 'failingSince' | 'retryAt' | 'lastState' | 'lastTriedAt'
>;

/** Writes what became of deliveries, with what was said and came back. */
export async function updateOutcomes(tx: Tx, rows: readonly OutcomeRow[]): Promise<void> {
  const [delivery, answered, unanswered] = [
    deliveryUpdate(tx),
    messageUpdate(tx, true),
    messageUpdate(tx, false),
  ];
  for (const { requestHeaders, responseHeaders, responseBody, ...row } of rows) {
    await delivery.execute(row);
    const message = responseHeaders === null ? unanswered : answered;
    await message.execute({ id: row.id, requestHeaders, responseHeaders, responseBody });
  }
}

/** How some webhooks stand. */
export async function listStandings(tx: Tx, ids: readonly number[]): Promise<StandingRow[]> {
  const { id, failures, failingSince, retryAt, lastState, lastTriedAt } = webhooks;
  return tx
    .select({ id, failures, failingSince, retryAt, lastState, lastTriedAt })
    .from(webhooks)
    .where(inArray(webhooks.id, [...ids]));
}

/** Writes how webhooks stand. */
export async function updateStandings(tx: Tx, rows: readonly StandingRow[]): Promise<void> {
  const update = tx
    .update(webhooks)
    .set({
      failures: given(webhooks.failures),
      failingSince: given(webhooks.failingSince),
      retryAt: given(webhooks.retryAt),
      lastState: given(webhooks.lastState),
      lastTriedAt: given(webhooks.lastTriedAt),
    })
    .where(eq(webhooks.id, sql.placeholder('id')))
    .prepare();
  for (const row of rows) await update.execute(row);
}

function deliveryUpdate(tx: Tx) {
  const { state, attempts, status, error, duration, triedAt, endedAt } = webhookDeliveries;
  return tx
    .update(webhookDeliveries)
    .set({
      ...{ state: given(state), attempts: given(attempts), status: given(status), error: given(error) },
      ...{ duration: given(duration), triedAt: given(triedAt), endedAt: given(endedAt) },
    })
    .where(eq(webhookDeliveries.id, sql.placeholder('id')))
    .prepare();
}

/** An answer that never came is NULL, which a placeholder of JSON cannot say. */
function messageUpdate(tx: Tx, isAnswered: boolean) {
  const { requestHeaders, responseHeaders, responseBody } = webhookMessages;
  return tx
    .update(webhookMessages)
    .set({
      requestHeaders: given(requestHeaders),
      responseHeaders: isAnswered ? given(responseHeaders) : null,
      responseBody: given(responseBody),
    })
    .where(eq(webhookMessages.deliveryId, sql.placeholder('id')))
    .prepare();
}

/** A value for a column that is known later, under the name of its property. */
function given(column: SQLiteColumn): SQL {
  return sql`${sql.param(sql.placeholder(propertyOf(column)) as Placeholder, column)}`;
}

function propertyOf({ name }: SQLiteColumn): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
