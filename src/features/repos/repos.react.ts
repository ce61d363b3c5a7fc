// What the repository room does when something happened: a pushed repository is maintained soon after.
import { MINUTE } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { followTeamReach } from '../orgs/team-reach.service.ts';
import { subscribeDeployKeys } from './deploy-keys.react.ts';
import { MAINTAIN_JOB } from './maintenance.service.ts';
import { addNewPart } from './new-parts.service.ts';
import { registerRepoJobs } from './repos.jobs.ts';
import { addTakingTeams, followReach } from './team-reach.service.ts';
import { subscribeWatches } from './watches.react.ts';

const SETTLE = MINUTE / 2;

/** Subscribes the room to events and defines its jobs. */
export function registerRepos(app: App): void {
  registerRepoJobs(app);
  subscribeDeployKeys(app);
  subscribeWatches(app);
  addNewPart(app, addTakingTeams);
  followTeamReach(app, followReach);
  app.events.subscribe({
    name: 'repos',
    kinds: ['push'],
    onEvent: async (event) => {
      if (event.kind !== 'push') return;
      const { repositoryId } = event;
      await app.db.write((tx) =>
        app.jobs.enqueue(
          tx,
          MAINTAIN_JOB,
          { repositoryId },
          {
            delay: SETTLE,
            uniqueKey: `${MAINTAIN_JOB}:${repositoryId}`,
            fairnessKey: `repo:${repositoryId}`,
          },
        ),
      );
    },
  });
}
