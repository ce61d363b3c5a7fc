// Brings the base of a pull request into its head, by a merge or by a rebase, as its author would do it and push.
import type { Actor } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Oid, Signature } from '../../platform/git/git.types.ts';
import { containsCommit } from '../../platform/git/history.ts';
import { mergeCommits } from '../../platform/git/merge-commits.ts';
import { listCommitsToRebase, rebaseCommits } from '../../platform/git/rebase-commits.ts';
import { writeCommit } from '../../platform/git/write-commit.ts';
import { authorOf } from '../code/commit-authors.service.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { headName, requireBaseTip } from './conflicts.service.ts';
import { headOf, type PullHead, pushToHead } from './heads.service.ts';
import { whilePushing } from './pull-refs.service.ts';
import type { Pull } from './pulls.types.ts';

/** Commits that are rebased at most. */
const MOST_COMMITS = 1000;

export type UpdateStyle = 'merge' | 'rebase';

/**
 * The head of an open pull request, to which the actor may push. Throws AppError unauthenticated, forbidden or conflict with what
 * stands against it.
 */
export async function requireUpdatable(
  app: App,
  actor: Actor,
  open: OpenRepository,
  pull: Pull,
): Promise<PullHead> {
  await requireAbility(app.db.read, actor, open, 'pulls:read');
  if (actor.kind !== 'user') throw new AppError('unauthenticated', 'Sign in to do this.');
  if (pull.issue.state !== 'open') throw new AppError('conflict', 'This pull request is closed.');
  const head = await headOf(app, actor, pull);
  if (!head) throw new AppError('conflict', 'The branch of this pull request is gone.');
  if (!head.mayPush)
    throw new AppError('forbidden', 'Only whoever may push to the branch of this pull request may do this.');
  return head;
}

/** What git would say of the merge of the base into the head. */
export function mergeMessage(pull: Pull): string {
  return `Merge branch '${pull.pull.baseBranch}' into ${headName(pull)}`;
}

/**
 * Merges the base into the head, or rebases the head onto it. Returns the new head. Throws AppError conflict where they are in
 * conflict, where nothing is to be done, or where the head is no longer `expected`; and what pushing to the head throws.
 */
export async function updateHead(
  app: App,
  actor: Actor,
  open: OpenRepository,
  pull: Pull,
  { style, expected }: { style: UpdateStyle; expected?: Oid | undefined },
): Promise<Oid> {
  await requireUpdatable(app, actor, open, pull);
  const { headOid } = pull.pull;
  if (expected !== undefined && expected !== headOid)
    throw new AppError('conflict', 'The pull request has changed meanwhile: look at it again, then retry.');
  const baseOid = await requireBaseTip(app, open, pull);
  if (await containsCommit(app.git, open.dir, baseOid, headOid))
    throw new AppError('conflict', `The branch has every commit of ${pull.pull.baseBranch} already.`);
  const committer = await authorOf(app, actor);
  return whilePushing(app, open.dir, async () => {
    const make = style === 'merge' ? mergedHead : rebasedHead;
    const to = await make(app, open, pull, { baseOid, committer });
    await pushToHead(app, actor, open, pull, { from: headOid, to });
    return to;
  });
}

interface Making {
  baseOid: Oid;
  committer: Signature;
}

async function mergedHead(
  app: App,
  open: OpenRepository,
  pull: Pull,
  { baseOid, committer }: Making,
): Promise<Oid> {
  const { headOid } = pull.pull;
  const merged = await mergeCommits(app.git, open.dir, { ours: headOid, theirs: baseOid });
  if ('conflicts' in merged) throw inConflict(pull);
  return writeCommit(app.git, open.dir, {
    format: open.repository.objectFormat,
    parents: [headOid, baseOid],
    prepared: { tree: merged.tree, objects: [] },
    author: committer,
    committer,
    message: mergeMessage(pull),
  });
}

async function rebasedHead(
  app: App,
  open: OpenRepository,
  pull: Pull,
  { baseOid, committer }: Making,
): Promise<Oid> {
  const { headOid } = pull.pull;
  const commits = await listCommitsToRebase(app.git, open.dir, { onto: baseOid, head: headOid });
  if (commits.length > MOST_COMMITS)
    throw new AppError('too_large', `Only ${MOST_COMMITS} commits are rebased on the web: do it with git.`);
  const format = open.repository.objectFormat;
  const rebased = await rebaseCommits(app.git, open.dir, { format, onto: baseOid, commits, committer });
  if ('conflict' in rebased) throw inConflict(pull);
  if (rebased.tip === baseOid)
    throw new AppError('conflict', `Nothing would be left: ${pull.pull.baseBranch} has all of it already.`);
  return rebased.tip;
}

function inConflict({ pull }: Pull): AppError {
  return new AppError(
    'conflict',
    `The branch is in conflict with ${pull.baseBranch}: resolve the conflicts instead.`,
  );
}
