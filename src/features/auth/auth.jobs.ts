// What the auth room does on a schedule: forgetting sessions and single-use tokens that have expired.
import type { App } from '../../platform/app.types.ts';
import { forgetUnproved } from '../users/addresses.service.ts';
import { subscribeAuth } from './auth.react.ts';
import { purgeDevices } from './devices.service.ts';
import { defineFailedSignIns } from './failed-sign-ins.service.ts';
import { defineRequestedMails } from './mail-requests.service.ts';
import { purgeOneTimes } from './one-time-tokens.service.ts';
import { purgeRegistrationInvitations } from './registration-invitations.service.ts';
import { purgeSessions } from './sessions.service.ts';
import { fillKeyIds, KEY_IDS_JOB } from './signing-keys.service.ts';

const PURGE_JOB = 'auth.purge_sessions';

/** Subscribes the room to events and defines its jobs and schedules. */
export function registerAuth(app: App): void {
  subscribeAuth(app);
  defineRequestedMails(app);
  defineFailedSignIns(app);
  app.jobs.define({ kind: KEY_IDS_JOB, queue: 'default', run: () => fillKeyIds(app) });
  app.jobs.define({ kind: PURGE_JOB, queue: 'maintenance', run: () => purge(app) });
  app.jobs.schedule({ name: PURGE_JOB, cron: '41 3 * * *', kind: PURGE_JOB });
}

async function purge(app: App): Promise<void> {
  await purgeSessions(app);
  await purgeOneTimes(app);
  await purgeDevices(app);
  await purgeRegistrationInvitations(app);
  await forgetUnproved(app);
}
