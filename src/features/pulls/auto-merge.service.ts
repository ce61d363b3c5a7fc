// Merges by itself: somebody who may merge says how, and it happens once all that is required is there.
import { type Actor, doneBy, SYSTEM } from '../../base/actor.ts';
import { AppError, isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { actorOfAccount } from '../auth/actors.service.ts';
import { openRepositoryById } from '../repos/access.service.ts';
import { writersAmong } from '../repos/readers.service.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { findUserById } from '../users/users.service.ts';
import { withdrawOrder } from './auto-merge-orders.service.ts';
import { changePull } from './changing-pulls.service.ts';
import { MergeConflicts } from './merge-building.service.ts';
import { requirementsOf } from './merge-requirements.service.ts';
import { mergeSettingsOf } from './merge-settings.service.ts';
import type { MergeRequest } from './merges.types.ts';
import { mergePull, orderOf } from './merging.service.ts';
import { findPullById, listRevisions } from './pulls.store.ts';
import type { MergeOrder, Pull } from './pulls.types.ts';
import { enqueuePull } from './queue.service.ts';

/** Looks whether a pull request that is to merge by itself can be merged. */
export const AUTO_MERGE_JOB = 'pulls.auto-merge';

/** Has it looked at soon, after something that was required may have come. */
export async function tryAutoMergeLater(tx: Tx, app: App, pullId: number): Promise<void> {
  await app.jobs.enqueue(tx, AUTO_MERGE_JOB, { pullId }, { uniqueKey: `${AUTO_MERGE_JOB}:${pullId}` });
}

/**
 * Merges as soon as everything is there, which may be at once. Throws AppError invalid and what the judgement of
 * `pulls:merge` throws, conflict where the pull request is closed, forbidden where the repository does not let it.
 */
export async function enableAutoMerge(
  app: App,
  actor: Actor,
  open: OpenRepository,
  pull: Pull,
  request: MergeRequest,
): Promise<void> {
  await requireAbility(app.db.read, actor, open, 'pulls:merge');
  if (!(await mergeSettingsOf(app, open.repository.id)).allowsAutoMerge)
    throw new AppError('forbidden', 'This repository does not let pull requests merge by themselves.');
  const order = await orderOf(app, actor, open, pull, request);
  await changePull(app, actor, open, pull.issue.id, 'pulls:merge', async (change) => {
    if (change.issue.state === 'closed') throw new AppError('conflict', 'This pull request is closed.');
    if (request.headOid !== undefined && request.headOid !== change.pull.headOid)
      throw new AppError('conflict', 'New commits came since you looked at this: look at them, then merge.');
    change.setPull({ autoMerge: order });
    const { style } = order;
    await change.addEntry('auto_merge_enabled', { style });
    const { id: issueId, repositoryId } = change.issue;
    const event = { kind: 'pull.auto_merge_enabled' as const, repositoryId, issueId, style };
    await app.events.record(change.tx, { ...event, ...doneBy(actor) });
    await tryAutoMergeLater(change.tx, app, issueId);
  });
}

/** Takes it back: whoever may merge does, and the author. */
export async function disableAutoMerge(
  app: App,
  actor: Actor,
  open: OpenRepository,
  pull: Pull,
  reason?: string,
): Promise<void> {
  const isAuthor = actor.kind === 'user' && actor.userId === pull.issue.authorId;
  const ability = isAuthor ? 'pulls:comment' : 'pulls:merge';
  await changePull(app, actor, open, pull.issue.id, ability, (change) =>
    withdrawOrder(app, actor, change, reason),
  );
}

/** Merges a pull request whose time has come, in the name of whoever asked for it and as they stand today. */
export async function tryAutoMerge(app: App, pullId: number): Promise<void> {
  const pull = await findPullById(app.db.read, pullId);
  const order = pull?.pull.autoMerge;
  if (!pull || !order || pull.issue.state !== 'open') return;
  const actor = await actorOfOrder(app, order);
  const open = actor && (await openFor(app, actor, pull));
  if (!actor || !open) return giveUp(app, pull, 'Whoever asked for it may not merge any more.');
  if (await wasChangedByOthers(app, open, pull, order))
    return giveUp(app, pull, 'Somebody who may not write here pushed to it.');
  const requirements = await requirementsOf(app, open, pull);
  const unmet = requirements.filter(({ isMet }) => !isMet);
  if (unmet.some(({ rule }) => rule !== 'queue')) return;
  if (unmet.length > 0) return queueNow(app, actor, open, pull, order);
  await mergeNow(app, actor, open, pull, order);
}

/** Where a queue merges, it goes on there. */
async function queueNow(
  app: App,
  actor: Actor,
  open: OpenRepository,
  pull: Pull,
  order: MergeOrder,
): Promise<void> {
  try {
    await enqueuePull(app, actor, open, pull, { order, headOid: pull.pull.headOid });
  } catch (error) {
    if (!isAppError(error, 'conflict', 'forbidden')) throw error;
    return;
  }
  await changePull(app, SYSTEM, open, pull.issue.id, 'pulls:read', async (change) => {
    change.setPull({ autoMerge: null });
  });
}

/** What came later from people without write permission is not what the order was given for. */
async function wasChangedByOthers(
  app: App,
  open: OpenRepository,
  { issue, pull }: Pull,
  order: MergeOrder,
): Promise<boolean> {
  // Whoever pushes to a branch of this repository may write to it.
  if (pull.headBranch !== '' && pull.headRepositoryId === pull.repositoryId) return false;
  const later = (await listRevisions(app.db.read, issue.id, MOST_REVISIONS)).filter(
    ({ revision, createdAt }) => revision > 1 && createdAt >= order.at,
  );
  if (later.length === 0) return false;
  const pushers = later.map(({ pusherId }) => pusherId ?? 0);
  const owned = { repository: open.repository, ownerKind: open.owner.kind };
  const writers = await writersAmong(app, owned, 'pulls', pushers);
  return pushers.some((id) => !writers.has(id));
}

/** Heads that are looked at. */
const MOST_REVISIONS = 50;

async function mergeNow(
  app: App,
  actor: Actor,
  open: OpenRepository,
  pull: Pull,
  order: MergeOrder,
): Promise<void> {
  const { style, title, message, deleteBranch } = order;
  const { headOid } = pull.pull;
  try {
    await mergePull(app, actor, open, pull, { style, title, message, deleteBranch, headOid });
  } catch (error) {
    // What has changed meanwhile is looked at when it says so; conflicts wait until they are resolved.
    if (error instanceof MergeConflicts || isAppError(error, 'conflict')) return;
    if (!isAppError(error, 'forbidden', 'invalid')) throw error;
    await giveUp(app, pull, error.message);
  }
}

async function actorOfOrder(app: App, { byId }: MergeOrder): Promise<Actor | undefined> {
  const user = await findUserById(app, byId);
  return user && (await actorOfAccount(app, user, 'session'));
}

async function openFor(app: App, actor: Actor, { pull }: Pull): Promise<OpenRepository | undefined> {
  try {
    return await openRepositoryById(app, actor, pull.repositoryId, 'pulls:merge');
  } catch (error) {
    if (!isAppError(error, 'not_found', 'forbidden', 'unauthenticated')) throw error;
    return undefined;
  }
}

async function giveUp(app: App, pull: Pull, reason: string): Promise<void> {
  const open = await openRepositoryById(app, SYSTEM, pull.pull.repositoryId, 'pulls:read').catch((error) => {
    if (isAppError(error, 'not_found')) return undefined;
    throw error;
  });
  if (open) await disableAutoMerge(app, SYSTEM, open, pull, reason.slice(0, 500));
}
