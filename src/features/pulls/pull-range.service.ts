// What lies between a pull request's base and its head.
import type { App } from '../../platform/app.types.ts';
import type { Oid, RepoDir } from '../../platform/git/git.types.ts';
import { countCommitsBetween, mergeBase } from '../../platform/git/history.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { findPullById } from './pulls.store.ts';
import type { Pull, PullRow } from './pulls.types.ts';

export interface PullRange {
  baseOid: Oid;
  headOid: Oid;
  /** Undefined where the two have no history in common. */
  mergeBaseOid: Oid | undefined;
  commitCount: number;
}

/** Both sides are in the repository. */
export async function rangeBetween(
  app: App,
  dir: RepoDir,
  { baseOid, headOid }: { baseOid: Oid; headOid: Oid },
): Promise<PullRange> {
  const [mergeBaseOid, commitCount] = await Promise.all([
    mergeBase(app.git, dir, baseOid, headOid),
    countCommitsBetween(app.git, dir, { base: baseOid, head: headOid }),
  ]);
  return { baseOid, headOid, mergeBaseOid, commitCount };
}

/** What a pull request would be merged into today: its branch, or the head below it in a stack; undefined when it is gone. */
export async function baseTipOf(
  app: App,
  open: Pick<OpenRepository, 'dir'>,
  pull: Pick<PullRow, 'baseBranch' | 'basePullId'>,
): Promise<Oid | undefined> {
  const below = pull.basePullId === null ? undefined : await findPullById(app.db.read, pull.basePullId);
  if (below && isBelow(below)) return below.pull.headOid;
  return app.git.ref(open.dir, `refs/heads/${pull.baseBranch}`);
}

function isBelow({ issue, pull }: Pull): boolean {
  return issue.state === 'open' && pull.mergedAt === null;
}
