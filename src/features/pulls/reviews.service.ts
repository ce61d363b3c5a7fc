// Reviews: submitted with their comments in one step, and dismissed. Which of them count: counted-reviews.service.ts.
import { type Actor, doneBy } from '../../base/actor.ts';
import { AppError, invalid, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { claimAttachments } from '../issues/attachments.service.ts';
import { countPost, requirePerson, requireTalking } from '../issues/changing.service.ts';
import { parseBody } from '../issues/issues.input.ts';
import { takePart } from '../issues/participants.service.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { followThreadsLater } from './anchors.service.ts';
import { changePull } from './changing-pulls.service.ts';
import { decisionWithin } from './counted-reviews.service.ts';
import type { Pull, PullChange, PullRow, ReviewRow } from './pulls.types.ts';
import { commentsOfDrafts } from './review-drafts.service.ts';
import { listDrafts, removeDrafts } from './review-drafts.store.ts';
import {
  findReview,
  findRevisionOf,
  insertReview,
  listOpinions,
  listReviews,
  markReviewsStale,
  removeRequestOf,
  updateReview,
} from './reviews.store.ts';
import { countThreads, findThread, insertPullComment, insertThread } from './threads.store.ts';
import type { NewComment, NewReview } from './threads.types.ts';

export { reviewsThatCount } from './counted-reviews.service.ts';

/** Threads of one pull request. */
const MOST_THREADS = 5000;
/** Reviews that numbered pages reach. */
const MOST_REVIEWS = 10_000;
const LONGEST_REASON = 1000;

/**
 * Submits a review with its comments: those given, or whatever its writer has pending. Throws AppError invalid where nothing
 * is said, conflict for approving a head that is no longer the newest, and forbidden where the writer may not take part.
 */
export async function submitReview(
  app: App,
  actor: Actor,
  open: OpenRepository,
  pull: Pull,
  input: NewReview,
): Promise<ReviewRow> {
  await requireAbility(app.db.read, actor, open, 'pulls:comment');
  const userId = requirePerson(actor);
  const body = parseBody(input.body);
  if (pull.issue.authorId === userId && input.state !== 'commented')
    throw invalid({ state: 'Your own pull request can be commented on, but not approved or refused.' });
  countPost(app, userId);
  return changePull(app, actor, open, pull.issue.id, 'pulls:comment', async (change) => {
    await requireTalking(app, change.tx, open, change.issue, userId);
    const pending = { issueId: change.issue.id, userId };
    const comments = input.drafts ?? commentsOfDrafts(await listDrafts(change.tx, pending));
    const text = body.trim() === '' ? await pendingText(change.tx, pending, input) : body;
    requireSaid(input, text, comments);
    const place = await reviewedPlace(change, input);
    const review = await addReview(change, userId, { ...place, state: input.state, body: text });
    const commentIds: number[] = [];
    for (const comment of comments) commentIds.push(await addComment(app, actor, change, review, comment));
    if (input.drafts === undefined) await removeDrafts(change.tx, pending);
    if (comments.some((one) => 'place' in one && one.place.currentRevision < change.pull.revision))
      await followThreadsLater(change.tx, app, change.issue.id);
    await afterReview(app, actor, open, change, { review, commentIds, body: text });
    return review;
  });
}

/** What was kept of the review's own text, where the API began a review with one. */
async function pendingText(
  tx: Tx,
  pending: { issueId: number; userId: number },
  { drafts }: NewReview,
): Promise<string> {
  if (drafts !== undefined) return '';
  const own = (await listDrafts(tx, pending)).find((row) => row.threadId === null && row.place === null);
  return own?.body ?? '';
}

function requireSaid({ state }: NewReview, body: string, comments: readonly NewComment[]): void {
  if (state === 'approved' || body.trim() !== '' || comments.length > 0) return;
  throw invalid({
    body: state === 'commented' ? 'Write something, or comment on a line first.' : 'Say what should change.',
  });
}

/** What was looked at. An approval is of the newest head alone: nobody approves what they have not seen. */
async function reviewedPlace(
  { tx, pull }: PullChange,
  { headOid, state }: NewReview,
): Promise<Pick<ReviewRow, 'commitOid' | 'revision'>> {
  const now = { commitOid: pull.headOid, revision: pull.revision };
  if (headOid === undefined || headOid === pull.headOid) return now;
  if (state === 'approved')
    throw new AppError(
      'conflict',
      'New commits came since you opened this page. Look at them, then approve.',
    );
  const revision = await findRevisionOf(tx, pull.issueId, headOid);
  return revision === undefined ? now : { commitOid: headOid, revision };
}

async function addReview(
  change: PullChange,
  reviewerId: number,
  { state, body, commitOid, revision }: Pick<ReviewRow, 'commitOid' | 'revision'> & NewReview,
): Promise<ReviewRow> {
  const { tx, issue, now, pull } = change;
  const entryId = await change.addEntry('review', { reviewId: 0, state }, { body });
  const review = await insertReview(tx, {
    issueId: issue.id,
    reviewerId,
    state,
    commitOid,
    revision,
    entryId,
    isStale: revision < pull.revision,
    submittedAt: now,
  });
  await change.setData('review', entryId, { reviewId: review.id, state });
  return review;
}

async function addComment(
  app: App,
  actor: Actor,
  change: PullChange,
  { id: reviewId }: ReviewRow,
  comment: NewComment,
): Promise<number> {
  const { tx, issue } = change;
  const threadId =
    'threadId' in comment ? await threadOf(change, comment.threadId) : await newThread(change, comment);
  const entryId = await change.addEntry('review_comment', { threadId, reviewId }, { body: comment.body });
  await insertPullComment(tx, { entryId, issueId: issue.id, threadId, reviewId });
  await claimAttachments(app, tx, {
    repositoryId: issue.repositoryId,
    uploaderId: requirePerson(actor),
    issueId: issue.id,
    entryId,
    body: comment.body,
  });
  return entryId;
}

async function threadOf({ tx, issue }: PullChange, threadId: number): Promise<number> {
  const thread = await findThread(tx, issue.id, threadId);
  if (!thread) throw notFound('thread');
  return thread.id;
}

async function newThread(
  { tx, issue, now }: PullChange,
  { place }: Extract<NewComment, { place: unknown }>,
): Promise<number> {
  if ((await countThreads(tx, issue.id)) >= MOST_THREADS)
    throw new AppError('too_large', `A pull request holds at most ${MOST_THREADS} threads.`);
  return insertThread(tx, { ...place, issueId: issue.id, createdAt: now });
}

async function afterReview(
  app: App,
  actor: Actor,
  open: OpenRepository,
  change: PullChange,
  { review, commentIds, body }: { review: ReviewRow; commentIds: number[]; body: string },
): Promise<void> {
  const { tx, issue } = change;
  const { reviewerId: userId, entryId } = review;
  const of = { repositoryId: issue.repositoryId, issueId: issue.id };
  await claimAttachments(app, tx, { ...of, uploaderId: userId, entryId, body });
  await takePart(app, tx, { issueId: issue.id, userId });
  await removeRequestOf(tx, issue.id, userId);
  const written = commentIds.length + (body.trim() === '' ? 0 : 1);
  change.set({ commentCount: issue.commentCount + written });
  if (review.state !== 'commented')
    change.setPull({ decision: await decisionWithin(app, tx, open, issue.id) });
  await app.events.record(tx, {
    kind: 'pull.review_submitted',
    ...doneBy(actor),
    ...of,
    reviewId: review.id,
    entryId,
    state: review.state,
    commentIds,
  });
}

/** A review of a pull request; throws AppError not_found. */
export async function requireReview(
  app: App,
  { issue }: Pick<Pull, 'issue'>,
  id: number,
): Promise<ReviewRow> {
  const review = await findReview(app.db.read, issue.id, id);
  if (!review) throw notFound('review');
  return review;
}

/** A numbered page of reviews in their order. */
export async function pageOfReviews(
  app: App,
  { issue }: Pick<Pull, 'issue'>,
  { page, limit }: { page: number; limit: number },
): Promise<{ reviews: ReviewRow[]; hasMore: boolean }> {
  if (page * limit > MOST_REVIEWS) return { reviews: [], hasMore: false };
  const found = await listReviews(app.db.read, issue.id, { offset: (page - 1) * limit, limit: limit + 1 });
  return { reviews: found.slice(0, limit), hasMore: found.length > limit };
}

/** Takes an approval or a refusal away, with the reason, which may be empty. Throws AppError invalid for mere comments. */
export async function dismissReview(
  app: App,
  actor: Actor,
  open: OpenRepository,
  pull: Pull,
  reviewId: number,
  reason: string,
): Promise<void> {
  const userId = requirePerson(actor);
  const message = reason.trim();
  if (message.length > LONGEST_REASON)
    throw invalid({ message: `Give a reason of at most ${LONGEST_REASON} characters.` });
  await changePull(app, actor, open, pull.issue.id, 'pulls:manage', async (change) => {
    const { tx, issue, now } = change;
    const review = await findReview(tx, issue.id, reviewId);
    if (!review) throw notFound('review');
    if (review.state === 'dismissed') return;
    if (review.state === 'commented')
      throw invalid({ review: 'Only approvals and requests for changes can be dismissed.' });
    await updateReview(tx, review.id, {
      state: 'dismissed',
      stateBefore: review.state,
      dismissedAt: now,
      dismissedById: userId,
    });
    const { reviewerId } = review;
    const entryId = await change.addEntry('review_dismissed', { reviewId, reviewerId, message });
    change.setPull({ decision: await decisionWithin(app, tx, open, issue.id) });
    const of = { repositoryId: issue.repositoryId, issueId: issue.id };
    await app.events.record(tx, {
      kind: 'pull.review_dismissed',
      ...doneBy(actor),
      ...of,
      reviewId: review.id,
      entryId,
    });
  });
}

/** What the person of a review said before it and still counts, by id. */
export async function priorOpinions(
  app: App,
  { issue }: Pick<Pull, 'issue'>,
  reviewId: number,
): Promise<number[]> {
  const opinions = await listOpinions(app.db.read, issue.id);
  const reviewerId = opinions.find(({ id }) => id === reviewId)?.reviewerId;
  return opinions
    .filter((one) => one.reviewerId === reviewerId && one.id < reviewId && one.state !== 'dismissed')
    .map(({ id }) => id);
}

/** Lets a dismissed review count again. */
export async function restoreReview(
  app: App,
  actor: Actor,
  open: OpenRepository,
  pull: Pull,
  reviewId: number,
): Promise<void> {
  await changePull(app, actor, open, pull.issue.id, 'pulls:manage', async (change) => {
    const { tx, issue } = change;
    const review = await findReview(tx, issue.id, reviewId);
    if (!review) throw notFound('review');
    if (review.state !== 'dismissed' || review.stateBefore === null) return;
    const { stateBefore: state } = review;
    await updateReview(tx, review.id, { state, stateBefore: null, dismissedAt: null, dismissedById: null });
    change.setPull({ decision: await decisionWithin(app, tx, open, issue.id) });
    const of = { repositoryId: issue.repositoryId, issueId: issue.id };
    await app.events.record(tx, {
      kind: 'pull.review_restored',
      ...doneBy(actor),
      ...of,
      reviewId: review.id,
    });
  });
}

/** Marks reviews of earlier heads as such, in the transaction that brings a new one. */
export async function markStale(
  tx: Tx,
  _app: App,
  pull: Pick<PullRow, 'issueId'>,
  revision: number,
): Promise<void> {
  await markReviewsStale(tx, pull.issueId, revision);
}
