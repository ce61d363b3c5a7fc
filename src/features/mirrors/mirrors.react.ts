// What the room of mirrors does when something happened: pushes go on to push mirrors, and a new owner does not get the
// credentials that the former one gave.
import { SECOND } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { addApiPart } from '../repos/shown-parts.service.ts';
import { forgetFormerOwner } from './former-owners.service.ts';
import { registerMirrorJobs } from './mirrors.jobs.ts';
import { mirrorPart } from './mirrors.json.ts';
import { runLater } from './mirrors.service.ts';
import { listMirrors } from './mirrors.store.ts';
import { endRun } from './runs.service.ts';

/** Milliseconds in which more pushes join the same run. */
const SETTLE = 5 * SECOND;

/** Subscribes the room to events and defines its jobs. */
export function registerMirrors(app: App): void {
  registerMirrorJobs(app);
  addApiPart(app, mirrorPart);
  app.events.subscribe({
    name: 'mirrors',
    kinds: ['push', 'repository.transferred', 'repository.deleted'],
    onEvent: async (event) => {
      if (event.kind === 'push') await passOn(app, event.repositoryId);
      if (event.kind === 'repository.deleted') await endRunsOf(app, event.repositoryId);
      if (event.kind === 'repository.transferred') await forgetFormerOwner(app, event.repositoryId);
    },
  });
}

async function endRunsOf(app: App, repositoryId: number): Promise<void> {
  endRun(app, `import:${repositoryId}`);
  for (const { id } of await listMirrors(app.db.read, repositoryId)) endRun(app, `mirror:${id}`);
}

async function passOn(app: App, repositoryId: number): Promise<void> {
  const followers = (await listMirrors(app.db.read, repositoryId)).filter((one) => one.onPush);
  if (followers.length === 0) return;
  await app.db.write(async (tx) => {
    for (const mirror of followers) await runLater(app, tx, mirror, SETTLE);
  });
}
