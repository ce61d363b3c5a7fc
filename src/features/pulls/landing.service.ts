// Moves a branch to what was built and marks pull requests as merged, so that a crash at any moment leaves no half of it:
// what is to happen is written down first, and a job compares that with the branch.
import { type Actor, doneBy, SYSTEM } from '../../base/actor.ts';
import { AppError, isAppError } from '../../base/errors.ts';
import { SECOND } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { containsCommit } from '../../platform/git/history.ts';
import { markMergedWithin } from '../issues/pull-states.service.ts';
import { changeRefs } from '../repos/ref-changes.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { findUserById } from '../users/users.service.ts';
import { changePullWithin } from './changing-pulls.service.ts';
import { clearIntent } from './merges.store.ts';
import type { LandedMerge, Landing } from './merges.types.ts';
import { findPullById, findPullsByIds, updatePull } from './pulls.store.ts';
import type { MergeIntent, Pull } from './pulls.types.ts';

/** Compares merges that were under way with their branches. */
export const SETTLE_JOB = 'pulls.settle-merges';
/** A merge that is still under way then holds its branch's turn, so the job waits for it. */
const SETTLE_DELAY = 20 * SECOND;

/** Somebody else was quicker: what was built goes on top of something that the branch does not hold any more. */
export class BaseMoved extends AppError {
  constructor(branch: string, cause: unknown) {
    super('conflict', `${branch} has changed meanwhile: look at it again, then merge.`, { cause });
  }
}

/**
 * Lands merges that were built and judged: all of them or none. The caller has the branch's turn (`inBranchTurn`). Throws
 * AppError conflict when the branch, or one of the heads, has moved meanwhile, forbidden with the reason when a rule refuses it.
 */
export async function landMerge(
  app: App,
  actor: Actor,
  open: OpenRepository,
  landing: Landing,
): Promise<void> {
  const { branch, from, to, merges, byQueue, bypassed } = landing;
  const [first] = merges;
  if (!first) return;
  await app.db.write((tx) => writeIntents(app, tx, open, landing));
  const ref = `refs/heads/${branch}`;
  try {
    await changeRefs(app, actor, open, {
      updates: [{ ref, oldOid: from, newOid: to }],
      merge: {
        pullId: first.pull.issue.id,
        ref,
        ...(byQueue ? { byQueue } : {}),
        ...(bypassed?.length ? { bypassed } : {}),
      },
    });
  } catch (error) {
    await settleMerges(app, open, branch, idsOf(merges));
    // It moved after all, and what came after failed: the merge stands.
    if (await isMerged(app, first.pull)) return;
    const hasMoved = (await app.git.ref(open.dir, ref)) !== from;
    throw hasMoved && isAppError(error, 'conflict') ? new BaseMoved(branch, error) : error;
  }
  const merged: [number, Actor][] = [];
  // What the queue lands was merged by whoever queued it.
  for (const { pull, order } of merges)
    merged.push([pull.issue.id, actor.kind === 'system' ? await actorFor(app, order.byId) : actor]);
  await app.db.write(async (tx) => {
    for (const [pullId, by] of merged) await finishIntents(app, tx, by, [pullId]);
  });
}

function idsOf(merges: readonly LandedMerge[]): number[] {
  return merges.map(({ pull }) => pull.issue.id);
}

async function isMerged(app: App, { issue }: Pull): Promise<boolean> {
  return (await findPullById(app.db.read, issue.id))?.pull.mergedAt != null;
}

async function writeIntents(app: App, tx: Tx, open: OpenRepository, landing: Landing): Promise<void> {
  let baseOid = landing.from;
  for (const { pull, order, oid } of landing.merges) {
    const today = await findPullById(tx, pull.issue.id);
    requireUnchanged(today, pull);
    const { branch } = landing;
    const merging: MergeIntent = { ...order, oid, baseOid, headOid: pull.pull.headOid, branch };
    await updatePull(tx, pull.issue.id, { merging });
    baseOid = oid;
  }
  const repositoryId = open.repository.id;
  const payload = { repositoryId, branch: landing.branch, pullIds: idsOf(landing.merges) };
  await app.jobs.enqueue(tx, SETTLE_JOB, payload, {
    delay: SETTLE_DELAY,
    fairnessKey: `repo:${repositoryId}`,
  });
}

