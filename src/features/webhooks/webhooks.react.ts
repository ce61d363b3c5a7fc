// What the room does when something happened: each event is recorded for the webhooks that are told of it, within the
// transaction of the change, and jobs put it into words and send it.
import type { App } from '../../platform/app.types.ts';
import { EVENT_KINDS_FOR_HOOKS } from './happenings.service.ts';
import { recordForHooks } from './recording.service.ts';
import { registerWebhookJobs } from './webhooks.jobs.ts';

/** Has events recorded for webhooks, and defines the jobs that deliver. */
export function registerWebhooks(app: App): void {
  registerWebhookJobs(app);
  app.events.accompany({
    kinds: new Set(EVENT_KINDS_FOR_HOOKS),
    write: (tx, event) => recordForHooks(app, tx, event),
  });
}
