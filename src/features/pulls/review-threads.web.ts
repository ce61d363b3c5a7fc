// Threads: answered, resolved, opened again, one at a time as a part of a page or by a page's form.
import { isAppError, notFound } from '../../base/errors.ts';
import { fragment, page, readForm } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { issueHref } from '../issues/addresses.service.ts';
import { markSent, readTextForm, withFiles } from '../issues/composer-forms.web.ts';
import { parseId, refusalOf } from '../issues/issue-requests.web.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { answerThread, backOf } from './line-comments.web.ts';
import { pullFrame } from './pull-frame.present.ts';
import { PULL, pullAt } from './pull-requests.web.ts';
import type { Pull } from './pulls.types.ts';
import { addDraft, draftsOf } from './review-drafts.service.ts';
import { reviewFrame } from './review-notes.web.ts';
import { linesToSuggestFor } from './suggestions.present.ts';
import { isApplicable } from './suggestions.service.ts';
import { modelsOf } from './threads.present.ts';
import {
  commentOnCode,
  reopenThread,
  requireThread,
  resolveThread,
  withComments,
} from './threads.service.ts';

const THREAD = `${PULL}/threads/:thread{[0-9]+}`;

export const threadRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: THREAD, access: 'pulls:read', handler: getThread },
  { method: 'get', path: `${THREAD}/reply`, access: 'pulls:comment', handler: getReply },
  { method: 'post', path: `${THREAD}/replies`, access: 'pulls:comment', handler: postReply },
  { method: 'post', path: `${THREAD}/resolution`, access: 'pulls:comment', handler: postResolution },
];

type Fields = Record<string, string>;

/** A thread alone, as a part for scripts or as its place on the page of changes. */
async function getThread(c: WebContext, open: OpenRepository): Promise<Response> {
  const pull = await pullAt(c, open);
  const thread = await requireThread(c.var.app, pull, threadId(c));
  const files = `${issueHref(open.path, pull.issue)}/files`;
  if (c.req.query('fragment') === '1') return answerThread(c, open, pull, thread.id, files);
  return c.redirect(`${files}?path=${thread.currentPath}#thread-${thread.id}`, 302);
}

async function getReply(c: WebContext, open: OpenRepository): Promise<Response> {
  return answerReply(c, open, await pullAt(c, open), { form: {} });
}

async function answerReply(
  c: WebContext,
  open: OpenRepository,
  pull: Pull,
  { form, errors = {}, status = 200 }: { form: Fields; errors?: Record<string, string>; status?: number },
): Promise<Response> {
  const { app, actor } = c.var;
  const thread = await requireThread(app, pull, threadId(c));
  const drafts = await draftsOf(app, actor, pull);
  const back = backOf(form, open, pull);
  const shared = { ...reviewFrame(open, pull, { back, hasPending: drafts.length > 0 }), form, errors };
  const suggests = isApplicable(thread) ? linesToSuggestFor(thread) : undefined;
  const model = { ...shared, threadId: thread.id, suggests };
  if (c.req.query('fragment') === '1' || form.part === '1')
    return fragment(c, 'pulls/reply-form', model, status);
  const [shown] = await modelsOf(app, open, pull, await withComments(app, [thread]));
  const frame = await pullFrame(app, open, pull, 'files');
  const title = `Reply · Pull request #${pull.issue.number} · ${open.path.slice(1)}`;
  return page(c, 'pulls/reply', { ...model, ...frame, thread: shown, title }, status);
}

async function postReply(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const pull = await pullAt(c, open);
  const id = threadId(c);
  const { fields: form, files } = await readTextForm(c);
  try {
    form.body = await withFiles(c, open, form.body ?? '', files);
    const comment = { body: form.body, threadId: id };
    if (form.action === 'pending') await addDraft(app, actor, open, pull, comment);
    else await commentOnCode(app, actor, open, pull, comment);
    markSent(c, form);
    return answerAfter(c, open, pull, form);
  } catch (error) {
    if (!isAppError(error, 'invalid', 'forbidden', 'conflict', 'rate_limited')) throw error;
    const { errors, status } = refusalOf(error, 'body');
    return answerReply(c, open, pull, { form, errors, status });
  }
}

async function postResolution(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const pull = await pullAt(c, open);
  const form = await readForm(c);
  const set = form.resolved === '0' ? reopenThread : resolveThread;
  await set(app, actor, open, pull, threadId(c));
  return answerAfter(c, open, pull, form);
}

async function answerAfter(c: WebContext, open: OpenRepository, pull: Pull, form: Fields): Promise<Response> {
  const id = threadId(c);
  const back = backOf(form, open, pull);
  if (form.part === '1') return answerThread(c, open, pull, id, back);
  return c.redirect(`${back}#thread-${id}`, 303);
}

function threadId(c: WebContext): number {
  const id = parseId(c.req.param('thread'));
  if (id === undefined) throw notFound('thread');
  return id;
}
