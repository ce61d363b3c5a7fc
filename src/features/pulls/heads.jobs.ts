// What is done later about the heads of pull requests.
import type { App } from '../../platform/app.types.ts';
import { COUNT_JOB, countPull, PREPARE_JOB, preparePull } from './prepare-pull.service.ts';
import { requestCodeOwners } from './review-requests.service.ts';

/** Defines the jobs. */
export function defineHeadJobs(app: App): void {
  app.jobs.define<{ issueId: number }>({
    kind: PREPARE_JOB,
    queue: 'default',
    run: async ({ issueId }, { signal }) => {
      await preparePull(app, issueId, signal);
      await requestCodeOwners(app, issueId);
    },
  });
  app.jobs.define<{ issueId: number }>({
    kind: COUNT_JOB,
    queue: 'default',
    run: ({ issueId }, { signal }) => countPull(app, issueId, signal),
  });
}
