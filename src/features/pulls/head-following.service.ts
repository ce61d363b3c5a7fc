// Follows pushes: what moves a pull request's head gives it a new revision, what moves its base lets it be looked at anew, and
// where a branch is deleted the pull request ends.
import { type Actor, doneBy, SYSTEM } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import type { RecordedEvent } from '../../platform/events/events.types.ts';
import { countAheadBehind } from '../../platform/git/ahead-behind.ts';
import type { Oid, RepoDir } from '../../platform/git/git.types.ts';
import { containsCommit } from '../../platform/git/history.ts';
import { actorOf, openedOrNot } from '../issues/writers.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { isBlocked } from '../users/blocks.service.ts';
import { changePullWithin } from './changing-pulls.service.ts';
import { bringHead } from './head-objects.service.ts';
import { settleMerges } from './landing.service.ts';
import { closeWithoutHead, leaveBase, renamedBranches, renameHead } from './lost-branches.service.ts';
import { inBranchTurn, inHeadTurn } from './merge-turns.service.ts';
import { countPullLater } from './prepare-pull.service.ts';
import { baseTipOf, type PullRange, rangeBetween } from './pull-range.service.ts';
import { headRef, keptHeadRef, pointRefs, whilePushing } from './pull-refs.service.ts';
import { findPullById, insertRevision, listOpenByBase, listOpenByHead } from './pulls.store.ts';
import type { Pull, PullChange } from './pulls.types.ts';
import { findPushOf } from './pushers.service.ts';
import { markStale } from './reviews.service.ts';

/** Ids that an entry of the timeline names at most. */
const MOST_NAMED = 250;
/** New commits that are counted at most. */
const MOST_COUNTED = 100_000;
/** Merges may begin between the look at a pull request and the step of its head. */
const ATTEMPTS = 5;

type Push = RecordedEvent & { kind: 'push' };

export interface NewHeadCommit {
  oid: Oid;
  /** What the head is moved from; one that is elsewhere by now stays. Without it, whatever the head is. */
  expected?: Oid;
  /** Where the commit is, if not in the base repository. */
  from?: RepoDir | undefined;
}

/** Follows a push into pull requests from its branches and into them. May run several times. */
export async function followPushedBranches(app: App, push: Push): Promise<void> {
  const open = await openedOrNot(app, SYSTEM, push.repositoryId, 'repository:see');
  if (!open) return;
  const actor = (await actorOf(app, push.actorId)) ?? pusherOf(push);
  const renamed = renamedBranches(push.updates);
  for (const { ref, oldOid, newOid } of push.updates) {
    if (!ref.startsWith('refs/heads/')) continue;
    const branch = ref.slice('refs/heads/'.length);
    const moved = { branch, oldOid, newOid, renamedTo: renamed.get(branch) };
    await followHead(app, actor, open, moved);
    await followBase(app, actor, open, moved);
  }
}

function pusherOf({ deployKey }: Push): Actor {
  return deployKey ? { kind: 'system', name: deployKey.title } : SYSTEM;
}

interface MovedBranch {
  branch: string;
  oldOid: Oid;
  newOid: Oid;
  /** Of one that is deleted: what it is named now. */
  renamedTo: string | undefined;
}

async function followHead(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { branch, newOid, renamedTo }: MovedBranch,
): Promise<void> {
  const pulls = await listOpenByHead(app.db.read, open.repository.id, branch);
  if (pulls.length === 0) return;
  // As it is now: of two pushes in a row the later one may be followed first.
  const oid = await app.git.ref(open.dir, `refs/heads/${branch}`);
  const pusher = oid === undefined || oid === newOid ? actor : await pusherTo(app, open, branch, oid);
  for (const pull of pulls) {
    if (oid !== undefined) await followWhereAllowed(app, pusher, open, pull, oid);
    else if (renamedTo !== undefined) await renameHead(app, actor, pull, renamedTo);
    else await closeWithoutHead(app, actor, pull);
  }
}

async function pusherTo(app: App, { repository }: OpenRepository, branch: string, oid: Oid): Promise<Actor> {
  const push = await findPushOf(app, { repositoryId: repository.id, branch, oid });
  return push ? ((await actorOf(app, push.actorId)) ?? pusherOf(push)) : SYSTEM;
}

