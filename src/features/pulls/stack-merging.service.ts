// Merges a stack up to one of its pull requests: through the queue of its base where that has one, else all in one step.
import type { Actor } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { authorOf } from '../code/commit-authors.service.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { changePull } from './changing-pulls.service.ts';
import { landMerge } from './landing.service.ts';
import { goOnInto } from './lost-branches.service.ts';
import { buildMerge } from './merge-building.service.ts';
import { inBranchTurn } from './merge-turns.service.ts';
import type { MergeRequest } from './merges.types.ts';
import { orderOf } from './merging.service.ts';
import { whilePushing } from './pull-refs.service.ts';
import { findPullById } from './pulls.store.ts';
import type { MergeOrder, Pull } from './pulls.types.ts';
import { enqueuePull, hasQueue, queueEntryOf } from './queue.service.ts';
import { keptOutBy, OF_STACK } from './queue-landing.service.ts';
import { ownCommitsOn } from './restacking.service.ts';
import { listBelow } from './stacks.service.ts';

/** What is open of a stack from the bottom up to one of its pull requests, and the branch it goes into. */
export async function openPartOf(
  app: App,
  open: OpenRepository,
  pull: Pull,
): Promise<{ part: Pull[]; branch: string }> {
  const below = (await listBelow(app, open, pull)).filter(({ issue }) => issue.state === 'open');
  const part = [...below, pull];
  return { part, branch: part[0]?.pull.baseBranch ?? pull.pull.baseBranch };
}

/**
 * Merges a stack from the bottom up to a pull request. With a queue they enter it in order; otherwise all of them are merged
 * or none. Returns what was done. Throws what merging one of them throws, with its number.
 */
export async function mergeStack(
  app: App,
  actor: Actor,
  open: OpenRepository,
  pull: Pull,
  request: Pick<MergeRequest, 'style' | 'deleteBranch'> = {},
): Promise<'queued' | 'merged'> {
  await requireAbility(app.db.read, actor, open, 'pulls:merge');
  const { part, branch } = await openPartOf(app, open, pull);
  const isQueued = await hasQueue(app, open, branch);
  for (const one of part) await requireReady(app, open, one, branch, isQueued);
  await standOnOneAnother(app, actor, open, part, branch);
  if (isQueued) {
    for (const one of await again(app, part))
      if (!(await queueEntryOf(app, one))) await enqueuePull(app, actor, open, one, { branch });
    return 'queued';
  }
  await inBranchTurn(app, open.repository.id, branch, () =>
    whilePushing(app, open.dir, () => mergeAll(app, actor, open, part, branch, request)),
  );
  return 'merged';
}

async function requireReady(
  app: App,
  open: OpenRepository,
  pull: Pull,
  branch: string,
  isQueued: boolean,
): Promise<void> {
  const unmet = await keptOutBy(app, open, pull, branch, isQueued ? undefined : OF_STACK);
  if (unmet) throw new AppError('forbidden', `#${pull.issue.number}: ${unmet.text}`);
}

/** Each goes into the branch at the bottom and stands on the one below it, which is the same as being based on its branch. */
async function standOnOneAnother(
  app: App,
  actor: Actor,
  open: OpenRepository,
  part: readonly Pull[],
  branch: string,
): Promise<void> {
  for (const [at, { issue }] of part.entries()) {
    const below = part[at - 1];
    if (!below) continue;
    await changePull(app, actor, open, issue.id, 'pulls:merge', async (change) => {
      if (change.pull.basePullId !== below.issue.id) change.setPull({ basePullId: below.issue.id });
      if (change.pull.baseBranch !== branch) await goOnInto(app, actor, change, branch, undefined);
    });
  }
}

async function again(app: App, part: readonly Pull[]): Promise<Pull[]> {
  const found: Pull[] = [];
  for (const { issue } of part) {
    const now = await findPullById(app.db.read, issue.id);
    if (now) found.push(now);
  }
  return found;
}

async function mergeAll(
  app: App,
  actor: Actor,
  open: OpenRepository,
  part: readonly Pull[],
  branch: string,
  request: Pick<MergeRequest, 'style' | 'deleteBranch'>,
): Promise<void> {
  const from = await app.git.ref(open.dir, `refs/heads/${branch}`);
  if (from === undefined) throw new AppError('conflict', `The branch ${branch} is gone.`);
  const merges: { pull: Pull; order: MergeOrder; oid: Oid }[] = [];
  let to = from;
  for (const pull of await again(app, part)) {
    // Commits may have come while it waited for the branch's turn.
    await requireReady(app, open, pull, branch, false);
    const order = await orderOf(app, actor, open, pull, request);
    to = await buildOne(app, actor, open, pull, order, to);
    merges.push({ pull, order, oid: to });
  }
  await landMerge(app, actor, open, { branch, from, to, merges });
}

async function buildOne(
  app: App,
  actor: Actor,
  open: OpenRepository,
  pull: Pull,
  order: MergeOrder,
  baseOid: Oid,
): Promise<Oid> {
  const committer = await authorOf(app, actor);
  const headOid = await ownCommitsOn(app, open, pull, { baseOid, committer });
  const of = { issue: pull.issue, pull: { ...pull.pull, headOid } };
  return buildMerge(app, open, of, order, { baseOid, committer });
}
