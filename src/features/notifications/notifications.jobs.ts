// What the room does later: sends the mails that wait, and forgets what nobody asks for any more.
import { setImmediate } from 'node:timers/promises';
import { DAY } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { removeMailedBefore } from './deliveries.store.ts';
import { MAIL_JOB } from './delivery.service.ts';
import { notificationMail } from './mails.present.ts';
import { allowedMail } from './mails.service.ts';
import { listOldThreads, removeThreads } from './threads.store.ts';

const TIDY_JOB = 'notifications.tidy';
/** Threads that are not saved are kept this long after the last time they were told of. */
const KEPT = 150 * DAY;
/** An event is not told of any more once its mails are forgotten. */
const MAILED_KEPT = 60 * DAY;
const AT_ONCE = 500;

/** Defines the jobs of the room. */
export function registerNotificationJobs(app: App): void {
  app.jobs.define<{ eventId: number; userId: number }>({
    kind: MAIL_JOB,
    queue: 'default',
    // Mails that somebody waits for, e.g. to sign in, go first.
    priority: 150,
    // With delays up to six hours: about a day and a half, as all mails.
    maxAttempts: 18,
    run: (payload) => sendMail(app, payload),
  });
  app.jobs.define({ kind: TIDY_JOB, queue: 'maintenance', run: () => tidy(app) });
  app.jobs.schedule({ name: TIDY_JOB, cron: '41 3 * * *', kind: TIDY_JOB });
}

async function sendMail(app: App, payload: { eventId: number; userId: number }): Promise<void> {
  if (!app.mail.isConfigured()) return;
  const allowed = await allowedMail(app, payload);
  if (!allowed) return;
  const { event, open, by, to } = allowed;
  const message = await notificationMail(app, open, event, by, to);
  if (message) await app.mail.send(message);
}

async function tidy(app: App): Promise<void> {
  const now = app.clock.now();
  await app.db.write((tx) => removeMailedBefore(tx, now - MAILED_KEPT));
  for (let after = 0; ; ) {
    const rows = await listOldThreads(app.db.read, after, AT_ONCE);
    const old = rows.filter((row) => !row.isSaved && row.updatedAt < now - KEPT).map(({ id }) => id);
    if (old.length > 0) await app.db.write((tx) => removeThreads(tx, old));
    const last = rows.at(-1);
    if (!last || rows.length < AT_ONCE) return;
    after = last.id;
    await setImmediate();
  }
}
