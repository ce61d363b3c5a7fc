// What happens to pull requests alone, as webhooks are told of it.
import type { App } from '../../platform/app.types.ts';
import { toldIssues } from '../issues/told-issues.service.ts';
import { MOST_AT_ONCE } from './conversation-happenings.service.ts';
import type { EventOf, HappeningPart, Makers } from './happenings.types.ts';
import type { HookEventName } from './hook-events.data.ts';

const GITHUB = ['github'] as const;

type Plain = EventOf<
  | 'pull.merged'
  | 'pull.base_changed'
  | 'pull.drafted'
  | 'pull.readied'
  | 'pull.auto_merge_enabled'
  | 'pull.auto_merge_disabled'
  | 'pull.queued'
  | 'pull.dequeued'
>;

const ACTIONS: Readonly<Record<Plain['kind'], string>> = {
  'pull.merged': 'closed',
  'pull.base_changed': 'edited',
  'pull.drafted': 'converted_to_draft',
  'pull.readied': 'ready_for_review',
  'pull.auto_merge_enabled': 'auto_merge_enabled',
  'pull.auto_merge_disabled': 'auto_merge_disabled',
  'pull.queued': 'enqueued',
  'pull.dequeued': 'dequeued',
};

function ofPull(app: App, event: Plain): Promise<HappeningPart[]> {
  const { repositoryId } = event;
  return whereItIs(app, event, [
    { part: 'pull', name: 'pull_request', action: ACTIONS[event.kind], repositoryId },
  ]);
}

/** Nothing of what is gone. */
async function whereItIs(
  app: App,
  { repositoryId, issueId }: { repositoryId: number; issueId: number },
  parts: HappeningPart[],
): Promise<HappeningPart[]> {
  const known = (await toldIssues(app, [issueId])).get(issueId);
  return known?.repositoryId === repositoryId ? parts : [];
}

function ofNewCommits(app: App, event: EventOf<'pull.synchronized'>): Promise<HappeningPart[]> {
  const { repositoryId } = event;
  return whereItIs(app, event, [
    { part: 'pull', name: 'pull_request_sync', action: 'synchronized', repositoryId },
  ]);
}

const REVIEWS: Readonly<Record<string, HookEventName>> = {
  approved: 'pull_request_review_approved',
  changes_requested: 'pull_request_review_rejected',
};

/** GitHub tells of each comment on code by itself besides. */
function ofReview(app: App, event: EventOf<'pull.review_submitted'>): Promise<HappeningPart[]> {
  const { repositoryId, state, entryId, commentIds } = event;
  const name = REVIEWS[state] ?? 'pull_request_review_comment';
  const comments = commentIds.slice(0, MOST_AT_ONCE).map(
    (id): HappeningPart => ({
      ...{ part: `comment:${id}`, name: 'pull_request_review_comment', action: 'created', repositoryId },
      ...{ about: { entryId: id }, formats: GITHUB },
    }),
  );
  const review = { part: 'review', name, action: 'reviewed', repositoryId, about: { entryId } };
  return whereItIs(app, event, [review, ...comments]);
}

function ofDismissal(app: App, event: EventOf<'pull.review_dismissed'>): Promise<HappeningPart[]> {
  const { repositoryId } = event;
  return whereItIs(app, event, [
    { part: 'review', name: 'pull_request_review_rejected', action: 'dismissed', repositoryId },
  ]);
}

function ofRequests(
  app: App,
  event: EventOf<'pull.review_requested' | 'pull.review_request_removed'>,
): Promise<HappeningPart[]> {
  const { repositoryId, userIds, teamIds } = event;
  const action = event.kind === 'pull.review_requested' ? 'review_requested' : 'review_request_removed';
  const of = { name: 'pull_request_review_request', action, repositoryId } as const;
  return whereItIs(app, event, [
    ...userIds.slice(0, MOST_AT_ONCE).map((userId) => ({ ...of, part: `user:${userId}`, about: { userId } })),
    ...teamIds.slice(0, MOST_AT_ONCE).map((teamId) => ({ ...of, part: `team:${teamId}`, about: { teamId } })),
  ]);
}

/** Only GitHub has a word for it. */
function ofThread(
  app: App,
  event: EventOf<'pull.thread_resolved' | 'pull.thread_unresolved'>,
): Promise<HappeningPart[]> {
  const { repositoryId, kind } = event;
  const action = kind === 'pull.thread_resolved' ? 'resolved' : 'unresolved';
  return whereItIs(app, event, [
    { part: 'thread', name: 'pull_request_review_comment', action, repositoryId, formats: GITHUB },
  ]);
}

function ofGroup(
  _app: App,
  { kind, repositoryId }: EventOf<'merge_group.checks_requested' | 'merge_group.destroyed'>,
): HappeningPart[] {
  const action = kind === 'merge_group.destroyed' ? 'destroyed' : 'checks_requested';
  return [{ part: 'group', name: 'merge_group', action, repositoryId }];
}

export const PULL_MAKERS = {
  'pull.merged': ofPull,
  'pull.base_changed': ofPull,
  'pull.drafted': ofPull,
  'pull.readied': ofPull,
  'pull.auto_merge_enabled': ofPull,
  'pull.auto_merge_disabled': ofPull,
  'pull.queued': ofPull,
  'pull.dequeued': ofPull,
  'pull.synchronized': ofNewCommits,
  'pull.review_submitted': ofReview,
  'pull.review_dismissed': ofDismissal,
  'pull.review_requested': ofRequests,
  'pull.review_request_removed': ofRequests,
  'pull.thread_resolved': ofThread,
  'pull.thread_unresolved': ofThread,
  'merge_group.checks_requested': ofGroup,
  'merge_group.destroyed': ofGroup,
} satisfies Makers;
