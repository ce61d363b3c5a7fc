// Reviews in Gitea's REST API v1: listed, submitted at once or begun and submitted later, dismissed; their comments, and threads.
import type { z } from 'zod';
import { AppError, invalid, notFound } from '../../base/errors.ts';
import { isoTime } from '../../base/time.ts';
import { describing } from '../../platform/api/description.ts';
import { bodyOf } from '../../platform/web/api-input.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { commitMetaJson } from '../code/code.json.ts';
import { encodePath } from '../code/paths.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { anchorAt } from './anchors.service.ts';
import {
  dismissalBody,
  newReviewBody,
  replyBody,
  submittedReviewBody,
  suggestionsBody,
} from './pull-bodies.input.ts';
import { PULL_API, pullAt } from './pull-requests.web.ts';
import { findPull } from './pulls.service.ts';
import type { Pull, ReviewRow } from './pulls.types.ts';
import { addDraft, discardReview, draftsOf, keepReviewText } from './review-drafts.service.ts';
import { reviewRequestsOf } from './review-requests.service.ts';
import {
  draftsJson,
  PENDING_ID,
  pendingJson,
  requestsJson,
  reviewCommentsJson,
  reviewsJson,
} from './reviews.json.ts';
import {
  dismissReview,
  pageOfReviews,
  priorOpinions,
  requireReview,
  restoreReview,
  submitReview,
} from './reviews.service.ts';
import { applySuggestions } from './suggestions.service.ts';
import {
  commentOnCode,
  issueOfComment,
  reopenThread,
  resolveThread,
  threadOfComment,
  threadsOfReviews,
} from './threads.service.ts';
import type { NewComment, Opinion } from './threads.types.ts';

const REVIEWS = `${PULL_API}/reviews`;
const REVIEW = `${REVIEWS}/:review{[0-9]+}`;
const COMMENT = '/api/v1/repos/:owner/:repo/pulls/comments/:comment{[0-9]+}';

const described = describing('pull');

export const reviewApiRoutes: Route<Ability, OpenRepository>[] = [
  {
    method: 'get',
    path: REVIEWS,
    access: 'pulls:read',
    handler: getReviews,
    api: described('repoListPullReviews', 'List the reviews of a pull request', 'PullReview[]', {
      about:
        'Behind them what is asked for (REQUEST_REVIEW, with negative ids) and one’s own pending review (PENDING, with the id 0).',
      paged: true,
    }),
  },
  {
    method: 'post',
    path: REVIEWS,
    access: 'pulls:comment',
    expensive: true,
    handler: postReview,
    api: described('repoCreatePullReview', 'Review a pull request', 'PullReview', {
      about: 'Submitted at once, or with the event PENDING, which is taken where none is given, begun.',
      body: newReviewBody,
      example: { event: 'COMMENT', body: 'Looks **good**.' },
    }),
  },
  {
    method: 'get',
    path: REVIEW,
    access: 'pulls:read',
    handler: getReview,
    api: described('repoGetPullReview', 'Get a review', 'PullReview'),
  },
  {
    method: 'post',
    path: REVIEW,
    access: 'pulls:comment',
    handler: postSubmission,
    api: described('repoSubmitPullReview', 'Submit one’s own pending review', 'PullReview', {
      body: submittedReviewBody,
      example: { event: 'COMMENT', body: 'Read to the end.' },
    }),
  },
  {
    method: 'delete',
    path: REVIEW,
    access: 'pulls:comment',
    handler: deleteReview,
    api: described('repoDeletePullReview', 'Discard one’s own pending review', 'none'),
  },
  {
    method: 'get',
    path: `${REVIEW}/comments`,
    access: 'pulls:read',
    handler: getComments,
    api: described('repoGetPullReviewComments', 'List the comments of a review', 'PullReviewComment[]'),
  },
  {
    method: 'post',
    path: `${REVIEW}/dismissals`,
    access: 'pulls:manage',
    handler: postDismissal,
    api: described('repoDismissPullReview', 'Let a review count no more', 'PullReview', {
      body: dismissalBody,
      example: { message: 'The code is another one by now.' },
    }),
  },
  {
    method: 'post',
    path: `${REVIEW}/undismissals`,
    access: 'pulls:manage',
    handler: postUndismissal,
    api: described('repoUnDismissPullReview', 'Let a dismissed review count again', 'PullReview'),
  },
  {
    method: 'post',
    path: `${COMMENT}/replies`,
    access: 'pulls:comment',
    handler: postReply,
    api: described('repoCreatePullReviewCommentReply', 'Answer a comment on code', 'PullReviewComment', {
      body: replyBody,
      example: { body: 'Done.' },
      status: 201,
    }),
  },
  {
    method: 'post',
    path: `${COMMENT}/resolve`,
    access: 'pulls:comment',
    handler: postResolve,
    api: described('repoResolvePullReviewComment', 'Resolve the conversation of a comment on code', 'none'),
  },
  {
    method: 'post',
    path: `${COMMENT}/unresolve`,
    access: 'pulls:comment',
    handler: postUnresolve,
    api: described(
      'repoUnresolvePullReviewComment',
      'Open the conversation of a comment on code again',
      'none',
    ),
  },
  {
    method: 'post',
    path: `${PULL_API}/suggestions`,
    access: 'pulls:comment',
    expensive: true,
    handler: postSuggestions,
    api: described('repoApplySuggestions', 'Apply suggested changes in one commit', 'CommitMeta', {
      about: 'For those who may push to the head. Their conversations are resolved.',
      body: suggestionsBody,
      example: { suggestions: [{ comment_id: 1, index: 0, content_version: 0 }], message: 'Take the hint' },
      status: 201,
    }),
  },
];

