// Whether pull requests can be merged: found by a job after pushes to a head or a base, with the test merge that
// refs/pull/<number>/merge holds.
import { SYSTEM } from '../../base/actor.ts';
import { isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { containsCommit } from '../../platform/git/history.ts';
import { mergeCommits, UnrelatedHistories } from '../../platform/git/merge-commits.ts';
import { moveRefs } from '../../platform/git/move-refs.ts';
import { withScratchObjects } from '../../platform/git/scratch-objects.ts';
import { writeCommit } from '../../platform/git/write-commit.ts';
import { displayPath } from '../code/paths.service.ts';
import { openRepositoryById } from '../repos/access.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { inRepositoryTurn } from './merge-turns.service.ts';
import { listAutoMergesByBase, listNewestByBase } from './merges.store.ts';
import { baseTipOf } from './pull-range.service.ts';
import { whilePushing } from './pull-refs.service.ts';
import { findPullById, updatePull } from './pulls.store.ts';
import type { Mergeability, Pull, PullRow } from './pulls.types.ts';

/** Finds out whether one pull request can be merged. */
export const CHECK_JOB = 'pulls.check-merge';

/** Has it found out soon whether a pull request can be merged: after its head or base changed. */
export async function checkLater(tx: Tx, app: App, pullId: number): Promise<void> {
  await app.jobs.enqueue(tx, CHECK_JOB, { pullId }, { uniqueKey: `${CHECK_JOB}:${pullId}` });
}

/** Has it found out soon for somebody who looks at it, unless that is known. */
export async function checkWanted(app: App, open: Pick<OpenRepository, 'dir'>, pull: Pull): Promise<void> {
  if (pull.issue.state !== 'open' || (await isChecked(app, open, pull))) return;
  await app.db.write((tx) => checkLater(tx, app, pull.issue.id));
}

/** Looks at the pull requests into a branch after that has moved: at the newest ones, others when somebody looks at them. */
export const CHECK_BASE_JOB = 'pulls.check-base';
const MOST_CHECKED = 50;

/** Has the pull requests into a branch looked at soon. */
export async function checkBaseLater(tx: Tx, app: App, repositoryId: number, branch: string): Promise<void> {
  const uniqueKey = `${CHECK_BASE_JOB}:${repositoryId}:${branch}`;
  await app.jobs.enqueue(tx, CHECK_BASE_JOB, { repositoryId, branch }, { uniqueKey });
}

/**
 * Finds out what can be merged into a branch, the pull request changed last first; those that merge by themselves too. What
 * is in a queue is built there on what is ahead of it: whether it could be merged alone is found again once it leaves.
 */
export async function checkBase(
  app: App,
  repositoryId: number,
  branch: string,
  signal: AbortSignal,
): Promise<void> {
  const newest = await listNewestByBase(app.db.read, repositoryId, branch, MOST_CHECKED);
  const waiting = await listAutoMergesByBase(app.db.read, repositoryId, branch);
  for (const id of new Set([...newest, ...waiting])) {
    signal.throwIfAborted();
    await checkMergeability(app, id);
  }
}

/** Whether what the row says was found for the heads of today. */
export async function isChecked(
  app: App,
  open: Pick<OpenRepository, 'dir'>,
  { pull }: Pull,
): Promise<boolean> {
  if (pull.mergeability === 'unknown' || pull.checkedHeadOid !== pull.headOid) return false;
  return pull.checkedBaseOid === ((await baseTipOf(app, open, pull)) ?? null);
}

/** Finds out whether an open pull request can be merged into its base of today, unless that is known. */
export async function checkMergeability(app: App, pullId: number): Promise<void> {
  const found = await findPullById(app.db.read, pullId);
  if (found?.issue.state !== 'open') return;
  const open = await openRepositoryById(app, SYSTEM, found.pull.repositoryId, 'pulls:read').catch((error) => {
    // Deleted meanwhile.
    if (isAppError(error, 'not_found')) return undefined;
    throw error;
  });
  if (!open) return;
  await inRepositoryTurn(app, open.repository.id, async () => {
    const pull = await findPullById(app.db.read, pullId);
    if (pull?.issue.state !== 'open' || (await isChecked(app, open, pull))) return;
    // Maintenance waits, since what is made has no ref until its end.
    await whilePushing(app, open.dir, () => check(app, open, pull));
  });
}

interface Finding {
  mergeability: Mergeability;
  conflicts: PullRow['conflicts'];
  testMergeOid: Oid | null;
}

const NOTHING = { conflicts: null, testMergeOid: null };

async function check(app: App, open: OpenRepository, { issue, pull }: Pull): Promise<void> {
  const baseOid = await baseTipOf(app, open, pull);
  const { headOid } = pull;
  const finding = await findingFor(app, open, headOid, baseOid);
  await keepTestMerge(app, open, issue.number, finding.testMergeOid);
  const { id: issueId, repositoryId } = issue;
  await app.db.write(async (tx) => {
    const today = await findPullById(tx, issueId);
    // Another head came meanwhile: its own check follows.
    if (today?.pull.headOid !== headOid) return;
    const columns = { ...finding, checkedHeadOid: headOid, checkedBaseOid: baseOid ?? null };
    await updatePull(tx, issueId, columns);
    const { mergeability } = finding;
    await app.events.record(tx, { kind: 'pull.checked', repositoryId, issueId, mergeability });
  });
}

async function findingFor(
  app: App,
  open: OpenRepository,
  headOid: Oid,
  baseOid: Oid | undefined,
): Promise<Finding> {
  if (baseOid === undefined || !(await app.git.objects(open.dir).commit(headOid)))
    return { mergeability: 'broken', ...NOTHING };
  if (await containsCommit(app.git, open.dir, headOid, baseOid)) return { mergeability: 'empty', ...NOTHING };
  try {
    return await tryMerge(app, open, headOid, baseOid);
  } catch (error) {
    if (error instanceof UnrelatedHistories) return { mergeability: 'broken', ...NOTHING };
    throw error;
  }
}

/** First where nothing is kept, since what a conflict leaves is of no use. */
async function tryMerge(app: App, open: OpenRepository, headOid: Oid, baseOid: Oid): Promise<Finding> {
  const commits = { ours: baseOid, theirs: headOid };
  const tried = await withScratchObjects(app.git, open.dir, (scratch) =>
    mergeCommits(scratch, open.dir, commits),
  );
  if ('conflicts' in tried) {
    const conflicts = tried.conflicts.map(({ path, message }) => ({ path: displayPath(path), message }));
    return { mergeability: 'conflicts', conflicts, testMergeOid: null };
  }
  const kept = await mergeCommits(app.git, open.dir, commits);
  if ('conflicts' in kept) throw new Error('The same merge came out in two ways.');
  return {
    mergeability: 'clean',
    conflicts: null,
    testMergeOid: await testMerge(app, open, kept.tree, commits),
  };
}

async function testMerge(
  app: App,
  open: OpenRepository,
  tree: Oid,
  { ours, theirs }: { ours: Oid; theirs: Oid },
): Promise<Oid> {
  const { hostname } = new URL(app.publicUrl());
  const author = { name: 'OpenCodeHub', email: `noreply@${hostname}`, time: app.clock.now(), offset: 0 };
  return writeCommit(app.git, open.dir, {
    format: open.repository.objectFormat,
    parents: [ours, theirs],
    ...{ tree, author, committer: author },
    message: `Merge ${theirs} into ${ours}`,
  });
}

/** refs/pull/<number>/merge is the test merge of today's heads, or is not there. */
async function keepTestMerge(app: App, open: OpenRepository, number: number, oid: Oid | null): Promise<void> {
  const ref = `refs/pull/${number}/merge`;
  const before = await app.git.ref(open.dir, ref);
  if (before === undefined && oid === null) return;
  const zero = '0'.repeat((before ?? oid ?? '').length);
  await moveRefs(app.git, open.dir, [{ ref, oldOid: before ?? zero, newOid: oid ?? zero }]);
}
