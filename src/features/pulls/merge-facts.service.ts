// What the rules of a base judge a pull request by: reviews, checks, threads and commits, each looked at only where a rule asks.
import type { App } from '../../platform/app.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { containsCommit } from '../../platform/git/history.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { checksOf } from '../rules/check-runs.service.ts';
import type { MergeFacts } from '../rules/requirements.policy.ts';
import { isPusher } from '../rules/rules.service.ts';
import type { EffectiveRules, MergeStyle } from '../rules/rules.types.ts';
import { missingOwners } from './code-owners.service.ts';
import { reviewsThatCount } from './counted-reviews.service.ts';
import { baseTipOf } from './pull-range.service.ts';
import { listRevisions } from './pulls.store.ts';
import type { Pull } from './pulls.types.ts';
import { findPushOf } from './pushers.service.ts';
import { countUnresolved } from './threads.store.ts';

/** How a merge is asked about. */
export interface MergeQuestion {
  /** Missing: not chosen yet. */
  style?: MergeStyle;
  byQueue?: boolean;
}

/** The facts that these rules ask for; what none asks for is as good as it can be. */
export async function factsFor(
  app: App,
  open: OpenRepository,
  pull: Pull,
  rules: EffectiveRules,
  { style, byQueue = false }: MergeQuestion,
): Promise<MergeFacts> {
  const { pullRequest, checks, linearHistory } = rules;
  const asksReviews = pullRequest !== undefined;
  const [reviews, lastPusherIds, missingOwners, openThreads, states, isBehind, hasMerges, mayPush] =
    await Promise.all([
      asksReviews ? reviewsOf(app, open, pull) : [],
      pullRequest?.lastPushApproval ? lastPushersOf(app, pull) : new Set<number>(),
      pullRequest?.codeOwners ? missingOwnersOf(app, open, pull, pullRequest.dismissStale) : [],
      pullRequest?.resolvedThreads ? countUnresolved(app.db.read, pull.issue.id) : 0,
      checks ? statesOf(app, open, pull.pull.headOid) : new Map<string, string>(),
      checks?.strict && !byQueue ? isBehindBase(app, open, pull) : false,
      linearHistory && style === 'fast_forward' ? hasMergeCommits(app, open, pull) : false,
      isPusher(app, open, rules),
    ]);
  return {
    ...{ reviews, lastPusherIds, missingOwners, openThreads, checks: states, isBehind, hasMerges, byQueue },
    isPusher: mayPush,
    ...(style ? { style } : {}),
  };
}

async function reviewsOf(app: App, open: OpenRepository, pull: Pull): Promise<MergeFacts['reviews']> {
  const counted = await reviewsThatCount(app, open, pull);
  return counted.map(({ reviewerId: userId, state, mayWrite, isStale }) => ({
    userId,
    state,
    mayWrite,
    isStale,
  }));
}

async function missingOwnersOf(
  app: App,
  open: OpenRepository,
  pull: Pull,
  dismissesStale: boolean,
): Promise<string[]> {
  const reviews = await reviewsThatCount(app, open, pull);
  const counts = reviews.filter(({ state, isStale }) => state === 'approved' && !(dismissesStale && isStale));
  return missingOwners(app, open, pull.pull, new Set(counts.map(({ reviewerId }) => reviewerId)));
}

/** Of a head that nobody was seen to push, as of one that was there before its pull request, whoever pushed it to its branch. */
async function lastPushersOf(app: App, { issue, pull }: Pull): Promise<Set<number>> {
  const [newest] = await listRevisions(app.db.read, issue.id, 1);
  const pushers = new Set(newest?.pusherId == null ? [] : [newest.pusherId]);
  const { headRepositoryId: repositoryId, headBranch: branch, headOid: oid } = pull;
  if (repositoryId === null || branch === '' || (pushers.size > 0 && pull.revision > 1)) return pushers;
  const push = await findPushOf(app, { repositoryId, branch, oid });
  return push?.actorId === undefined ? pushers : pushers.add(push.actorId);
}

async function statesOf(app: App, open: OpenRepository, oid: Oid): Promise<Map<string, string>> {
  const { checks } = await checksOf(app, open, oid);
  return new Map(checks.map(({ context, state }) => [context, state]));
}

/** Whether the base has commits that the head has not. */
export async function isBehindBase(
  app: App,
  open: Pick<OpenRepository, 'dir'>,
  { pull }: Pull,
): Promise<boolean> {
  const tip = await baseTipOf(app, open, pull);
  if (tip === undefined || tip === pull.mergeBaseOid) return false;
  return !(await containsCommit(app.git, open.dir, tip, pull.headOid));
}

async function hasMergeCommits(app: App, open: OpenRepository, { pull }: Pull): Promise<boolean> {
  const tip = await baseTipOf(app, open, pull);
  if (tip === undefined) return false;
  const args = ['rev-list', '--merges', '--max-count=1', pull.headOid, `^${tip}`, '--'];
  const { stdout } = await app.git.run(args, { dir: open.dir });
  return stdout.length > 0;
}
