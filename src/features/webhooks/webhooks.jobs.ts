// The jobs of webhooks: putting what happened into words, sending it, picking up what was left, and forgetting.
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { DAY, HOUR } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { failForgotten, listNeglected, removeEnded } from './deliveries.store.ts';
import { deliverOne } from './delivering.service.ts';
import { DELIVER_JOB, DELIVER_ONE_JOB, deliverSoon } from './delivery-jobs.service.ts';
import { deliverWaiting } from './queue.service.ts';
import { PREPARE_JOB, prepareDeliveries, prepareSoon } from './recording.service.ts';

const SWEEP_JOB = 'webhooks.sweep';
const PURGE_JOB = 'webhooks.purge';
const AT_ONCE = 500;
const NEVER_SENT = 'It was not sent in time.';

const ofHook = z.object({ webhookId: z.number().int() });
const ofDelivery = z.object({ webhookId: z.number().int(), deliveryId: z.number().int() });

/** Defines the room's jobs and schedules. */
export function registerWebhookJobs(app: App): void {
  app.jobs.define({
    kind: PREPARE_JOB,
    queue: 'events',
    run: (payload, { signal }) => prepareDeliveries(app, ofHook.parse(payload).webhookId, signal),
  });
  app.jobs.define({
    kind: DELIVER_JOB,
    queue: 'webhooks',
    run: (payload, { signal }) => deliverWaiting(app, ofHook.parse(payload).webhookId, signal),
  });
  app.jobs.define({
    kind: DELIVER_ONE_JOB,
    queue: 'webhooks',
    // Somebody waits for it.
    priority: 50,
    run: (payload, { signal }) => {
      const { webhookId, deliveryId } = ofDelivery.parse(payload);
      return deliverOne(app, webhookId, deliveryId, signal);
    },
  });
  app.jobs.define({ kind: SWEEP_JOB, queue: 'default', run: () => sweep(app) });
  app.jobs.schedule({ name: SWEEP_JOB, cron: '* * * * *', kind: SWEEP_JOB });
  app.jobs.define({ kind: PURGE_JOB, queue: 'maintenance', run: () => purge(app) });
  app.jobs.schedule({ name: PURGE_JOB, cron: '23 * * * *', kind: PURGE_JOB });
}

/** Has everything looked at that waits and that no job may know of any more, such as after a webhook was switched on. */
async function sweep(app: App): Promise<void> {
  for (let after = 0; ; ) {
    const now = app.clock.now();
    const ids = await listNeglected(app.db.read, now, after, AT_ONCE);
    if (ids.length > 0)
      await app.db.write(async (tx) => {
        for (const id of ids) {
          await prepareSoon(app, tx, id);
          await deliverSoon(app, tx, id);
          await failForgotten(tx, id, { before: now - HOUR, now, error: NEVER_SENT });
        }
      });
    after = ids.at(-1) ?? 0;
    if (ids.length < AT_ONCE) return;
  }
}

/** Forgets what was sent long ago. */
async function purge(app: App): Promise<void> {
  const before = app.clock.now() - app.config.webhooks.keep_days * DAY;
  while ((await app.db.write((tx) => removeEnded(tx, before, AT_ONCE))) > 0) await setImmediate();
}
