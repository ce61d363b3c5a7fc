// Reviews and their comments in the JSON that Gitea's API clients expect.
import { isoTime } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { decodePath } from '../code/paths.service.ts';
import { issueHref } from '../issues/addresses.service.ts';
import { entryTexts } from '../issues/comments.service.ts';
import { namedTeamsJson } from '../orgs/known-teams.json.ts';
import { writersAmong } from '../repos/readers.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { accountsJson, ghostJson } from '../users/accounts.json.ts';
import type { Pull, ReviewDraftRow, ReviewRow, ThreadRow } from './pulls.types.ts';
import { isOwnText } from './review-drafts.service.ts';
import type { RequestItem } from './review-requests.service.ts';
import { threadHref } from './threads.present.ts';
import { threadsOfReviews } from './threads.service.ts';
import { findThreads } from './threads.store.ts';
import type { ThreadComment, ThreadPlace } from './threads.types.ts';

type Json = Record<string, unknown>;

const STATES: Readonly<Record<ReviewRow['state'], string>> = {
  commented: 'COMMENT',
  approved: 'APPROVED',
  changes_requested: 'REQUEST_CHANGES',
  dismissed: 'APPROVED',
};

/** The id of the pending review of whoever asks: it is no row until it is submitted. */
export const PENDING_ID = 0;

/** Reviews in their order, in a constant number of statements. */
export async function reviewsJson(
  app: App,
  open: OpenRepository,
  pull: Pull,
  reviews: readonly ReviewRow[],
): Promise<Json[]> {
  const ids = reviews.map(({ id }) => id);
  const owned = { repository: open.repository, ownerKind: open.owner.kind };
  const reviewers = reviews.map(({ reviewerId }) => reviewerId);
  const writers = await writersAmong(app, owned, 'pulls', reviewers);
  const [people, texts, { comments }] = await Promise.all([
    accountsJson(app, open.actor, reviewers),
    entryTexts(
      app,
      reviews.map(({ entryId }) => entryId),
    ),
    threadsOfReviews(app, pull, ids),
  ]);
  const counts = Map.groupBy(comments, ({ reviewId }) => reviewId);
  const page = app.publicUrl() + issueHref(open.path, pull.issue);
  return reviews.map((review) => ({
    id: review.id,
    user: people.get(review.reviewerId) ?? ghostJson(app),
    team: null,
    state: stateOf(review),
    body: texts.get(review.entryId) ?? '',
    commit_id: review.commitOid,
    stale: review.isStale,
    official: writers.has(review.reviewerId),
    dismissed: review.state === 'dismissed',
    comments_count: counts.get(review.id)?.length ?? 0,
    submitted_at: isoTime(review.submittedAt),
    updated_at: isoTime(review.dismissedAt ?? review.submittedAt),
    html_url: `${page}#review-${review.id}`,
    pull_request_url: page,
  }));
}

function stateOf({ state, stateBefore }: ReviewRow): string {
  return STATES[state === 'dismissed' ? (stateBefore ?? 'commented') : state];
}

/**
 * Reviews that are asked for and not there yet, which Gitea shows among reviews. They are no reviews here: their ids are
 * negative, and nothing is found by them.
 */
export async function requestsJson(
  app: App,
  open: OpenRepository,
  { issue, pull }: Pull,
  requests: readonly RequestItem[],
): Promise<Json[]> {
  const named = requests.flatMap(({ team }) => team ?? []);
  const [people, teams] = await Promise.all([
    accountsJson(
      app,
      open.actor,
      requests.flatMap(({ user }) => user?.id ?? []),
    ),
    namedTeamsJson(app, open.actor, open.owner.id, named),
  ]);
  const page = app.publicUrl() + issueHref(open.path, issue);
  return requests.map(({ id, user, team, createdAt }) => ({
    id: -id,
    user: people.get(user?.id ?? 0) ?? null,
    team: teams.get(team?.id ?? 0) ?? null,
    ...{ state: 'REQUEST_REVIEW', body: '', commit_id: pull.headOid, comments_count: 0 },
    ...{ stale: false, official: true, dismissed: false },
    submitted_at: isoTime(createdAt),
    updated_at: isoTime(createdAt),
    html_url: page,
    pull_request_url: page,
  }));
}

