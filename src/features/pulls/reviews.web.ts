// Reviews submitted by their form, and dismissed.
import { type FieldErrors, isAppError, notFound } from '../../base/errors.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { issueHref } from '../issues/addresses.service.ts';
import { markSent, readTextForm, withFiles } from '../issues/composer-forms.web.ts';
import { parseId, refusalOf } from '../issues/issue-requests.web.ts';
import { GHOST } from '../issues/timeline.present.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { namesOf } from '../users/authorship.service.ts';
import { pullFrame } from './pull-frame.present.ts';
import { PULL, pullAt } from './pull-requests.web.ts';
import type { Pull, ReviewRow } from './pulls.types.ts';
import { draftsOf } from './review-drafts.service.ts';
import { reviewFormModel } from './review-form.present.ts';
import { dismissReview, requireReview, restoreReview, submitReview } from './reviews.service.ts';
import type { Opinion } from './threads.types.ts';

const REVIEW = `${PULL}/reviews/:review{[0-9]+}`;

export const reviewRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: `${PULL}/reviews/new`, access: 'pulls:comment', handler: getNew },
  { method: 'post', path: `${PULL}/reviews`, access: 'pulls:comment', handler: postReview },
  { method: 'get', path: `${REVIEW}/dismissal`, access: 'pulls:manage', handler: getDismissal },
  { method: 'post', path: `${REVIEW}/dismissal`, access: 'pulls:manage', handler: postDismissal },
  { method: 'post', path: `${REVIEW}/dismissal/removal`, access: 'pulls:manage', handler: postRestoration },
];

const STATES: readonly string[] = ['commented', 'approved', 'changes_requested'] satisfies Opinion[];

async function getNew(c: WebContext, open: OpenRepository): Promise<Response> {
  return answerForm(c, open, await pullAt(c, open));
}

interface Again {
  body?: string;
  state?: string;
  errors?: FieldErrors;
  status?: number;
}

/** The form on a page of its own; after a refusal with what was typed. */
async function answerForm(
  c: WebContext,
  open: OpenRepository,
  pull: Pull,
  { status = 200, ...again }: Again = {},
): Promise<Response> {
  const { app, actor } = c.var;
  const frame = await pullFrame(app, open, pull, 'files');
  const form = reviewFormModel(open, pull, await draftsOf(app, actor, pull), again);
  const title = `Review · Pull request #${pull.issue.number} · ${open.path.slice(1)}`;
  const kept = { body: again.body ?? '', error: again.errors?.body ?? again.errors?.state };
  return page(c, 'pulls/review', { ...frame, form: {}, errors: {}, reviewForm: form, kept, title }, status);
}

async function postReview(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const pull = await pullAt(c, open);
  const { fields: form, files } = await readTextForm(c);
  const { state = '', head } = form;
  try {
    form.body = await withFiles(c, open, form.body ?? '', files);
    const said = { state: stateIn(state), body: form.body, ...(head ? { headOid: head } : {}) };
    const review = await submitReview(app, actor, open, pull, said);
    markSent(c, form);
    return c.redirect(
      `${issueHref(open.path, pull.issue)}?comment=${review.entryId}#review-${review.id}`,
      303,
    );
  } catch (error) {
    if (!isAppError(error, 'invalid', 'forbidden', 'conflict', 'rate_limited')) throw error;
    const { errors, status } = refusalOf(error, 'state');
    const again = await pullAt(c, open);
    return answerForm(c, open, again, { body: form.body ?? '', state, errors, status });
  }
}

function stateIn(text: string): Opinion {
  return STATES.includes(text) ? (text as Opinion) : 'commented';
}

async function getDismissal(c: WebContext, open: OpenRepository): Promise<Response> {
  const pull = await pullAt(c, open);
  return answerDismissal(c, open, pull, await reviewAt(c, pull));
}

async function answerDismissal(
  c: WebContext,
  open: OpenRepository,
  pull: Pull,
  review: ReviewRow,
  {
    form = {},
    errors = {},
    status = 200,
  }: { form?: Record<string, string>; errors?: FieldErrors; status?: number } = {},
): Promise<Response> {
  const { app, actor } = c.var;
  await requireAbility(app.db.read, actor, open, 'pulls:manage');
  const frame = await pullFrame(app, open, pull, 'conversation');
  const reviewer = (await namesOf(app, [review.reviewerId])).get(review.reviewerId) ?? GHOST;
  const action = `${issueHref(open.path, pull.issue)}/reviews/${review.id}/dismissal`;
  const title = `Dismiss a review · Pull request #${pull.issue.number} · ${open.path.slice(1)}`;
  return page(c, 'pulls/dismissal', { ...frame, review, reviewer, action, form, errors, title }, status);
}

async function postDismissal(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const pull = await pullAt(c, open);
  const review = await reviewAt(c, pull);
  const form = await readForm(c);
  try {
    await dismissReview(app, actor, open, pull, review.id, form.message ?? '');
    return redirectWithMessage(c, issueHref(open.path, pull.issue), 'The review is dismissed.');
  } catch (error) {
    if (!isAppError(error, 'invalid')) throw error;
    const { errors, status } = refusalOf(error, 'message');
    return answerDismissal(c, open, pull, review, { form, errors, status });
  }
}

async function postRestoration(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const pull = await pullAt(c, open);
  const review = await reviewAt(c, pull);
  await restoreReview(app, actor, open, pull, review.id);
  return redirectWithMessage(c, issueHref(open.path, pull.issue), 'The review counts again.');
}

async function reviewAt(c: WebContext, pull: Pull): Promise<ReviewRow> {
  const id = parseId(c.req.param('review'));
  if (id === undefined) throw notFound('review');
  return requireReview(c.var.app, pull, id);
}
