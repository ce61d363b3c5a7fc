// What a new pull request does not wait for, and what follows when its head or base has moved: its ref, if a crash came
// between, and how many files and lines it changes.
import { SYSTEM } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { countChanges, type DiffTotals } from '../../platform/git/diff-totals.ts';
import type { RepoDir } from '../../platform/git/git.types.ts';
import { noteIssueChange } from '../issues/changing.service.ts';
import { openedOrNot } from '../issues/writers.service.ts';
import { baseTipOf, type PullRange, rangeBetween } from './pull-range.service.ts';
import { headRef, pointRefs, whilePushing } from './pull-refs.service.ts';
import { findPullById, updatePull } from './pulls.store.ts';
import type { Pull, PullRow } from './pulls.types.ts';

export const PREPARE_JOB = 'pulls.prepare';
export const COUNT_JOB = 'pulls.count';
/** Milliseconds that git may count. */
const COUNTING = 60_000;

/** Writes a new pull request's ref, if it is not there, and counts what it changes, later. */
export async function preparePullLater(app: App, tx: Tx, issueId: number): Promise<void> {
  await app.jobs.enqueue(tx, PREPARE_JOB, { issueId }, { uniqueKey: `${PREPARE_JOB}:${issueId}` });
}

/** Counts anew, later, what a pull request changes. */
export async function countPullLater(app: App, tx: Tx, issueId: number): Promise<void> {
  await app.jobs.enqueue(tx, COUNT_JOB, { issueId }, { uniqueKey: `${COUNT_JOB}:${issueId}` });
}

/** Makes a new pull request whole. May run several times. */
export async function preparePull(app: App, issueId: number, signal: AbortSignal): Promise<void> {
  const found = await findPullById(app.db.read, issueId);
  const dir = found && (await baseDirectory(app, found));
  if (!found || !dir) return;
  const { number, headOid } = found.pull;
  // One that has moved on has a ref already.
  if ((await app.git.ref(dir, headRef(number))) === undefined)
    await whilePushing(app, dir, () => pointRefs(app, dir, [[headRef(number), headOid]]));
  await countPull(app, issueId, signal);
}

/**
 * Counts commits, files and lines between a pull request's base and its head, as they are now. Of one that was merged
 * before that, files and lines between what it was merged with.
 */
export async function countPull(app: App, issueId: number, signal: AbortSignal): Promise<void> {
  const found = await findPullById(app.db.read, issueId);
  const dir = found && (await baseDirectory(app, found));
  if (!found || !dir) return;
  const { headOid } = found.pull;
  const range = await rangeToCount(app, dir, found.pull);
  if (range === undefined) return;
  const from = range.mergeBaseOid ?? range.baseOid;
  const totals = await countChanges(app.git, dir, { from, to: headOid, longest: COUNTING, signal });
  await app.db.write(async (tx) => {
    const now = await findPullById(tx, issueId);
    // It has moved on: that was counted, or will be.
    if (!now || now.pull.headOid !== headOid) return;
    const { mergedAt, mergeBaseOid } = now.pull;
    if (mergedAt !== null && mergeBaseOid !== (range.mergeBaseOid ?? null)) return;
    const columns = { ...(mergedAt === null ? columnsOf(range) : {}), ...(totals ? sizeOf(totals) : {}) };
    if (Object.keys(columns).length === 0) return;
    await updatePull(tx, issueId, columns);
    await noteIssueChange(app, tx, issueId);
  });
}

type Counted = Pick<PullRange, 'baseOid' | 'mergeBaseOid' | 'commitCount'>;

async function rangeToCount(app: App, dir: RepoDir, pull: PullRow): Promise<Counted | undefined> {
  const { headOid, mergeBaseOid, commitCount } = pull;
  if (pull.mergedAt !== null)
    return { baseOid: pull.baseOid, mergeBaseOid: mergeBaseOid ?? undefined, commitCount };
  const baseOid = await baseTipOf(app, { dir }, pull);
  return baseOid === undefined ? undefined : rangeBetween(app, dir, { baseOid, headOid });
}

function columnsOf({ baseOid, mergeBaseOid, commitCount }: Counted): Partial<PullRow> {
  return { baseOid, mergeBaseOid: mergeBaseOid ?? null, commitCount };
}

function sizeOf({ fileCount, additions, deletions }: DiffTotals): Partial<PullRow> {
  return { changedFiles: fileCount, additions, deletions };
}

/** Undefined when the repository is gone. */
async function baseDirectory(app: App, { pull }: Pull): Promise<RepoDir | undefined> {
  return (await openedOrNot(app, SYSTEM, pull.repositoryId, 'repository:see'))?.dir;
}