/** What somebody has not submitted. */
export async function pendingJson(
  app: App,
  open: OpenRepository,
  { issue, pull }: Pull,
  drafts: readonly ReviewDraftRow[],
): Promise<Json> {
  const { actor } = open;
  const own = actor.kind === 'user' ? actor.userId : 0;
  const page = app.publicUrl() + issueHref(open.path, issue);
  const last = drafts.at(-1)?.updatedAt ?? app.clock.now();
  return {
    id: PENDING_ID,
    user: (await accountsJson(app, actor, [own])).get(own) ?? null,
    team: null,
    state: 'PENDING',
    body: drafts.find(isOwnText)?.body ?? '',
    commit_id: pull.headOid,
    stale: false,
    official: false,
    dismissed: false,
    comments_count: drafts.filter((draft) => !isOwnText(draft)).length,
    submitted_at: isoTime(last),
    updated_at: isoTime(last),
    html_url: `${page}/files`,
    pull_request_url: page,
  };
}

/** Comments on code with the threads they are in. */
export async function reviewCommentsJson(
  app: App,
  open: OpenRepository,
  pull: Pull,
  comments: readonly ThreadComment[],
  threads: ReadonlyMap<number, ThreadRow>,
): Promise<Json[]> {
  const resolvers = [...threads.values()].flatMap(({ resolvedById }) => resolvedById ?? []);
  const writers = comments.flatMap(({ entry }) => entry.actorId ?? []);
  const people = await accountsJson(app, open.actor, [...writers, ...resolvers]);
  const page = app.publicUrl() + issueHref(open.path, pull.issue);
  return comments.flatMap(({ threadId, reviewId, entry }) => {
    const thread = threads.get(threadId);
    if (!thread) return [];
    return {
      id: entry.id,
      body: entry.body ?? '',
      content_version: entry.bodyVersion,
      user: people.get(entry.actorId ?? 0) ?? ghostJson(app),
      resolver: people.get(thread.resolvedById ?? 0) ?? null,
      pull_request_review_id: reviewId,
      thread_id: threadId,
      created_at: isoTime(entry.createdAt),
      updated_at: isoTime(entry.bodyEditedAt ?? entry.createdAt),
      ...placeJson(thread),
      html_url: app.publicUrl() + threadHref(open, pull, thread),
      pull_request_url: page,
    };
  });
}

function placeJson(thread: ThreadPlace): Json {
  const line = thread.isOutdated ? 0 : (thread.currentLine ?? 0);
  const isBase = thread.side === 'base';
  return {
    path: decodePath(thread.isOutdated ? thread.path : thread.currentPath).toString('utf8'),
    commit_id: thread.originalHeadOid,
    original_commit_id: thread.originalHeadOid,
    diff_hunk: thread.hunk,
    position: isBase ? 0 : line,
    original_position: isBase ? line : 0,
    side: isBase ? 'LEFT' : 'RIGHT',
    line: line || null,
    start_line: thread.isOutdated ? null : thread.currentStartLine,
    original_line: thread.line,
    original_start_line: thread.startLine,
    subject_type: thread.subject,
    outdated: thread.isOutdated,
  };
}

/** Pending comments of whoever asks; their ids are those of drafts, and they have others once they are submitted. */
export async function draftsJson(
  app: App,
  open: OpenRepository,
  { issue }: Pull,
  drafts: readonly ReviewDraftRow[],
): Promise<Json[]> {
  const { actor } = open;
  const own = actor.kind === 'user' ? actor.userId : 0;
  const [people, threads] = await Promise.all([
    accountsJson(app, actor, [own]),
    findThreads(
      app.db.read,
      issue.id,
      drafts.flatMap(({ threadId }) => threadId ?? []),
    ),
  ]);
  const byId = new Map(threads.map((thread) => [thread.id, thread]));
  const page = app.publicUrl() + issueHref(open.path, issue);
  return drafts.flatMap((draft) => {
    const place = byId.get(draft.threadId ?? 0) ?? (draft.place as unknown as ThreadPlace | null);
    if (isOwnText(draft) || !place) return [];
    return {
      id: draft.id,
      body: draft.body,
      content_version: draft.version,
      user: people.get(own) ?? null,
      resolver: null,
      pull_request_review_id: PENDING_ID,
      thread_id: draft.threadId,
      created_at: isoTime(draft.createdAt),
      updated_at: isoTime(draft.updatedAt),
      ...placeJson(place),
      html_url: `${page}/files`,
      pull_request_url: page,
    };
  });
}