/**
 * Brings what a fork's branch holds only while whoever proposed it may read the base and was not blocked there, and shows it to the base's readers
 * only while whoever opened the pull request may write to a fork that not everybody may see.
 */
async function followWhereAllowed(
  app: App,
  actor: Actor,
  head: OpenRepository,
  pull: Pull,
  oid: Oid,
): Promise<void> {
  const { repositoryId } = pull.pull;
  if (repositoryId !== head.repository.id) {
    const author = await actorOf(app, pull.issue.authorId ?? undefined);
    const base = author && (await openedOrNot(app, author, repositoryId, 'pulls:read'));
    if (!base || (await isBlocked(app, base.owner.id, pull.issue.authorId))) return;
    const isShown = head.repository.visibility === 'public';
    if (!isShown && !(await openedOrNot(app, author, head.repository.id, 'code:write'))) return;
  }
  await synchronizePull(app, actor, pull, { oid, from: head.dir });
}

async function followBase(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { branch, oldOid, renamedTo }: MovedBranch,
): Promise<void> {
  const pulls = await listOpenByBase(app.db.read, open.repository.id, branch);
  if (pulls.length === 0) return;
  const oid = await app.git.ref(open.dir, `refs/heads/${branch}`);
  if (oid === undefined) {
    for (const pull of pulls) await leaveBase(app, actor, open, pull, { oldOid, renamedTo });
    return;
  }
  const changed = await changedByBase(app, open, pulls, { oldOid, oid });
  await app.db.write(async (tx) => {
    for (const { issue } of changed) await countPullLater(app, tx, issue.id);
  });
}

/**
 * Of many pull requests those of whose commits the base got some: all are found by one walk. While a base only grows, the
 * others change what they changed before.
 */
async function changedByBase(
  app: App,
  { dir }: OpenRepository,
  pulls: readonly Pull[],
  { oldOid, oid }: { oldOid: Oid; oid: Oid },
): Promise<readonly Pull[]> {
  if (!(await containsCommit(app.git, dir, oldOid, oid))) return pulls;
  const tips = pulls.map(({ pull }) => pull.headOid);
  const counts = await countAheadBehind({ dir, objects: app.git.objects(dir) }, oid, tips);
  return pulls.filter(({ pull }) => counts.get(pull.headOid)?.ahead !== pull.commitCount);
}

/** Looks for what was pushed while a pull request was closed. */
export async function followReopened(app: App, issueId: number): Promise<void> {
  const found = await findPullById(app.db.read, issueId);
  const { headRepositoryId, headBranch } = found?.pull ?? {};
  if (!found || !headRepositoryId || !headBranch) return;
  const open = await openedOrNot(app, SYSTEM, headRepositoryId, 'repository:see');
  const oid = open && (await app.git.ref(open.dir, `refs/heads/${headBranch}`));
  if (open && oid !== undefined) await followWhereAllowed(app, SYSTEM, open, found, oid);
}

/**
 * Gives a pull request a new head: its commits are brought over, the old head is kept, reviews of it become stale, and the
 * timeline says what came. Says false when it has that head already, or was moved by somebody else meanwhile.
 */
export async function synchronizePull(
  app: App,
  actor: Actor,
  { issue }: Pull,
  head: NewHeadCommit,
): Promise<boolean> {
  return inHeadTurn(app, issue.id, async () => {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const now = await settledPull(app, issue.id);
      if (!now || !isNews(now, head)) return false;
      const moved = await moveHead(app, actor, now, head);
      if (moved !== undefined) return moved;
    }
    throw new AppError('conflict', 'The pull request is being merged: look at it again, then retry.');
  });
}

function isNews({ pull }: Pull, { oid, expected }: NewHeadCommit): boolean {
  if (pull.headOid === oid || pull.mergedAt !== null) return false;
  return expected === undefined || pull.headOid === expected;
}

