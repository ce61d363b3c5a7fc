// What the code room does when something was pushed: it looks at the default branch before its readers do.
import type { App } from '../../platform/app.types.ts';
import { addApiPart } from '../repos/shown-parts.service.ts';
import { registerCodeJobs, SURVEY_JOB } from './code.jobs.ts';
import { keepPushedAway } from './deleted-branches.service.ts';
import { shownTrees } from './shown-trees.json.ts';
import { indexLater } from './symbols.service.ts';

/** Subscribes the room to events and defines its jobs. */
export function registerCode(app: App): void {
  registerCodeJobs(app);
  addApiPart(app, { show: shownTrees });
  app.events.subscribe({
    name: 'code',
    kinds: ['push', 'repository.created', 'repository.forked'],
    onEvent: async (event) => {
      if (!('repositoryId' in event)) return;
      const { repositoryId } = event;
      if (event.kind === 'push') await keepPushedAway(app, event);
      await app.db.write((tx) =>
        app.jobs.enqueue(
          tx,
          SURVEY_JOB,
          { repositoryId },
          { uniqueKey: `${SURVEY_JOB}:${repositoryId}`, fairnessKey: `repo:${repositoryId}` },
        ),
      );
      await indexLater(app, repositoryId);
    },
  });
}
