// Has the merge queue of a branch looked at, soon: the one job that moves it on.
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import type { QueueKey } from './queue.store.ts';

export const QUEUE_JOB = 'pulls.queue';

/** Moves a queue on, after `delay` milliseconds; several requests that wait become one. */
export async function advanceLater(
  app: App,
  tx: Tx,
  { repositoryId, branch }: QueueKey,
  delay = 0,
): Promise<void> {
  // A branch's name may be longer than a key: jobs keep a hash then.
  const uniqueKey = `${repositoryId}:${delay > 0 ? 'soon' : 'now'}:${branch}`;
  await app.jobs.enqueue(
    tx,
    QUEUE_JOB,
    { repositoryId, branch },
    { delay, uniqueKey, fairnessKey: `repo:${repositoryId}` },
  );
}