function requireUnchanged(today: Pull | undefined, pull: Pull): void {
  const { number } = pull.issue;
  if (today?.issue.state !== 'open')
    throw new AppError('conflict', `#${number} is not open any more: nothing was merged.`);
  if (today.pull.headOid !== pull.pull.headOid)
    throw new AppError('conflict', `#${number} has new commits: look at them, then merge.`);
  if (today.pull.baseBranch !== pull.pull.baseBranch)
    throw new AppError('conflict', `#${number} has another base by now: look at it again, then merge.`);
}

/** Marks those as merged that say so and are not yet; whatever ran before or runs beside it. */
async function finishIntents(app: App, tx: Tx, actor: Actor, pullIds: readonly number[]): Promise<void> {
  for (const pullId of pullIds) {
    const today = await findPullById(tx, pullId);
    const intent = today?.pull.merging;
    if (!today || !intent) continue;
    await markMerged(app, tx, actor, today, { ...intent, at: app.clock.now() });
    if (intent.deleteBranch) await deleteHeadLater(app, tx, pullId, intent.byId);
  }
}

/** Deletes the branch of what was merged, in the name of whoever merged. */
export const DELETE_HEAD_JOB = 'pulls.delete-head';
/** What stands on it moves on first. */
const DELETE_DELAY = SECOND;

async function deleteHeadLater(app: App, tx: Tx, pullId: number, byId: number): Promise<void> {
  await app.jobs.enqueue(tx, DELETE_HEAD_JOB, { pullId, byId }, { delay: DELETE_DELAY });
}

/** What a merged pull request says of its merge. */
export interface MergedAs {
  oid: string;
  baseOid: string;
  /** The branch that it went into. */
  branch: string;
  style: MergeIntent['style'];
  byId?: number;
  at: number;
}

/** Marks a pull request as merged in the caller's transaction, unless it is already. */
export async function markMerged(
  app: App,
  tx: Tx,
  actor: Actor,
  pull: Pull,
  { oid, baseOid, branch: base, style, byId, at }: MergedAs,
): Promise<void> {
  if (pull.pull.mergedAt !== null) return clearIntent(tx, pull.issue.id);
  await changePullWithin(app, tx, actor, pull, async (change) => {
    const entryId = await change.addEntry('merged', { oid, style, base });
    await markMergedWithin(app, actor, change, entryId);
    change.setPull({
      ...{ mergedAt: at, mergedOid: oid, mergeStyle: style, baseBranch: base, baseOid },
      ...{ mergedById: byId ?? null, autoMerge: null, merging: null },
    });
    const { id: issueId, repositoryId } = pull.issue;
    const what = { repositoryId, issueId, entryId, oid, style, base };
    await app.events.record(tx, { kind: 'pull.merged', ...doneBy(actor), ...what });
  });
}

/**
 * Looks what became of merges that were under way: what the branch holds is merged, the rest is as if it had never been
 * tried. The caller has the branch's turn.
 */
export async function settleMerges(
  app: App,
  open: Pick<OpenRepository, 'dir'>,
  branch: string,
  pullIds: readonly number[],
): Promise<void> {
  const tip = await app.git.ref(open.dir, `refs/heads/${branch}`);
  const found = await findPullsByIds(app.db.read, pullIds);
  const inOrder = pullIds.flatMap((id) => found.find(({ issue }) => issue.id === id) ?? []);
  for (const { issue, pull } of inOrder) {
    if (!pull.merging) continue;
    const { oid, byId } = pull.merging;
    const isThere = tip !== undefined && (await containsCommit(app.git, open.dir, oid, tip));
    const actor = await actorFor(app, byId);
    await app.db.write(async (tx) =>
      isThere ? finishIntents(app, tx, actor, [issue.id]) : clearIntent(tx, issue.id),
    );
  }
}

/** Whoever merged, for the timeline; how they came is not known any more. */
async function actorFor(app: App, userId: number): Promise<Actor> {
  const user = await findUserById(app, userId);
  if (!user) return SYSTEM;
  return { kind: 'user', userId, name: user.name, isAdmin: false, via: 'session' };
}
