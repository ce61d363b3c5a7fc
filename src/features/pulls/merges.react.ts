// What merging does when something happened: it looks anew at what can be merged, and merges what waited for it.
import { SYSTEM } from '../../base/actor.ts';
import { isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import type { RecordedEvent } from '../../platform/events/events.types.ts';
import { openRepositoryById } from '../repos/access.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { tryAutoMergeLater } from './auto-merge.service.ts';
import { checkBaseLater, checkLater } from './mergeability.service.ts';
import { listAutoMergesByHead, listAutoMergesOf } from './merges.store.ts';
import { findPullById } from './pulls.store.ts';
import { markPushedMerges } from './pushed-merges.service.ts';

/** Subscribes merging to events. */
export function subscribeMerges(app: App): void {
  app.events.subscribe({
    name: 'pull-merges',
    kinds: [
      'push',
      'issue.opened',
      'issue.reopened',
      'pull.synchronized',
      'pull.base_changed',
      'pull.merged',
      'pull.dequeued',
    ],
    onEvent: (event) => lookAnew(app, event),
  });
  app.events.subscribe({
    name: 'pull-auto-merges',
    kinds: [
      'commit_status.set',
      'check_run.set',
      'pull.checked',
      'pull.readied',
      'pull.review_submitted',
      'pull.review_dismissed',
      'pull.thread_resolved',
      'issue.unlocked',
      'rule_set.updated',
      'rule_set.deleted',
    ],
    onEvent: (event) => mergeWaiting(app, event),
  });
}

async function lookAnew(app: App, event: RecordedEvent): Promise<void> {
  if (!('repositoryId' in event)) return;
  if (event.kind === 'push') {
    const open = await openFor(app, event.repositoryId);
    if (!open) return;
    await markPushedMerges(app, open, event);
    await app.db.write(async (tx) => {
      for (const branch of branchesOf(event)) await checkBaseLater(tx, app, event.repositoryId, branch);
    });
    return;
  }
  if (!('issueId' in event)) return;
  const pull = await findPullById(app.db.read, event.issueId);
  if (pull?.issue.state === 'open') await app.db.write((tx) => checkLater(tx, app, event.issueId));
}

function branchesOf({ updates }: Extract<RecordedEvent, { kind: 'push' }>): string[] {
  const heads = updates.filter(({ ref }) => ref.startsWith('refs/heads/'));
  return heads.map(({ ref }) => ref.slice('refs/heads/'.length));
}

async function mergeWaiting(app: App, event: RecordedEvent): Promise<void> {
  if (!('repositoryId' in event)) return;
  const ids = await waitingFor(app, event);
  if (ids.length === 0) return;
  await app.db.write(async (tx: Tx) => {
    for (const id of ids) await tryAutoMergeLater(tx, app, id);
  });
}

/** Ids of the pull requests that wait for what happened. */
async function waitingFor(app: App, event: RecordedEvent): Promise<number[]> {
  if ('commitOid' in event) return listAutoMergesByHead(app.db.read, event.repositoryId, event.commitOid);
  if ('issueId' in event) {
    const pull = await findPullById(app.db.read, event.issueId);
    return pull?.pull.autoMerge ? [event.issueId] : [];
  }
  return 'repositoryId' in event ? listAutoMergesOf(app.db.read, event.repositoryId) : [];
}

async function openFor(app: App, repositoryId: number): Promise<OpenRepository | undefined> {
  try {
    return await openRepositoryById(app, SYSTEM, repositoryId, 'pulls:read');
  } catch (error) {
    if (!isAppError(error, 'not_found')) throw error;
    return undefined;
  }
}
