// Takes back an order to merge by itself, within a change of the pull request.
import { type Actor, doneBy } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import type { PullChange } from './pulls.types.ts';

/** Does nothing where there is none. The caller has judged. */
export async function withdrawOrder(
  app: App,
  actor: Actor,
  change: PullChange,
  reason?: string,
): Promise<void> {
  if (change.pull.autoMerge === null) return;
  change.setPull({ autoMerge: null });
  const why = reason === undefined ? {} : { reason };
  await change.addEntry('auto_merge_disabled', why);
  const { id: issueId, repositoryId } = change.issue;
  const event = { kind: 'pull.auto_merge_disabled' as const, repositoryId, issueId, ...why };
  await app.events.record(change.tx, { ...event, ...doneBy(actor) });
}