type ReviewComment = NonNullable<z.output<ReturnType<typeof newReviewBody>>['comments']>[number];

async function getReviews(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const pull = await pullAt(c, open);
  const { page, limit } = pageOf(c);
  const { reviews, hasMore } = await pageOfReviews(app, pull, { page, limit });
  setPages(c, { page, limit, total: undefined, hasMore });
  const shown = await reviewsJson(app, open, pull, reviews);
  return c.json(hasMore ? shown : [...shown, ...(await unsubmitted(c, open, pull))]);
}

/** What is asked for, and what the actor has not submitted. */
async function unsubmitted(c: WebContext, open: OpenRepository, pull: Pull) {
  const { app, actor } = c.var;
  const requests = await reviewRequestsOf(app, { ...open, actor }, pull);
  const drafts = await draftsOf(app, actor, pull);
  const pending = drafts.length > 0 ? [await pendingJson(app, open, pull, drafts)] : [];
  return [...(await requestsJson(app, open, pull, requests)), ...pending];
}

const EVENTS: Readonly<Record<string, Opinion | 'pending'>> = {
  '': 'pending',
  PENDING: 'pending',
  APPROVED: 'approved',
  APPROVE: 'approved',
  REQUEST_CHANGES: 'changes_requested',
  COMMENT: 'commented',
};

function eventIn(given = ''): Opinion | 'pending' {
  const event = Object.hasOwn(EVENTS, given) ? EVENTS[given] : undefined;
  if (event === undefined) throw invalid({ event: 'Give APPROVED, REQUEST_CHANGES, COMMENT or PENDING.' });
  return event;
}

async function postReview(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const pull = await pullAt(c, open);
  const { event: given, body = '', commit_id: oid, comments: sent = [] } = await bodyOf(c, newReviewBody);
  const event = eventIn(given);
  const headOid = oid || undefined;
  const comments: NewComment[] = [];
  for (const one of sent) comments.push(await commentIn(c, open, pull, one, headOid));
  if (event === 'pending') {
    if (body.trim() !== '') await keepReviewText(app, actor, open, pull, body);
    for (const comment of comments) await addDraft(app, actor, open, pull, comment);
    return c.json(await pendingJson(app, open, pull, await draftsOf(app, actor, pull)), 200);
  }
  return answer(
    c,
    open,
    pull,
    await submitReview(app, actor, open, pull, { state: event, body, headOid, drafts: comments }),
  );
}

/** Gitea's `new_position` and `old_position` are lines of either side; a range begins at GitHub's `start_line`. */
async function commentIn(
  c: WebContext,
  open: OpenRepository,
  pull: Pull,
  { body, path: name, ...given }: ReviewComment,
  commitOid: string | undefined,
): Promise<NewComment> {
  if (body.trim() === '') throw invalid({ comments: 'Each comment needs a body.' });
  const young = given.new_position ?? 0;
  const side = young > 0 ? 'head' : 'base';
  const line = young > 0 ? young : (given.old_position ?? 0);
  const startLine = given.start_line || line;
  const path = encodePath(name);
  const at = line > 0 ? { subject: 'line' as const, side, line, startLine } : { subject: 'file' as const };
  const place = await anchorAt(c.var.app, open, pull, { path, ...at, commitOid } as Parameters<
    typeof anchorAt
  >[3]);
  return { body, place };
}

async function getReview(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const pull = await pullAt(c, open);
  if (reviewId(c) !== PENDING_ID) return answer(c, open, pull, await requireReview(app, pull, reviewId(c)));
  return c.json(await pendingJson(app, open, pull, await requirePending(c, pull)));
}

