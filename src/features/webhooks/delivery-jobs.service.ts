// The jobs that send: which there are, and how they are queued.
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';

/** Sends what waits for one webhook. */
export const DELIVER_JOB = 'webhooks.deliver';
/** Sends one test or repetition. */
export const DELIVER_ONE_JOB = 'webhooks.deliver_one';

/** Has what waits for a webhook sent. */
export async function deliverSoon(app: App, tx: Tx, webhookId: number): Promise<void> {
  await enqueue(app, tx, webhookId, String(webhookId), 0);
}

/** Has a webhook tried again; what comes up meanwhile is a job of its own and finds that it is to wait. */
export async function deliverLater(app: App, tx: Tx, webhookId: number, delay: number): Promise<void> {
  await enqueue(app, tx, webhookId, `${webhookId} later`, delay);
}

/** Has one delivery sent, whatever the queue of its webhook does. */
export async function deliverOneSoon(
  app: App,
  tx: Tx,
  webhookId: number,
  deliveryId: number,
  delay = 0,
): Promise<void> {
  const keys = { uniqueKey: String(deliveryId), fairnessKey: `webhook:${webhookId}` };
  await app.jobs.enqueue(tx, DELIVER_ONE_JOB, { webhookId, deliveryId }, { ...keys, delay });
}

function enqueue(app: App, tx: Tx, webhookId: number, uniqueKey: string, delay: number): Promise<void> {
  const keys = { uniqueKey, fairnessKey: `webhook:${webhookId}` };
  return app.jobs.enqueue(tx, DELIVER_JOB, { webhookId }, { ...keys, delay });
}
