// Keeps stacks standing: what stood on a merged pull request goes into the merged one's base, and its own commits are
// put on top of what that holds now. Nothing is closed, and threads follow as after any push.
import type { App } from '../../platform/app.types.ts';
import type { Oid, Signature } from '../../platform/git/git.types.ts';
import { containsCommit } from '../../platform/git/history.ts';
import { rebaseCommits } from '../../platform/git/rebase-commits.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { MergeConflicts } from './merge-building.service.ts';
import { findPullById, listRevisions } from './pulls.store.ts';
import type { Pull } from './pulls.types.ts';

/** Heads of the one below that are looked at for where the one above begins. */
const REVISIONS = 50;
const TIMEOUT = 60_000;

export interface RestackOn {
  baseOid: Oid;
  committer: Signature;
}

/**
 * The head that is merged into a commit for a pull request of a stack: its own, or, where the one below it was merged in
 * another form, its own commits on top of that commit. Throws MergeConflicts; no ref is moved.
 */
export async function ownCommitsOn(
  app: App,
  open: Pick<OpenRepository, 'dir' | 'repository'>,
  pull: Pull,
  on: RestackOn,
): Promise<Oid> {
  const { basePullId, headOid } = pull.pull;
  const below = basePullId === null ? undefined : await findPullById(app.db.read, basePullId);
  const from = below && (await beginningOn(app, open, pull, below));
  if (from === undefined || (await containsCommit(app.git, open.dir, from, on.baseOid))) return headOid;
  return moveCommits(app, open, { from, headOid }, on);
}

/** The newest head that the one below had and the one above has; undefined where they have none in common. */
export async function beginningOn(
  app: App,
  { dir }: Pick<OpenRepository, 'dir'>,
  above: Pull,
  below: Pull,
): Promise<Oid | undefined> {
  for (const { headOid } of await listRevisions(app.db.read, below.issue.id, REVISIONS))
    if (await containsCommit(app.git, dir, headOid, above.pull.headOid)) return headOid;
  return undefined;
}

/** Commits of a head that are not in `from`, on top of another commit; merges among them are left out, as by `git rebase`. */
export async function moveCommits(
  app: App,
  { dir, repository }: Pick<OpenRepository, 'dir' | 'repository'>,
  { from, headOid }: { from: Oid; headOid: Oid },
  { baseOid, committer }: RestackOn,
): Promise<Oid> {
  const args = ['rev-list', '--reverse', '--topo-order', '--no-merges', headOid, `^${from}`, '--'];
  const { stdout } = await app.git.run(args, { dir, timeout: TIMEOUT });
  const commits = stdout.toString('latin1').split('\n').filter(Boolean);
  const made = await rebaseCommits(app.git, dir, {
    ...{ format: repository.objectFormat, onto: baseOid, commits, committer },
  });
  if ('tip' in made) return made.tip;
  const { commit, conflicts } = made.conflict;
  throw new MergeConflicts(`The commit ${commit.slice(0, 10)} conflicts with what is below it.`, conflicts);
}
