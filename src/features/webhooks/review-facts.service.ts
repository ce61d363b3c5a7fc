// What there is to say of reviews, their comments on code and their threads.
import { SYSTEM } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import { findTimelineEntry } from '../issues/lookups.service.ts';
import { listReviews } from '../pulls/pulls.service.ts';
import type { Pull, ThreadRow } from '../pulls/pulls.types.ts';
import { reviewCommentsJson, reviewsJson } from '../pulls/reviews.json.ts';
import { requireThread, threadOfComment, withComments } from '../pulls/threads.service.ts';
import type { ThreadComment } from '../pulls/threads.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { Facts, Json } from './facts.types.ts';
import { orUndefined } from './gone.service.ts';
import type { Happening } from './happenings.types.ts';

/** Comments of a thread that are told of together. */
const MOST_TOGETHER = 20;

/** The review, or the comment on code, or the thread that it is about. */
export async function reviewFacts(
  app: App,
  open: OpenRepository,
  { event, about, action }: Happening,
  pull: Pull,
): Promise<Partial<Facts>> {
  if (event?.kind === 'pull.thread_resolved' || event?.kind === 'pull.thread_unresolved')
    return threadFacts(app, open, pull, event.threadId);
  if (event?.kind === 'pull.review_dismissed') return ofReview(app, open, pull, event.reviewId);
  if (event?.kind === 'pull.review_submitted') {
    const review = await ofReview(app, open, pull, event.reviewId);
    if (action === 'reviewed' || about.entryId === undefined) return review;
    return { ...review, ...(await ofCodeComment(app, open, pull, about.entryId)) };
  }
  if (about.entryId === undefined || event?.kind !== 'issue.text_edited') return {};
  return ofEdited(app, open, pull, about.entryId);
}

async function ofReview(app: App, open: OpenRepository, pull: Pull, id: number): Promise<Partial<Facts>> {
  const reviews = await listReviews(app, pull.issue.id, [id]);
  const [review] = await reviewsJson(app, { ...open, actor: SYSTEM }, pull, reviews);
  return review ? { review } : {};
}

/** What was edited may be the text of a review, or a comment on code. */
async function ofEdited(
  app: App,
  open: OpenRepository,
  pull: Pull,
  entryId: number,
): Promise<Partial<Facts>> {
  const entry = await findTimelineEntry(app, pull.issue.id, entryId);
  const reviewId = entry?.data.reviewId;
  if (typeof reviewId !== 'number') return {};
  const review = await ofReview(app, open, pull, reviewId);
  if (entry?.kind === 'review') return review;
  return { ...review, ...(await ofCodeComment(app, open, pull, entryId)) };
}

async function ofCodeComment(
  app: App,
  open: OpenRepository,
  pull: Pull,
  entryId: number,
): Promise<Partial<Facts>> {
  const threadId = await orUndefined(threadOfComment(app, pull, entryId));
  const thread = threadId === undefined ? undefined : await orUndefined(requireThread(app, pull, threadId));
  if (!thread) return {};
  const [found] = await withComments(app, [thread]);
  const own = found?.comments.filter(({ entry }) => entry.id === entryId) ?? [];
  const [reviewComment] = await shownComments(app, open, pull, thread, own);
  return reviewComment ? { reviewComment } : {};
}

async function threadFacts(
  app: App,
  open: OpenRepository,
  pull: Pull,
  threadId: number,
): Promise<Partial<Facts>> {
  const row = await orUndefined(requireThread(app, pull, threadId));
  const [found] = row ? await withComments(app, [row]) : [];
  if (!found) return {};
  const comments = found.comments.slice(0, MOST_TOGETHER);
  return { thread: { id: threadId, comments: await shownComments(app, open, pull, found.thread, comments) } };
}

function shownComments(
  app: App,
  open: OpenRepository,
  pull: Pull,
  thread: ThreadRow,
  comments: readonly ThreadComment[],
): Promise<Json[]> {
  return reviewCommentsJson(app, open, pull, comments, new Map([[thread.id, thread]]));
}
