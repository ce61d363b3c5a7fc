// What the room does later: finishing publications that a crash broke off, forgetting uploads, removing orphaned files.
import type { App } from '../../platform/app.types.ts';
import { addSidePart } from '../code/side-parts.service.ts';
import { sweepFiles } from './assets.service.ts';
import { FINISH_JOB, finishPublishing } from './publishing.service.ts';
import { sideColumn } from './side-column.present.ts';
import { forgetUploads } from './uploads.service.ts';

const SWEEP_JOB = 'releases.sweep';

/** Defines the room's jobs and schedules, and what it adds to the home of repositories. */
export function registerReleases(app: App): void {
  app.jobs.define({ kind: FINISH_JOB, queue: 'default', run: (payload) => finishPublishing(app, payload) });
  app.jobs.define({
    kind: SWEEP_JOB,
    queue: 'maintenance',
    run: async (_payload, { signal }) => {
      await forgetUploads(app);
      await sweepFiles(app, signal);
    },
  });
  addSidePart(app, sideColumn);
  app.jobs.schedule({ name: SWEEP_JOB, cron: '29 4 * * *', kind: SWEEP_JOB });
}
