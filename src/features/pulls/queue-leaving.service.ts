// How an entry leaves the merge queue without being merged, whoever lets it go.
import { type Actor, doneBy } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { PullChange, QueueEntryRow } from './pulls.types.ts';
import { findGroup, removeEntries } from './queue.store.ts';
import { endGroups } from './queue-groups.service.ts';
import { advanceLater } from './queue-jobs.service.ts';

/** Ends the waiting of an entry, in a change of its pull request. Throws AppError conflict while it is being merged. */
export async function leaveWithin(
  app: App,
  actor: Actor,
  change: PullChange,
  entry: QueueEntryRow,
  reason: string,
): Promise<void> {
  const { tx, issue } = change;
  const { branch, groupId } = entry;
  const group = groupId === null ? undefined : await findGroup(tx, groupId);
  if (group?.state === 'merging') throw new AppError('conflict', 'It is being merged just now.');
  if (group) await endGroups(app, tx, [group.id], group.state === 'failed' ? 'failed' : 'invalidated');
  await removeEntries(tx, [entry.id]);
  await change.addEntry('dequeued', { branch, reason });
  const { id: issueId, repositoryId } = issue;
  await app.events.record(tx, {
    kind: 'pull.dequeued',
    ...doneBy(actor),
    repositoryId,
    issueId,
    branch,
    reason,
  });
  await advanceLater(app, tx, entry);
}
