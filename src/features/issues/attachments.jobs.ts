// Every hour: files of texts that nobody saved, and files that no row points at.
import type { App } from '../../platform/app.types.ts';
import { removeUnclaimedAttachments, sweepAttachments } from './attachment-upkeep.service.ts';

const SWEEP_JOB = 'issues.attachments';

/** Defines the job and its schedule. */
export function defineAttachmentJobs(app: App): void {
  app.jobs.define({
    kind: SWEEP_JOB,
    queue: 'maintenance',
    run: async (_payload, { signal }) => {
      await removeUnclaimedAttachments(app, signal);
      await sweepAttachments(app, signal);
    },
  });
  app.jobs.schedule({ name: SWEEP_JOB, cron: '17 * * * *', kind: SWEEP_JOB });
}
