// Builds what a branch holds after a merge: objects only, no ref is moved. Merging and the queue land what is built here.
import { AppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Commit, Oid, Signature } from '../../platform/git/git.types.ts';
import { containsCommit } from '../../platform/git/history.ts';
import { type MergeConflict, mergeCommits } from '../../platform/git/merge-commits.ts';
import { listCommitsToRebase, rebaseCommits } from '../../platform/git/rebase-commits.ts';
import { type SignCommit, writeCommit } from '../../platform/git/write-commit.ts';
import { siteKey } from '../auth/site-signing.service.ts';
import { authorOfAccount } from '../code/commit-authors.service.ts';
import { displayPath } from '../code/paths.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { messageOfMerge } from './merge-messages.service.ts';
import type { MergePlan } from './merges.types.ts';
import type { Pull } from './pulls.types.ts';

/** What stands against a merge, path by path; nothing was changed. */
export class MergeConflicts extends AppError {
  readonly conflicts: readonly { path: string; message: string }[];

  constructor(message: string, conflicts: readonly MergeConflict[]) {
    super('conflict', message);
    this.conflicts = conflicts.map((one) => ({ path: displayPath(one.path), message: one.message }));
  }
}

export interface BuildOn {
  /** What the branch holds. */
  baseOid: Oid;
  committer: Signature;
}

/**
 * Builds the result of merging a pull request's head into a commit, and returns its id. Throws MergeConflicts, AppError
 * conflict where the head is in the base already, where nothing is left of it, or where it cannot be fast-forwarded.
 */
export async function buildMerge(
  app: App,
  open: OpenRepository,
  pull: Pull,
  plan: MergePlan,
  on: BuildOn,
): Promise<Oid> {
  const { headOid } = pull.pull;
  if (await containsCommit(app.git, open.dir, headOid, on.baseOid))
    throw new AppError('conflict', `${pull.pull.baseBranch} holds all of these commits already.`);
  const build = { app, open, pull, plan, on, headOid, sign: siteKey(app)?.sign };
  if (plan.style === 'fast_forward') return fastForward(build);
  if (plan.style === 'rebase') return rebased(build);
  if (plan.style === 'squash') return squashed(build);
  if (plan.style === 'merge') return merged(build);
  return commitOn(build, { parent: await rebased(build) });
}

interface Build {
  app: App;
  open: OpenRepository;
  pull: Pull;
  plan: MergePlan;
  on: BuildOn;
  headOid: Oid;
  sign: SignCommit | undefined;
}

async function fastForward({ app, open, pull, on, headOid }: Build): Promise<Oid> {
  if (await containsCommit(app.git, open.dir, on.baseOid, headOid)) return headOid;
  const { baseBranch } = pull.pull;
  throw new AppError('conflict', `${baseBranch} has commits that this lacks: update the branch, then merge.`);
}

async function rebased({ app, open, on, headOid, sign }: Build): Promise<Oid> {
  const { dir, repository } = open;
  const onto = on.baseOid;
  const commits = await listCommitsToRebase(app.git, dir, { onto, head: headOid });
  const { committer } = on;
  const made = await rebaseCommits(app.git, dir, {
    ...{ format: repository.objectFormat, onto, commits, committer, sign },
  });
  if ('conflict' in made) {
    const { commit, conflicts } = made.conflict;
    throw new MergeConflicts(`The commit ${commit.slice(0, 10)} cannot be rebased: it conflicts.`, conflicts);
  }
  if (made.tip === onto) throw nothingLeft();
  return made.tip;
}

async function merged(build: Build): Promise<Oid> {
  return commitOn(build, { parent: build.headOid, tree: await mergedTree(build) });
}

/** A merge commit with the base as its first parent. */
async function commitOn(build: Build, { parent, tree }: { parent: Oid; tree?: Oid }): Promise<Oid> {
  const { app, open, on, pull, plan, headOid, sign } = build;
  const author = on.committer;
  const at = { baseOid: on.baseOid, headOid, author };
  return writeCommit(app.git, open.dir, {
    format: open.repository.objectFormat,
    parents: [on.baseOid, parent],
    tree: tree ?? (await commitAt(build, parent)).tree,
    author,
    committer: on.committer,
    message: await messageOfMerge(app, open, pull, plan, at),
    sign,
  });
}

/** Written by whoever opened the pull request, committed by whoever merges. */
async function squashed(build: Build): Promise<Oid> {
  const { app, open, pull, plan, on, headOid, sign } = build;
  const tree = await mergedTree(build);
  if (tree === (await commitAt(build, on.baseOid)).tree) throw nothingLeft();
  const poster = await authorOfAccount(app, pull.issue.authorId);
  const author = poster ? { ...poster, time: on.committer.time, offset: on.committer.offset } : on.committer;
  return writeCommit(app.git, open.dir, {
    format: open.repository.objectFormat,
    parents: [on.baseOid],
    ...{ tree, author },
    committer: on.committer,
    message: await messageOfMerge(app, open, pull, plan, { baseOid: on.baseOid, headOid, author }),
    sign,
  });
}

async function mergedTree({ app, open, pull, on, headOid }: Build): Promise<Oid> {
  const known = await treeOfTestMerge(app, open, pull, on.baseOid);
  if (known !== undefined) return known;
  const made = await mergeCommits(app.git, open.dir, { ours: on.baseOid, theirs: headOid });
  if ('tree' in made) return made.tree;
  throw new MergeConflicts('This cannot be merged: it conflicts with the base.', made.conflicts);
}

/** What the job found for these very heads. */
async function treeOfTestMerge(
  app: App,
  open: OpenRepository,
  { pull }: Pull,
  baseOid: Oid,
): Promise<Oid | undefined> {
  const isOfThese = pull.checkedBaseOid === baseOid && pull.checkedHeadOid === pull.headOid;
  if (!isOfThese || pull.mergeability !== 'clean' || pull.testMergeOid === null) return undefined;
  const commit = await app.git.objects(open.dir).commit(pull.testMergeOid);
  const [base, head] = commit?.parents ?? [];
  return base === baseOid && head === pull.headOid ? commit?.tree : undefined;
}

async function commitAt({ app, open }: Build, oid: Oid): Promise<Commit> {
  const commit = await app.git.objects(open.dir).commit(oid);
  if (!commit) throw new Error(`The commit ${oid} is not there.`);
  return commit;
}

function nothingLeft(): AppError {
  return new AppError('conflict', 'Nothing is left to merge: the base has all of these changes already.');
}