/** The pull request once no merge of it is under way, since a merged one keeps the head that was merged. */
async function settledPull(app: App, issueId: number): Promise<Pull | undefined> {
  const now = await findPullById(app.db.read, issueId);
  if (!now?.pull.merging) return now;
  const { repositoryId, merging } = now.pull;
  const open = await openedOrNot(app, SYSTEM, repositoryId, 'repository:see');
  if (!open) return undefined;
  await inBranchTurn(app, repositoryId, merging.branch, () =>
    settleMerges(app, open, merging.branch, [issueId]),
  );
  return findPullById(app.db.read, issueId);
}

/** Undefined where a merge came in between, and the head is as before. */
async function moveHead(
  app: App,
  actor: Actor,
  now: Pull,
  { oid, from }: NewHeadCommit,
): Promise<boolean | undefined> {
  const base = await openedOrNot(app, SYSTEM, now.pull.repositoryId, 'repository:see');
  if (!base) return false;
  return whilePushing(app, base.dir, async () => {
    const before = now.pull.headOid;
    if (from !== undefined) await bringHead(app, { from, to: base.dir, oid, known: [before] });
    const news = await newsOf(app, base, now, oid);
    const { number, revision } = now.pull;
    await pointRefs(app, base.dir, [
      [keptHeadRef(number, revision), before],
      [headRef(number), oid],
    ]);
    const recorded = await app.db.write((tx) => recordHead(app, tx, actor, now, news));
    if (recorded === undefined) await pointRefs(app, base.dir, [[headRef(number), before]]);
    return recorded;
  });
}

interface HeadNews {
  range: PullRange;
  isForced: boolean;
  /** Without those of the base, if they came along. */
  count: number;
  oids: Oid[];
}

async function newsOf(app: App, { dir }: OpenRepository, { pull }: Pull, headOid: Oid): Promise<HeadNews> {
  const { headOid: before } = pull;
  const baseOid = (await baseTipOf(app, { dir }, pull)) ?? pull.baseOid;
  const isForced = !(await containsCommit(app.git, dir, before, headOid));
  const range = await rangeBetween(app, dir, { baseOid, headOid });
  const limits = ['--topo-order', `--max-count=${MOST_COUNTED}`];
  const { stdout } = await app.git.run(['rev-list', ...limits, headOid, `^${before}`, `^${baseOid}`, '--'], {
    dir,
  });
  const oids = stdout.toString('latin1').split('\n').filter(Boolean);
  return { range, isForced, count: oids.length, oids: oids.slice(0, MOST_NAMED).reverse() };
}

async function recordHead(
  app: App,
  tx: Tx,
  actor: Actor,
  { issue, pull }: Pull,
  news: HeadNews,
): Promise<boolean | undefined> {
  const now = await findPullById(tx, issue.id);
  if (now?.pull.headOid !== pull.headOid) return false;
  if (now.pull.merging !== null || now.pull.mergedAt !== null) return undefined;
  await changePullWithin(app, tx, actor, now, (change) => addRevision(app, actor, change, news));
  return true;
}

async function addRevision(
  app: App,
  actor: Actor,
  change: PullChange,
  { range, isForced, count, oids }: HeadNews,
): Promise<void> {
  const { tx, pull, issue, userId, now } = change;
  const { headOid: after, baseOid, mergeBaseOid, commitCount } = range;
  const [revision, before] = [pull.revision + 1, pull.headOid];
  const entryId = isForced
    ? await change.addEntry('force_pushed', { revision, before, after })
    : await change.addEntry('commits', { revision, before, after, count, oids });
  change.setPull({
    headOid: after,
    baseOid,
    mergeBaseOid: mergeBaseOid ?? null,
    commitCount,
    revision,
    mergeability: 'unknown',
  });
  await insertRevision(tx, {
    issueId: issue.id,
    revision,
    headOid: after,
    mergeBaseOid: mergeBaseOid ?? baseOid,
    isForced,
    pusherId: userId ?? null,
    createdAt: now,
  });
  await markStale(tx, app, pull, revision);
  await countPullLater(app, tx, issue.id);
  await app.events.record(tx, {
    kind: 'pull.synchronized',
    ...doneBy(actor),
    repositoryId: pull.repositoryId,
    issueId: issue.id,
    entryId,
    revision,
    before,
    after,
    isForced,
  });
}
