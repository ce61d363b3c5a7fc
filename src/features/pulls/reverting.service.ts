// Undoes a merged pull request: a branch with one commit that takes back what it changed, and a pull request of that.
import type { Actor } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Commit, Oid } from '../../platform/git/git.types.ts';
import { mergeTrees } from '../../platform/git/merge-trees.ts';
import { writeCommit } from '../../platform/git/write-commit.ts';
import { siteKey } from '../auth/site-signing.service.ts';
import { authorOf } from '../code/commit-authors.service.ts';
import { displayPath } from '../code/paths.service.ts';
import { defaultPickMessage } from '../code/picks.service.ts';
import { moveBranch } from '../code/web-commits.service.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { createPull } from './create-pull.service.ts';
import type { Pull } from './pulls.types.ts';

/** Branches of that name that are tried. */
const MOST_NAMES = 100;

/**
 * Opens a pull request that takes back a merged one, into the branch that this went into. Throws AppError conflict where it
 * was not merged, where later changes stand against it, or where nothing is left to take back; and what the judgement throws.
 */
export async function revertPull(app: App, actor: Actor, open: OpenRepository, pull: Pull): Promise<Pull> {
  await requireAbility(app.db.read, actor, open, 'code:write');
  const { mergedOid, baseOid, baseBranch } = pull.pull;
  if (mergedOid === null) throw new AppError('conflict', 'This was not merged: there is nothing to revert.');
  const tip = await commitAt(app, open, (await app.git.ref(open.dir, `refs/heads/${baseBranch}`)) ?? '');
  const [merged, before] = await Promise.all([commitAt(app, open, mergedOid), commitAt(app, open, baseOid)]);
  const tree = await treeWithout(app, open, { ours: tip.tree, merged: merged.tree, before: before.tree });
  if (tree === tip.tree)
    throw new AppError('conflict', `Nothing is left of it in ${baseBranch}: there is nothing to revert.`);
  const author = await authorOf(app, actor);
  const commit = await writeCommit(app.git, open.dir, {
    format: open.repository.objectFormat,
    parents: [tip.oid],
    ...{ tree, author, committer: author },
    message: messageOf(pull, merged),
    sign: siteKey(app)?.sign,
  });
  const branch = await freeBranch(app, open, pull);
  await moveBranch(app, actor, open, { branch, from: undefined, to: commit });
  return createPull(app, actor, open, {
    base: baseBranch,
    head: { open, branch },
    title: `Revert "${pull.issue.title}"`.slice(0, 255),
    body: `Reverts #${pull.issue.number}`,
  });
}

async function commitAt(app: App, open: OpenRepository, oid: Oid): Promise<Commit> {
  const commit = oid === '' ? undefined : await app.git.objects(open.dir).commit(oid);
  if (!commit) throw new AppError('conflict', 'The branch or the commits of it are gone.');
  return commit;
}

async function treeWithout(
  app: App,
  open: OpenRepository,
  { ours, merged, before }: { ours: Oid; merged: Oid; before: Oid },
): Promise<Oid> {
  const format = open.repository.objectFormat;
  const made = await mergeTrees(app.git, open.dir, { format, base: merged, ours, theirs: before });
  if ('tree' in made) return made.tree;
  const paths = made.conflicts.slice(0, 5).map(({ path }) => displayPath(path));
  throw new AppError(
    'conflict',
    `This cannot be reverted by itself: later changes of ${paths.join(', ')} stand against it.`,
  );
}

/** As `git revert` says it; of several commits, which they were. */
function messageOf(pull: Pull, merged: Commit): string {
  const { mergeStyle, baseOid, mergedOid } = pull.pull;
  const isOne = mergeStyle === 'squash' || merged.parents[0] === baseOid;
  if (isOne) return defaultPickMessage('revert', merged, merged.parents.length > 1 ? { mainline: 1 } : {});
  return `Revert "${pull.issue.title}"\n\nThis reverts the commits ${baseOid}..${mergedOid} of #${pull.issue.number}.`;
}

async function freeBranch(app: App, open: OpenRepository, { issue, pull }: Pull): Promise<string> {
  const name = `revert-${issue.number}-${pull.headBranch || 'changes'}`.slice(0, 200);
  for (let at = 0; at < MOST_NAMES; at++) {
    const branch = at === 0 ? name : `${name}-${at}`;
    if ((await app.git.ref(open.dir, `refs/heads/${branch}`)) === undefined) return branch;
  }
  throw new AppError('conflict', `There are too many branches named like ${name}.`);
}
