// Lands what the merge queue has tested: the branch moves to the very commit that its checks passed on.
import { SYSTEM } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { actorOf, openedOrNot } from '../issues/writers.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { landMerge, settleMerges } from './landing.service.ts';
import { requirementsOf } from './merge-requirements.service.ts';
import { inBranchTurn } from './merge-turns.service.ts';
import type { Requirement } from './merges.types.ts';
import { findPullsByIds } from './pulls.store.ts';
import type { Pull } from './pulls.types.ts';
import type { QueuedPull } from './queue.store.ts';
import { membersOf } from './queue-building.service.ts';
import type { ReadQueue } from './queue-reading.service.ts';

/** What the queue sees to by itself: it builds on what the branch will hold, in its own style, and tests that. */
const OF_QUEUE: ReadonlySet<Requirement['rule']> = new Set([
  'queue',
  'up_to_date',
  'mergeable',
  'styles',
  'stack',
]);

/** What a stack that is merged without a queue sees to by itself: it builds each on the one below. */
export const OF_STACK: ReadonlySet<Requirement['rule']> = new Set(['mergeable', 'styles', 'stack']);

/** The first requirement that keeps a pull request out of a branch, or out of its queue; undefined when it may enter. */
export async function keptOutBy(
  app: App,
  open: OpenRepository,
  { issue, pull }: Pull,
  branch: string,
  seenTo = OF_QUEUE,
): Promise<Requirement | undefined> {
  const into = { issue, pull: { ...pull, baseBranch: branch } };
  return (await requirementsOf(app, open, into)).find(({ isMet, rule }) => !isMet && !seenTo.has(rule));
}

/** Of a group that is to be merged, the first entry that may not be any more, and why. */
export async function findUnmet(
  app: App,
  read: ReadQueue,
  groupId: number,
): Promise<{ entryId: number; reason: string } | undefined> {
  for (const member of membersOf(read, groupId)) {
    const reason = await refusalOf(app, read, member);
    if (reason !== undefined) return { entryId: member.entry.id, reason };
  }
  return undefined;
}

/** What speaks against merging on behalf of whoever queued it: their own right to, or a rule. The group's checks have passed. */
async function refusalOf(
  app: App,
  { key }: ReadQueue,
  { entry, pull, issue }: QueuedPull,
): Promise<string | undefined> {
  const actor = await actorOf(app, entry.mergeOrder.byId);
  const open = actor && (await openedOrNot(app, actor, key.repositoryId, 'pulls:merge'));
  if (!open) return 'Whoever queued it may not merge here any more.';
  const into = { issue, pull: { ...pull, baseBranch: key.branch } };
  const unmet = (await requirementsOf(app, open, into)).find(
    ({ isMet, rule }) => !isMet && !OF_QUEUE.has(rule) && rule !== 'checks',
  );
  return unmet?.text;
}

/**
 * Moves the branch to a group's head and marks its pull requests as merged. May run again after a crash: what was moved
 * before it is only marked. Throws AppError conflict when the branch holds something else than the group was built on.
 */
export async function landGroup(app: App, read: ReadQueue, groupId: number): Promise<void> {
  const { key, open } = read;
  const group = read.groups.find(({ id }) => id === groupId);
  const members = membersOf(read, groupId);
  const headOid = group?.headOid;
  if (!group || !headOid) throw new AppError('conflict', 'The group was not built.');
  const pullIds = members.map(({ entry }) => entry.pullId);
  await inBranchTurn(app, key.repositoryId, key.branch, async () => {
    await settleMerges(app, open, key.branch, pullIds);
    if (await areMerged(app, pullIds)) return;
    await landMerge(app, SYSTEM, open, {
      ...{ branch: key.branch, from: group.baseOid, to: headOid, byQueue: true },
      merges: members.map(({ entry, pull, issue }) => ({
        pull: { issue, pull },
        order: entry.mergeOrder,
        oid: entry.resultOid ?? headOid,
      })),
    });
  });
}

async function areMerged(app: App, pullIds: readonly number[]): Promise<boolean> {
  return (await findPullsByIds(app.db.read, pullIds)).every(({ pull }) => pull.mergedAt !== null);
}
