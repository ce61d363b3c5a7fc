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
  const [reviews, lastPusherId, missingOwners, openThreads, states, isBehind, hasMerges, mayPush] =
    await Promise.all([
      asksReviews ? reviewsOf(app, open, pull) : [],
      pullRequest?.lastPushApproval ? lastPusherOf(app, pull) : undefined,
      pullRequest?.codeOwners ? missingOwnersOf(app, open, pull, pullRequest.dismissStale) : [],
      pullRequest?.resolvedThreads ? countUnresolved(app.db.read, pull.issue.id) : 0,
      checks ? statesOf(app, open, pull.pull.headOid) : new Map<string, string>(),
      checks?.strict && !byQueue ? isBehindBase(app, open, pull) : false,
      linearHistory && style === 'fast_forward' ? hasMergeCommits(app, open, pull) : false,
      isPusher(app, open, rules),
    ]);
  return {
    ...{ reviews, lastPusherId, missingOwners, openThreads, checks: states, isBehind, hasMerges, byQueue },
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

async function lastPusherOf(app: App, pull: Pull): Promise<number | undefined> {
  const [newest] = await listRevisions(app.db.read, pull.issue.id, 1);
  return newest?.pusherId ?? undefined;
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
