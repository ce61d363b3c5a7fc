// What becomes of the pull requests on top of one that was merged: they go into its base, and where their branches hold
// its commits in another form than the base does, their own commits are put on top of the base.
import { type Actor, SYSTEM } from '../../base/actor.ts';
import { isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { containsCommit } from '../../platform/git/history.ts';
import { authorOfAccount } from '../code/commit-authors.service.ts';
import { actorOf, openedOrNot } from '../issues/writers.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { rulesForBranch } from '../rules/rules.service.ts';
import type { EffectiveRules } from '../rules/rules.types.ts';
import { changePullWithin } from './changing-pulls.service.ts';
import { headOf, pushToHead } from './heads.service.ts';
import { goOnInto } from './lost-branches.service.ts';
import { countPullLater } from './prepare-pull.service.ts';
import { baseTipOf } from './pull-range.service.ts';
import { whilePushing } from './pull-refs.service.ts';
import { findOpenTwin, findPullById } from './pulls.store.ts';
import type { Pull } from './pulls.types.ts';
import { findEntry } from './queue.store.ts';
import { beginningOn, moveCommits } from './restacking.service.ts';
import { listAboveOne } from './stacks.service.ts';
import { hasMergedInto } from './stacks.store.ts';

export const RESTACK_JOB = 'pulls.restack';
/** Pull requests on top of one another that follow one merge. */
const MOST_FOLLOWING = 50;

/** Lets what stood on a merged pull request go on into its base. May run several times. */
export async function followMerge(app: App, mergedId: number): Promise<void> {
  const merged = await findPullById(app.db.read, mergedId);
  const open = merged && (await openedOrNot(app, SYSTEM, merged.pull.repositoryId, 'repository:see'));
  if (!merged || !open || merged.pull.mergedAt === null) return;
  const staying = await isLasting(app, open, merged);
  for (const above of await listAboveOne(app.db.read, open, merged))
    if (!staying || above.pull.basePullId === mergedId)
      await app.db.write((tx) => goOnWithin(app, tx, merged, above));
}

/**
 * Whether a merged branch is one that work goes into for good, as `develop` beside `main`: it is protected, or others were
 * merged into it. What is proposed for it stays there until it is deleted.
 */
async function isLasting(app: App, open: OpenRepository, { pull }: Pull): Promise<boolean> {
  if (pull.headBranch === '' || pull.headRepositoryId !== open.repository.id) return false;
  const rules = await rulesForBranch(app, open, pull.headBranch);
  return (
    Boolean(rules.noDeletion) ||
    holdsStill(rules) ||
    (await hasMergedInto(app.db.read, open.repository.id, pull.headBranch))
  );
}

async function goOnWithin(app: App, tx: Tx, merged: Pull, { issue }: Pull): Promise<void> {
  const now = await findPullById(tx, issue.id);
  if (now?.issue.state !== 'open') return;
  const to = merged.pull.baseBranch;
  const isThere = now.pull.baseBranch === to;
  if (!isThere && (await findOpenTwin(tx, { ...now.pull, baseBranch: to })) !== undefined) return;
  if (now.pull.headBranch === to && now.pull.headRepositoryId === now.pull.repositoryId) return;
  await changePullWithin(app, tx, SYSTEM, now, async (change) => {
    change.setPull({ basePullId: merged.issue.id, mergeability: 'unknown' });
    if (isThere) await countPullLater(app, tx, issue.id);
    else await goOnInto(app, SYSTEM, change, to, 'merged');
  });
  await restackLater(app, tx, issue.id);
}

/** Puts a pull request on top of what is below it by now, later. */
async function restackLater(app: App, tx: Tx, pullId: number, height = 0): Promise<void> {
  // Branches that are proposed for one another in a circle would follow for ever.
  if (height >= MOST_FOLLOWING) return;
  await app.jobs.enqueue(tx, RESTACK_JOB, { pullId, height }, { uniqueKey: `${RESTACK_JOB}:${pullId}` });
}

/**
 * Puts a pull request on top of what is below it by now, and lets those on top of it follow. Nothing is done where it stands
 * there already, where it conflicts, where its branch is not this repository's to rewrite, and while it is in a queue, which
 * builds it in its place anyway. May run several times.
 */
export async function restack(app: App, pullId: number, height: number): Promise<void> {
  const pull = await findPullById(app.db.read, pullId);
  const open = pull && (await openedOrNot(app, SYSTEM, pull.pull.repositoryId, 'repository:see'));
  if (!pull || !open || pull.issue.state !== 'open' || pull.pull.basePullId === null) return;
  const below = await findPullById(app.db.read, pull.pull.basePullId);
  if (!below || (await findEntry(app.db.read, pullId))) return;
  const rewriter = await rewriterOf(app, open, pull);
  if (!rewriter) return;
  const moved = await whilePushing(app, open.dir, () => movedHead(app, open, pull, below));
  if (moved !== undefined && !(await push(app, rewriter, open, pull, moved))) return;
  const now = await findPullById(app.db.read, pullId);
  for (const above of await listAboveOne(app.db.read, open, pull))
    if (now && !(await containsCommit(app.git, open.dir, now.pull.headOid, above.pull.headOid)))
      await app.db.write((tx) => restackOn(app, tx, above.issue.id, pull, height + 1));
}

/** What stands on another by its branch alone is said to do so from now on. */
async function restackOn(app: App, tx: Tx, pullId: number, below: Pull, height: number): Promise<void> {
  const now = await findPullById(tx, pullId);
  if (now?.issue.state !== 'open') return;
  if (now.pull.basePullId === null)
    await changePullWithin(app, tx, SYSTEM, now, async ({ setPull }) =>
      setPull({ basePullId: below.issue.id }),
    );
  await restackLater(app, tx, pullId, height);
}

/**
 * In whose name the head is rewritten; undefined where it stays. Heads without a branch are the program's own. A branch is
 * rewritten in the name of whoever proposed it, if they may push there by now: proposing somebody's branch lets nobody
 * move it. Of forks only what is open to maintainers; and nothing that rules protect, in whatever repository it is.
 */
async function rewriterOf(app: App, open: OpenRepository, found: Pull): Promise<Actor | undefined> {
  const { issue, pull } = found;
  if (pull.headBranch === '') return SYSTEM;
  if (pull.headRepositoryId !== open.repository.id && !pull.allowsEdits) return undefined;
  const author = await actorOf(app, issue.authorId ?? undefined);
  const head = author && (await headOf(app, author, found));
  if (!head?.mayPush || pull.headBranch === head.open.repository.defaultBranch) return undefined;
  return holdsStill(await rulesForBranch(app, head.open, pull.headBranch)) ? undefined : author;
}

/** Whether rules ask for another way than pushes, or forbid rewriting, whoever may bypass them. */
function holdsStill(rules: EffectiveRules): boolean {
  const { noForcePush, noUpdate, pullRequest, queue, checks, pushers } = rules;
  return Boolean(noForcePush || noUpdate || pullRequest || queue || checks) || pushers.length > 0;
}

/** Undefined where it may stay as it is. */
async function movedHead(app: App, open: OpenRepository, pull: Pull, below: Pull): Promise<Oid | undefined> {
  const { headOid } = pull.pull;
  const baseOid = await baseTipOf(app, open, pull.pull);
  if (baseOid === undefined || (await containsCommit(app.git, open.dir, baseOid, headOid))) return undefined;
  const from = await beginningOn(app, open, pull, below);
  if (from === undefined || (await containsCommit(app.git, open.dir, from, baseOid))) return undefined;
  const nobody = { name: 'Stack', email: '', time: app.clock.now(), offset: 0 };
  const committer = (await authorOfAccount(app, below.pull.mergedById ?? pull.issue.authorId)) ?? nobody;
  try {
    const tip = await moveCommits(app, open, { from, headOid }, { baseOid, committer });
    // Nothing of its own is left: that it is empty now is for people to see.
    return tip === baseOid ? undefined : tip;
  } catch (error) {
    if (isAppError(error, 'conflict')) return undefined;
    throw error;
  }
}

/** False when it was pushed to meanwhile: that push counts. */
async function push(app: App, actor: Actor, open: OpenRepository, pull: Pull, to: Oid): Promise<boolean> {
  try {
    await pushToHead(app, actor, open, pull, { from: pull.pull.headOid, to });
    return true;
  } catch (error) {
    if (isAppError(error, 'conflict', 'forbidden', 'not_found')) return false;
    throw error;
  }
}
