// What closes and reopens a pull request, within a change under way: who may, and on what conditions, is judged by the room of pull requests.
import { type Actor, doneBy } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import { countIssue } from './issues.store.ts';
import type { IssueChange } from './issues.types.ts';

/** Closes a pull request that is not merged; says whether it was open. */
export async function closePullWithin(app: App, actor: Actor, change: IssueChange): Promise<boolean> {
  if (change.issue.state === 'closed') return false;
  const entryId = await change.addEntry('closed', { reason: null });
  await close(app, actor, change, entryId, null);
  return true;
}

/** Closes a pull request as merged, which its entry `entryId` says; one that is closed becomes a merged one. */
export async function markMergedWithin(
  app: App,
  actor: Actor,
  change: IssueChange,
  entryId: number,
): Promise<void> {
  await close(app, actor, change, entryId, 'merged');
}

async function close(
  app: App,
  actor: Actor,
  { tx, issue, now, userId, set }: IssueChange,
  entryId: number,
  closeReason: 'merged' | null,
): Promise<void> {
  if (issue.state === 'open') await countIssue(tx, issue, -1);
  if (issue.state === 'open') await countIssue(tx, { ...issue, state: 'closed' }, 1);
  set({ state: 'closed', closeReason, closedAt: now, closedById: userId ?? null });
  await app.events.record(tx, {
    kind: 'issue.closed',
    ...doneBy(actor),
    repositoryId: issue.repositoryId,
    issueId: issue.id,
    entryId,
    reason: closeReason ?? 'closed',
  });
}

/** Opens a closed pull request again; says whether it was closed. */
export async function reopenPullWithin(
  app: App,
  actor: Actor,
  { tx, issue, set, addEntry }: IssueChange,
): Promise<boolean> {
  if (issue.state === 'open') return false;
  await countIssue(tx, issue, -1);
  await countIssue(tx, { ...issue, state: 'open' }, 1);
  set({ state: 'open', closeReason: null, closedAt: null, closedById: null });
  const { id: issueId, repositoryId } = issue;
  const entryId = await addEntry('reopened', {});
  await app.events.record(tx, { kind: 'issue.reopened', ...doneBy(actor), repositoryId, issueId, entryId });
  return true;
}
