// Comments on lines, ranges and files: the form, also as a fragment between the rows, and pending comments.
import { type FieldErrors, isAppError, notFound } from '../../base/errors.ts';
import { fragment, page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import { localReturnAddress } from '../../platform/web/return-address.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { changesModel } from '../code/changes.web.ts';
import { decodePath, displayPath } from '../code/paths.service.ts';
import { issueHref } from '../issues/addresses.service.ts';
import { markSent, readTextForm, withFiles } from '../issues/composer-forms.web.ts';
import { parseId, refusalOf } from '../issues/issue-requests.web.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { type AskedPlace, anchorAt } from './anchors.service.ts';
import { changeOf } from './pull-changes.service.ts';
import { pullFrame } from './pull-frame.present.ts';
import { PULL, pullAt } from './pull-requests.web.ts';
import type { Pull } from './pulls.types.ts';
import {
  addDraft,
  discardReview,
  draftsOf,
  dropDraft,
  editDraft,
  requireDraft,
} from './review-drafts.service.ts';
import { newDraftHtml, reviewFrame, threadHtml } from './review-notes.web.ts';
import { linesToSuggestFor } from './suggestions.present.ts';
import { draftTexts, modelsOf } from './threads.present.ts';
import { commentOnCode, requireThread, threadsOfReviews, withComments } from './threads.service.ts';

const DRAFTS = `${PULL}/review/comments`;
const DRAFT = `${DRAFTS}/:draft{[0-9]+}`;

export const lineCommentRoutes: Route<Ability, OpenRepository>[] = [
  {
    method: 'get',
    path: `${PULL}/files/comment`,
    access: 'pulls:comment',
    expensive: true,
    handler: getForm,
  },
  { method: 'post', path: DRAFTS, access: 'pulls:comment', expensive: true, handler: postComment },
  { method: 'get', path: DRAFT, access: 'pulls:comment', handler: getDraft },
  { method: 'post', path: DRAFT, access: 'pulls:comment', handler: postDraft },
  { method: 'post', path: `${DRAFT}/deletion`, access: 'pulls:comment', handler: postDeletion },
  { method: 'post', path: `${PULL}/review/deletion`, access: 'pulls:comment', handler: postDiscard },
];

type Fields = Record<string, string>;

/** What the form holds of the place. */
const PLACE = ['path', 'subject', 'side', 'line', 'startSide', 'startLine', 'head'] as const;

async function getForm(c: WebContext, open: OpenRepository): Promise<Response> {
  const pull = await pullAt(c, open);
  const query = c.req.query();
  return answerForm(c, open, pull, { form: { ...query, subject: query.line ? 'line' : 'file' } });
}

interface Again {
  form: Fields;
  errors?: FieldErrors;
  status?: number;
}

/** The form alone for scripts; else a page with the file's changes below it. */
async function answerForm(
  c: WebContext,
  open: OpenRepository,
  pull: Pull,
  { form, errors = {}, status = 200 }: Again,
): Promise<Response> {
  const { app, actor } = c.var;
  const { path = '' } = form;
  if (path === '' || path.length > 16_384) throw notFound('file');
  const href = issueHref(open.path, pull.issue);
  const drafts = await draftsOf(app, actor, pull);
  const back = form.back ?? `${href}/files?path=${path}`;
  const model = {
    ...reviewFrame(open, pull, { back, hasPending: drafts.length > 0 }),
    place: Object.fromEntries(PLACE.map((name) => [name, form[name] ?? ''])),
    headOid: form.head ?? pull.pull.headOid,
    label: displayPath(decodePath(path)),
    form,
    errors,
    isPart: isPart(c, form),
    cancelHref: `${href}/files?path=${path}`,
  };
  if (model.isPart) {
    const suggests = await linesAt(c, open, pull, form);
    return fragment(c, 'pulls/line-comment-form', { ...model, suggests }, status);
  }
  const change = await changeOf(app, open, pull, false);
  const changes = await changesModel(c, open, change, `${href}/files`);
  const frame = await pullFrame(app, open, pull, 'files');
  const title = `Comment on ${model.label} · Pull request #${pull.issue.number} · ${open.path.slice(1)}`;
  const shown = c.req.query('path') === undefined ? {} : changes;
  return page(c, 'pulls/line-comment', { ...shown, ...model, ...frame, title }, status);
}

/** The lines of a form's place, for the button that suggests others; undefined for a place that is in no change. */
async function linesAt(
  c: WebContext,
  open: OpenRepository,
  pull: Pull,
  form: Fields,
): Promise<string | undefined> {
  try {
    return linesToSuggestFor(await anchorAt(c.var.app, open, pull, placeIn(form)));
  } catch (error) {
    if (!isAppError(error, 'invalid', 'not_found')) throw error;
    return undefined;
  }
}

/** Scripts ask for parts of pages. */
function isPart(c: WebContext, form: Fields = {}): boolean {
  return c.req.query('fragment') === '1' || form.part === '1';
}

async function postComment(c: WebContext, open: OpenRepository): Promise<Response> {
  const pull = await pullAt(c, open);
  const { fields: form, files } = await readTextForm(c);
  try {
    form.body = await withFiles(c, open, form.body ?? '', files);
    const answer = await comment(c, open, pull, form);
    markSent(c, form);
    return answer;
  } catch (error) {
    if (!isAppError(error, 'invalid', 'forbidden', 'conflict', 'rate_limited')) throw error;
    const { errors, status } = refusalOf(error, 'body');
    return answerForm(c, open, pull, { form, errors, status });
  }
}

async function comment(c: WebContext, open: OpenRepository, pull: Pull, form: Fields): Promise<Response> {
  const { app, actor } = c.var;
  const { body = '' } = form;
  const place = await anchorAt(app, open, pull, placeIn(form));
  if (form.action !== 'single') {
    const draft = await addDraft(app, actor, open, pull, { body, place });
    if (!isPart(c, form)) return c.redirect(`${backOf(form, open, pull)}#pending-${draft.id}`, 303);
    const frame = reviewFrame(open, pull, { back: backOf(form, open, pull), hasPending: true });
    const [model] = await draftTexts(app, open, [draft]);
    const html = model ? newDraftHtml(c, frame, model, { words: '', path: '' }) : '';
    return answerPart(c, open, pull, html);
  }
  const review = await commentOnCode(app, actor, open, pull, { body, place });
  const { threads } = await threadsOfReviews(app, pull, [review.id]);
  const [thread] = threads.values();
  if (!isPart(c, form)) return c.redirect(`${backOf(form, open, pull)}#thread-${thread?.id}`, 303);
  return answerThread(c, open, pull, thread?.id ?? 0, backOf(form, open, pull));
}

/** A thread as it is now, for the script that puts it where it was, or where its form was. */
export async function answerThread(
  c: WebContext,
  open: OpenRepository,
  pull: Pull,
  threadId: number,
  back: string,
): Promise<Response> {
  const { app, actor } = c.var;
  const thread = await requireThread(app, pull, threadId);
  const [model] = await modelsOf(app, open, pull, await withComments(app, [thread]));
  const drafts = await draftsOf(app, actor, pull);
  const frame = reviewFrame(open, pull, { back, hasPending: drafts.length > 0 });
  const withHunk = model !== undefined && (model.isOutdated || isOnConversation(back, open, pull));
  return answerPart(c, open, pull, model ? threadHtml(c, frame, model, withHunk) : '');
}

function isOnConversation(back: string, open: OpenRepository, { issue }: Pull): boolean {
  return back.split('?', 1)[0] === issueHref(open.path, issue);
}

/** What takes the place of a form, with how much is pending now. */
async function answerPart(c: WebContext, open: OpenRepository, pull: Pull, html: string): Promise<Response> {
  const drafts = await draftsOf(c.var.app, c.var.actor, pull);
  return fragment(c, 'pulls/review-part', { partHtml: html, pending: drafts.length, path: open.path });
}

function placeIn(form: Fields): AskedPlace {
  const subject = form.subject === 'file' ? 'file' : 'line';
  const numberIn = (text = '') => (/^\d{1,9}$/.test(text) ? Number(text) : undefined);
  const sideIn = (text = '') => (text === 'base' ? ('base' as const) : ('head' as const));
  const side = sideIn(form.side);
  const line = numberIn(form.line);
  return {
    path: form.path ?? '',
    subject,
    side,
    ...(line === undefined ? {} : { line }),
    startSide: form.startSide ? sideIn(form.startSide) : side,
    startLine: numberIn(form.startLine) ?? line,
    commitOid: form.head || undefined,
  };
}

/** Where a form came from; the page of all changes for what is no page here. */
export function backOf(form: Fields, open: OpenRepository, { issue }: Pull): string {
  const back = localReturnAddress(form.back);
  return back === '/' ? `${issueHref(open.path, issue)}/files` : back;
}

async function getDraft(c: WebContext, open: OpenRepository): Promise<Response> {
  const pull = await pullAt(c, open);
  const draft = await requireDraft(c.var.app, c.var.actor, pull, draftId(c));
  return answerDraft(c, open, pull, { form: { body: draft.body, version: String(draft.version) } });
}

async function answerDraft(
  c: WebContext,
  open: OpenRepository,
  pull: Pull,
  { form, errors = {}, status = 200 }: Again,
): Promise<Response> {
  const href = issueHref(open.path, pull.issue);
  const model = {
    ...reviewFrame(open, pull, { back: `${href}/files`, hasPending: true }),
    draftId: draftId(c),
    form,
    errors,
    cancelHref: `${href}/files`,
  };
  if (isPart(c)) return fragment(c, 'pulls/draft-form', model, status);
  const frame = await pullFrame(c.var.app, open, pull, 'files');
  const title = `Edit a pending comment · Pull request #${pull.issue.number} · ${open.path.slice(1)}`;
  return page(c, 'pulls/draft-edit', { ...model, ...frame, title }, status);
}

async function postDraft(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const pull = await pullAt(c, open);
  const { fields: form, files } = await readTextForm(c);
  const version = /^\d{1,9}$/.test(form.version ?? '') ? Number(form.version) : -1;
  try {
    form.body = await withFiles(c, open, form.body ?? '', files);
    await editDraft(app, actor, open, pull, draftId(c), { body: form.body, version });
    markSent(c, form);
    return c.redirect(`${backOf(form, open, pull)}#draft-${draftId(c)}`, 303);
  } catch (error) {
    if (!isAppError(error, 'invalid', 'conflict', 'rate_limited', 'forbidden')) throw error;
    const { errors, status } = refusalOf(error, 'body');
    return answerDraft(c, open, pull, { form, errors, status });
  }
}

async function postDeletion(c: WebContext, open: OpenRepository): Promise<Response> {
  const pull = await pullAt(c, open);
  const form = await readForm(c);
  await dropDraft(c.var.app, c.var.actor, open, pull, draftId(c));
  if (isPart(c, form)) return answerPart(c, open, pull, '');
  return c.redirect(backOf(form, open, pull), 303);
}

async function postDiscard(c: WebContext, open: OpenRepository): Promise<Response> {
  const pull = await pullAt(c, open);
  const form = await readForm(c);
  await discardReview(c.var.app, c.var.actor, open, pull);
  return redirectWithMessage(c, backOf(form, open, pull), 'The pending comments are discarded.');
}

function draftId(c: WebContext): number {
  const id = parseId(c.req.param('draft'));
  if (id === undefined) throw notFound('pending comment');
  return id;
}
