// What the room does on a schedule.
import type { App } from '../../platform/app.types.ts';
import { purgeInvitations } from './invitations.service.ts';

const PURGE = 'orgs.purge-invitations';

/** Defines the room's jobs and their schedules. */
export function registerOrgs(app: App): void {
  app.jobs.define({ kind: PURGE, queue: 'maintenance', run: () => purgeInvitations(app) });
  app.jobs.schedule({ name: PURGE, cron: '37 4 * * *', kind: PURGE });
}