async function postSubmission(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const pull = await pullAt(c, open);
  if (reviewId(c) !== PENDING_ID) throw new AppError('conflict', 'This review was submitted already.');
  await requirePending(c, pull);
  const { event, body = '' } = await bodyOf(c, submittedReviewBody);
  const state = eventIn(event);
  if (state === 'pending') throw invalid({ event: 'Give APPROVED, REQUEST_CHANGES or COMMENT.' });
  return answer(c, open, pull, await submitReview(app, actor, open, pull, { state, body }));
}

async function deleteReview(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const pull = await pullAt(c, open);
  if (reviewId(c) !== PENDING_ID) {
    await requireReview(app, pull, reviewId(c));
    throw new AppError('conflict', 'Submitted reviews stay: dismiss it instead.');
  }
  await requirePending(c, pull);
  await discardReview(app, actor, open, pull);
  return c.body(null, 204);
}

async function requirePending(c: WebContext, pull: Pull) {
  const drafts = await draftsOf(c.var.app, c.var.actor, pull);
  if (drafts.length === 0) throw notFound('review');
  return drafts;
}

async function getComments(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const pull = await pullAt(c, open);
  if (reviewId(c) === PENDING_ID)
    return c.json(await draftsJson(app, open, pull, await requirePending(c, pull)));
  const review = await requireReview(app, pull, reviewId(c));
  const { threads, comments } = await threadsOfReviews(app, pull, [review.id]);
  return c.json(await reviewCommentsJson(app, open, pull, comments, threads));
}

async function postDismissal(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const pull = await pullAt(c, open);
  const { message = '', priors = false } = await bodyOf(c, dismissalBody);
  await dismissReview(app, actor, open, pull, reviewId(c), message);
  if (priors)
    for (const id of await priorOpinions(app, pull, reviewId(c)))
      await dismissReview(app, actor, open, pull, id, message);
  return answer(c, open, pull, await requireReview(app, pull, reviewId(c)));
}

async function postUndismissal(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const pull = await pullAt(c, open);
  await restoreReview(app, actor, open, pull, reviewId(c));
  return answer(c, open, pull, await requireReview(app, pull, reviewId(c)));
}

async function postReply(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const { pull, threadId } = await commentAt(c, open);
  const { body } = await bodyOf(c, replyBody);
  const review = await commentOnCode(app, actor, open, pull, { body, threadId });
  const { threads, comments } = await threadsOfReviews(app, pull, [review.id]);
  const [made] = await reviewCommentsJson(app, open, pull, comments, threads);
  return c.json(made, 201);
}

async function postResolve(c: WebContext, open: OpenRepository): Promise<Response> {
  const { pull, threadId } = await commentAt(c, open);
  await resolveThread(c.var.app, c.var.actor, open, pull, threadId);
  return c.body(null, 204);
}

async function postUnresolve(c: WebContext, open: OpenRepository): Promise<Response> {
  const { pull, threadId } = await commentAt(c, open);
  await reopenThread(c.var.app, c.var.actor, open, pull, threadId);
  return c.body(null, 204);
}

async function postSuggestions(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const pull = await pullAt(c, open);
  const { suggestions, message } = await bodyOf(c, suggestionsBody);
  const chosen = suggestions.map(({ comment_id: entryId, index = 0, content_version: version }) => ({
    ...{ entryId, index, version },
  }));
  const oid = await applySuggestions(app, actor, open, pull, { chosen, message });
  return c.json(commitMetaJson(app, open, oid, isoTime(app.clock.now())), 201);
}

/** The pull request and the thread of a comment on code of this repository. */
async function commentAt(c: WebContext, open: OpenRepository): Promise<{ pull: Pull; threadId: number }> {
  const { app } = c.var;
  const id = idIn(c, 'comment');
  const issueId = await issueOfComment(app, id);
  const pull = issueId === undefined ? undefined : await findPull(app, issueId);
  if (pull?.pull.repositoryId !== open.repository.id) throw notFound('comment');
  return { pull, threadId: await threadOfComment(app, pull, id) };
}

function reviewId(c: WebContext): number {
  return idIn(c, 'review');
}

function idIn(c: WebContext, name: string): number {
  const text = c.req.param(name) ?? '';
  if (!/^\d{1,15}$/.test(text)) throw notFound(name);
  return Number(text);
}

async function answer(c: WebContext, open: OpenRepository, pull: Pull, review: ReviewRow): Promise<Response> {
  const [body] = await reviewsJson(c.var.app, open, pull, [review]);
  return c.json(body, 200);
}
