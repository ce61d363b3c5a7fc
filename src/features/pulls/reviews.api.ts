// Reviews in Gitea's REST API v1: listed, submitted at once or begun and submitted later, dismissed; their comments, and threads.
import { AppError, invalid, notFound } from '../../base/errors.ts';
import { pageOf, setPages } from '../../platform/web/api-pages.ts';
import { readJson } from '../../platform/web/json.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { encodePath } from '../code/paths.service.ts';
import { textIn } from '../issues/request-fields.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { anchorAt } from './anchors.service.ts';
import { PULL_API, pullAt } from './pull-requests.web.ts';
import { findPull } from './pulls.service.ts';
import type { Pull, ReviewRow } from './pulls.types.ts';
import { addDraft, discardReview, draftsOf, keepReviewText } from './review-drafts.service.ts';
import { draftsJson, PENDING_ID, pendingJson, reviewCommentsJson, reviewsJson } from './reviews.json.ts';
import {
  dismissReview,
  pageOfReviews,
  requireReview,
  restoreReview,
  submitReview,
} from './reviews.service.ts';
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

export const reviewApiRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: REVIEWS, access: 'pulls:read', handler: getReviews },
  { method: 'post', path: REVIEWS, access: 'pulls:comment', expensive: true, handler: postReview },
  { method: 'get', path: REVIEW, access: 'pulls:read', handler: getReview },
  { method: 'post', path: REVIEW, access: 'pulls:comment', handler: postSubmission },
  { method: 'delete', path: REVIEW, access: 'pulls:comment', handler: deleteReview },
  { method: 'get', path: `${REVIEW}/comments`, access: 'pulls:read', handler: getComments },
  { method: 'post', path: `${REVIEW}/dismissals`, access: 'pulls:manage', handler: postDismissal },
  { method: 'post', path: `${REVIEW}/undismissals`, access: 'pulls:manage', handler: postUndismissal },
  { method: 'post', path: `${COMMENT}/replies`, access: 'pulls:comment', handler: postReply },
  { method: 'post', path: `${COMMENT}/resolve`, access: 'pulls:comment', handler: postResolve },
  { method: 'post', path: `${COMMENT}/unresolve`, access: 'pulls:comment', handler: postUnresolve },
];

type Json = Record<string, unknown>;

/** Comments one request may bring. */
const MOST_COMMENTS = 100;

async function getReviews(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const pull = await pullAt(c, open);
  const { page, limit } = pageOf(c);
  const { reviews, hasMore } = await pageOfReviews(app, pull, { page, limit });
  setPages(c, { page, limit, total: undefined, hasMore });
  const drafts = hasMore ? [] : await draftsOf(app, actor, pull);
  const pending = drafts.length > 0 ? [await pendingJson(app, open, pull, drafts)] : [];
  return c.json([...(await reviewsJson(app, open, pull, reviews)), ...pending]);
}

const EVENTS: Readonly<Record<string, Opinion | 'pending'>> = {
  '': 'pending',
  PENDING: 'pending',
  APPROVED: 'approved',
  APPROVE: 'approved',
  REQUEST_CHANGES: 'changes_requested',
  COMMENT: 'commented',
};

function eventIn(json: Json): Opinion | 'pending' {
  const event = EVENTS[textIn(json, 'event') ?? ''];
  if (event === undefined) throw invalid({ event: 'Give APPROVED, REQUEST_CHANGES, COMMENT or PENDING.' });
  return event;
}

async function postReview(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const pull = await pullAt(c, open);
  const json = await readJson(c);
  const event = eventIn(json);
  const body = textIn(json, 'body') ?? '';
  const headOid = textIn(json, 'commit_id') || undefined;
  const comments = await commentsIn(c, open, pull, json, headOid);
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

async function commentsIn(
  c: WebContext,
  open: OpenRepository,
  pull: Pull,
  json: Json,
  commitOid: string | undefined,
): Promise<NewComment[]> {
  const { comments } = json;
  if (comments === undefined || comments === null) return [];
  if (!Array.isArray(comments) || comments.length > MOST_COMMENTS)
    throw invalid({ comments: `Give a list of at most ${MOST_COMMENTS} comments.` });
  const made: NewComment[] = [];
  for (const comment of comments) {
    if (typeof comment !== 'object' || comment === null)
      throw invalid({ comments: 'Each comment is an object.' });
    made.push(await commentIn(c, open, pull, comment as Json, commitOid));
  }
  return made;
}

/** Gitea's `new_position` and `old_position` are lines of either side; a range begins at GitHub's `start_line`. */
async function commentIn(
  c: WebContext,
  open: OpenRepository,
  pull: Pull,
  json: Json,
  commitOid: string | undefined,
): Promise<NewComment> {
  const body = textIn(json, 'body') ?? '';
  if (body.trim() === '') throw invalid({ comments: 'Each comment needs a body.' });
  const [young, old] = [numberIn(json, 'new_position'), numberIn(json, 'old_position')];
  const side = young > 0 ? 'head' : 'base';
  const line = young > 0 ? young : old;
  const startLine = numberIn(json, 'start_line') || line;
  const path = encodePath(textIn(json, 'path') ?? '');
  const at = line > 0 ? { subject: 'line' as const, side, line, startLine } : { subject: 'file' as const };
  const place = await anchorAt(c.var.app, open, pull, { path, ...at, commitOid } as Parameters<
    typeof anchorAt
  >[3]);
  return { body, place };
}

function numberIn(json: Json, name: string): number {
  const value = json[name] ?? 0;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw invalid({ [name]: 'Give the number of a line.' });
  return value;
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
  const json = await readJson(c);
  const state = eventIn(json);
  if (state === 'pending') throw invalid({ event: 'Give APPROVED, REQUEST_CHANGES or COMMENT.' });
  return answer(
    c,
    open,
    pull,
    await submitReview(app, actor, open, pull, { state, body: textIn(json, 'body') ?? '' }),
  );
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
  if (reviewId(c) === PENDING_ID) return c.json(draftsJson(await requirePending(c, pull)));
  const review = await requireReview(app, pull, reviewId(c));
  const { threads, comments } = await threadsOfReviews(app, pull, [review.id]);
  return c.json(await reviewCommentsJson(app, open, pull, comments, threads));
}

async function postDismissal(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const pull = await pullAt(c, open);
  const json = await readJson(c);
  await dismissReview(app, actor, open, pull, reviewId(c), textIn(json, 'message') ?? '');
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
  const body = textIn(await readJson(c), 'body') ?? '';
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
