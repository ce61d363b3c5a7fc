// Cherry-picks and reverts: what a commit changed, done again or undone on a branch, with the tree that git itself would make.
import type { Actor } from '../../base/actor.ts';
import { AppError, invalid } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Commit, Oid, Signature } from '../../platform/git/git.types.ts';
import { mergeTrees } from '../../platform/git/merge-trees.ts';
import { isBranchName } from '../../platform/git/repository.ts';
import { writeCommit } from '../../platform/git/write-commit.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { withTrailer } from './commit-authors.service.ts';
import { displayPath } from './paths.service.ts';
import { type Committed, findTip, moveBranch } from './web-commits.service.ts';

export type PickKind = 'cherry-pick' | 'revert';

export interface Pick {
  kind: PickKind;
  commit: Commit;
  /** Which parent, from 1, the change is seen from; needed for merges. */
  mainline?: number | undefined;
  branch: string;
  newBranch?: string | undefined;
  message: string;
  committer: Signature;
}

/** The paths that stand against a pick or a revert. */
export class PickConflict extends AppError {
  readonly paths: readonly { path: string; message: string }[];

  constructor(kind: PickKind, paths: readonly { path: string; message: string }[]) {
    super('conflict', `This ${kind} does not apply to the branch: nothing was changed.`);
    this.paths = paths;
  }
}

/** What git itself would write; `marksOrigin` is its option -x. */
export function defaultPickMessage(
  kind: PickKind,
  commit: Commit,
  options: { mainline?: number | undefined; marksOrigin?: boolean } = {},
): string {
  const message = commit.message.trimEnd();
  if (kind === 'cherry-pick')
    return options.marksOrigin ? withTrailer(message, `(cherry picked from commit ${commit.oid})`) : message;
  const parent = options.mainline === undefined ? undefined : commit.parents[options.mainline - 1];
  const what =
    parent === undefined ? `${commit.oid}.` : `${commit.oid}, reversing\nchanges made to ${parent}.`;
  return `${revertTitle(message.split('\n')[0] ?? '')}\n\nThis reverts commit ${what}`;
}

function revertTitle(title: string): string {
  return `Revert "${title}"`;
}

/**
 * Picks or reverts a commit on a branch, or on a new one that begins at it. Throws PickConflict where it does not apply,
 * AppError invalid where nothing would change or a field is wrong, and what the judgement throws.
 */
export async function pickCommit(
  app: App,
  actor: Actor,
  open: OpenRepository,
  pick: Pick,
): Promise<Committed> {
  await requireAbility(app.db.read, actor, open, 'code:write');
  const { branch, newBranch, kind, committer, message } = pick;
  const tip = await findTip(app, open, branch);
  if (!tip) throw invalid({ branch: 'There is no such branch.' });
  if (newBranch !== undefined) await requireFree(app, open, newBranch);
  const tree = await pickedTree(app, open, pick, tip.tree);
  if (tree === tip.tree)
    throw invalid({ branch: `Nothing would change: ${branch} is as if this was done already.` });
  const author = kind === 'cherry-pick' ? pick.commit.author : committer;
  const format = open.repository.objectFormat;
  const parents = [tip.oid];
  const commit = await writeCommit(app.git, open.dir, { format, parents, tree, author, committer, message });
  const target = newBranch ?? branch;
  await moveBranch(app, actor, open, {
    branch: target,
    from: newBranch === undefined ? tip.oid : undefined,
    to: commit,
  });
  return { branch: target, commit, wasThere: false };
}

async function requireFree(app: App, open: OpenRepository, branch: string): Promise<void> {
  if (!isBranchName(branch))
    throw invalid({ newBranch: 'This is not a name that git accepts for a branch.' });
  if (await findTip(app, open, branch))
    throw invalid({ newBranch: `A branch named ${branch} exists already. Choose another name.` });
}

async function pickedTree(app: App, open: OpenRepository, pick: Pick, ours: Oid): Promise<Oid> {
  const parent = await sideBefore(app, open, pick);
  const { kind, commit } = pick;
  const [base, theirs] = kind === 'cherry-pick' ? [parent, commit.tree] : [commit.tree, parent];
  const format = open.repository.objectFormat;
  const merged = await mergeTrees(app.git, open.dir, { format, base, ours, theirs });
  if ('tree' in merged) return merged.tree;
  const paths = merged.conflicts.map(({ path, message }) => ({ path: displayPath(path), message }));
  throw new PickConflict(kind, paths);
}

/** The tree that the commit changed; undefined for one that begins a history. */
async function sideBefore(
  app: App,
  open: OpenRepository,
  { commit, mainline }: Pick,
): Promise<Oid | undefined> {
  const { parents } = commit;
  if (parents.length > 1 && !(mainline !== undefined && mainline >= 1 && mainline <= parents.length))
    throw invalid({ mainline: 'This is a merge: choose the parent from which its change is seen.' });
  const oid = parents.length > 1 ? parents[(mainline ?? 1) - 1] : parents[0];
  if (oid === undefined) return undefined;
  const parent = await app.git.objects(open.dir).commit(oid);
  if (!parent) throw new AppError('conflict', 'The parent of this commit is not in the repository.');
  return parent.tree;
}
