// What the code room does when something was pushed: it looks at the default branch before its readers do.
import type { App } from '../../platform/app.types.ts';
import { registerCodeJobs, SURVEY_JOB } from './code.jobs.ts';

/** Subscribes the room to events and defines its jobs. */
export function registerCode(app: App): void {
  registerCodeJobs(app);
  app.events.subscribe({
    name: 'code',
    kinds: ['push', 'repository.created'],
    onEvent: async (event) => {
      if (event.kind !== 'push' && event.kind !== 'repository.created') return;
      const { repositoryId } = event;
      await app.db.write((tx) =>
        app.jobs.enqueue(
          tx,
          SURVEY_JOB,
          { repositoryId },
          { uniqueKey: `${SURVEY_JOB}:${repositoryId}`, fairnessKey: `repo:${repositoryId}` },
        ),
      );
    },
  });
}
