// The page of a pull request: the conversation of its issue, and what pull requests have besides.
import type { App } from '../../platform/app.types.ts';
import { issuePageModel } from '../issues/issue-page.present.ts';
import type { IssueRights } from '../issues/issues.policy.ts';
import type { TimelinePlace } from '../issues/timeline.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { headBranchChoices } from './head-branches.service.ts';
import { type BoxMore, mergeBoxModel, revertOf } from './merge-box.present.ts';
import { openedWith } from './pull-commits.service.ts';
import { pullFrame } from './pull-frame.present.ts';
import { problemOfReopening } from './pull-states.service.ts';
import { COMMITS_SHOWN, pullItems, reviewIdsIn } from './pull-timeline.present.ts';
import type { Pull } from './pulls.types.ts';
import { queueBox } from './queue.present.ts';
import { draftsOf } from './review-drafts.service.ts';
import { reviewersModel } from './reviewers.present.ts';
import { stackModel } from './stacks.present.ts';
import { type ThreadModel, threadModels } from './threads.present.ts';

/** Everything the tab Conversation shows. */
export async function conversationModel(
  app: App,
  open: OpenRepository,
  found: Pull,
  place: TimelinePlace,
  merge: BoxMore = {},
) {
  const [frame, { entries, names, ...model }] = await Promise.all([
    pullFrame(app, open, found, 'conversation'),
    issuePageModel(app, open, found.issue, place),
  ]);
  // Only the first part begins with what it was opened with.
  const opening = model.olderHref ? undefined : await openedWith(app, open, found, COMMITS_SHOWN);
  const items = await pullItems(app, open, found, { items: model.items, entries, names }, opening);
  const { rights } = frame;
  const { actor } = open;
  const saidOfCode = await threadModels(app, open, found, reviewIdsIn(items));
  const reviewers = await reviewersModel(app, open, found);
  const selfId = actor.kind === 'user' ? actor.userId : 0;
  return {
    ...model,
    ...frame,
    items,
    /** What reviews say of code, by review. */
    saidOfCode,
    hasSuggestions: [...saidOfCode.values()].some(({ threads }) => threads.some(offersSuggestions)),
    hasPending: (await draftsOf(app, actor, found)).length > 0,
    reviewers,
    isAsked: frame.pull.isOpen && reviewers.requestedUserIds.includes(selfId),
    stack: await stackModel(app, open, found),
    queueBox: await queueBox(app, open, found),
    headBranch: await headBranchChoices(app, actor, found),
    box: await mergeBoxModel(app, open, found, merge),
    revert: revertOf(open, found),
    mayDraft: found.issue.state === 'open' && (rights.manage || (rights.isAuthor && rights.comment)),
    edits: editsOf(open, found, rights),
    reopening: await reopeningOf(app, open, found),
  };
}

/** Whether a closed pull request can be opened again, and if not why. */
async function reopeningOf(
  app: App,
  open: OpenRepository,
  found: Pull,
): Promise<{ problem: string | undefined } | undefined> {
  const { issue } = found;
  if (issue.state === 'open' || issue.closeReason === 'merged') return undefined;
  return { problem: await problemOfReopening(app, open, found) };
}

/** Whether others may push to the branch in the fork, for its author, who says so. */
function editsOf(
  open: OpenRepository,
  { issue, pull }: Pull,
  { isAuthor, comment }: IssueRights,
): { allowed: boolean } | undefined {
  const isElsewhere = pull.headRepositoryId !== null && pull.headRepositoryId !== open.repository.id;
  if (!isElsewhere || !isAuthor || !comment || issue.state === 'closed') return undefined;
  return { allowed: pull.allowsEdits };
}

function offersSuggestions({ mayApply, comments }: ThreadModel): boolean {
  return mayApply && comments.some(({ suggestions }) => suggestions.length > 0);
}
