// Pull requests whose branches are gone or have another name: what they follow from then on, or how they end.
import { type Actor, doneBy } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import type { RefUpdate } from '../../platform/db/tables/repos.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { closePullWithin } from '../issues/pull-states.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { withdrawOrder } from './auto-merge-orders.service.ts';
import { changePullWithin } from './changing-pulls.service.ts';
import { countPullLater } from './prepare-pull.service.ts';
import { type PullRange, rangeBetween } from './pull-range.service.ts';
import { findMergedByHead, findOpenTwin, findPullById } from './pulls.store.ts';
import type { Pull, PullChange } from './pulls.types.ts';
import { markStale } from './reviews.service.ts';

const HEADS = 'refs/heads/';
const ZERO = /^0+$/;

/** Old names of branches with their new ones: deleted and made again at the same commit by one push. */
export function renamedBranches(updates: readonly RefUpdate[]): Map<string, string> {
  const branches = updates.filter(({ ref }) => ref.startsWith(HEADS));
  const made = branches.filter(({ oldOid }) => ZERO.test(oldOid));
  const renamed = new Map<string, string>();
  for (const { ref, oldOid } of branches.filter(({ newOid }) => ZERO.test(newOid))) {
    const [same, other] = made.filter(({ newOid }) => newOid === oldOid);
    if (same && !other) renamed.set(ref.slice(HEADS.length), same.ref.slice(HEADS.length));
  }
  return renamed;
}

/** Lets a pull request follow its head's branch under a new name. */
export async function renameHead(app: App, actor: Actor, pull: Pull, branch: string): Promise<void> {
  await changeIfOpen(app, actor, pull, async ({ setPull, pull: { headBranch, headLabel } }) => {
    const before = headLabel.endsWith(headBranch) ? headLabel.slice(0, -headBranch.length) : '';
    setPull({ headBranch: branch, headLabel: before + branch });
  });
}

/** Closes a pull request whose head's branch was deleted. */
export async function closeWithoutHead(app: App, actor: Actor, pull: Pull): Promise<void> {
  await changeIfOpen(app, actor, pull, async (change) => {
    await change.addEntry('head_deleted', { branch: change.pull.headBranch });
    await closePullWithin(app, actor, change);
    change.setPull({ autoMerge: null });
  });
}

/**
 * What becomes of a pull request whose base branch is gone: it goes on into what the branch was merged into or is named
 * now, and is closed where there is nothing of the kind.
 */
export async function leaveBase(
  app: App,
  actor: Actor,
  open: OpenRepository,
  pull: Pull,
  { oldOid, renamedTo }: { oldOid: Oid; renamedTo: string | undefined },
): Promise<void> {
  const merged = await findMergedByHead(app.db.read, open.repository.id, pull.pull.baseBranch);
  const to = renamedTo ?? merged?.baseBranch ?? (await newDefault(app, open, oldOid));
  const baseOid = to === undefined ? undefined : await app.git.ref(open.dir, HEADS + to);
  const isThere = to !== undefined && baseOid !== undefined;
  const { headOid } = pull.pull;
  const range = baseOid === undefined ? undefined : await rangeBetween(app, open.dir, { baseOid, headOid });
  await changeIfOpen(app, actor, pull, async (change) => {
    const twin = isThere ? await findOpenTwin(change.tx, { ...change.pull, baseBranch: to }) : undefined;
    const isOwnHead = to === change.pull.headBranch && change.pull.headRepositoryId === open.repository.id;
    if (isThere && twin === undefined && !isOwnHead) {
      await measureAnew(app, actor, change, range);
      // Its own commits begin where those of the merged one end.
      if (renamedTo === undefined && merged) change.setPull({ basePullId: merged.issueId });
      await goOnInto(app, actor, change, to, renamedTo === undefined ? 'merged' : undefined);
    } else {
      await closePullWithin(app, actor, change);
      change.setPull({ autoMerge: null });
    }
  });
}

/** Commits that were the base's are its own where the other base has them not: nobody has approved those. */
async function measureAnew(
  app: App,
  actor: Actor,
  change: PullChange,
  range: PullRange | undefined,
): Promise<void> {
  const { tx, pull, setPull } = change;
  const mergeBaseOid = range?.mergeBaseOid ?? null;
  if (pull.mergeBaseOid === mergeBaseOid && pull.headOid === range?.headOid) return;
  setPull({ mergeBaseOid });
  await markStale(tx, app, pull, pull.revision + 1);
  await withdrawOrder(app, actor, change, 'The branch it was to go into is gone.');
}

/** A default branch that is renamed is made, chosen and only then deleted under its old name. */
async function newDefault(
  app: App,
  { repository, dir }: OpenRepository,
  oldOid: Oid,
): Promise<string | undefined> {
  const tip = await app.git.ref(dir, HEADS + repository.defaultBranch);
  return tip === oldOid ? repository.defaultBranch : undefined;
}

/** Gives a pull request another base in a change under way. */
export async function goOnInto(
  app: App,
  actor: Actor,
  change: PullChange,
  to: string,
  because: 'merged' | undefined,
): Promise<void> {
  const { tx, issue, pull } = change;
  const from = pull.baseBranch;
  change.setPull({ baseBranch: to, mergeability: 'unknown' });
  await change.addEntry('base_changed', { from, to, ...(because ? { because } : {}) });
  await countPullLater(app, tx, issue.id);
  const { id: issueId, repositoryId } = issue;
  await app.events.record(tx, {
    kind: 'pull.base_changed',
    ...doneBy(actor),
    repositoryId,
    issueId,
    from,
    to,
  });
}

async function changeIfOpen(
  app: App,
  actor: Actor,
  { issue, pull }: Pull,
  change: (change: PullChange) => Promise<void>,
): Promise<void> {
  await app.db.write(async (tx) => {
    const now = await findPullById(tx, issue.id);
    // What is followed twice finds it changed already.
    const isSame = now?.pull.headBranch === pull.headBranch && now.pull.baseBranch === pull.baseBranch;
    if (now?.issue.state === 'open' && isSame) await changePullWithin(app, tx, actor, now, change);
  });
}
