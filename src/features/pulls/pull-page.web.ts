// The page of a pull request with its comment form, its title and its states.
import { type FieldErrors, notFound } from '../../base/errors.ts';
import { page, readForm } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { issueHref } from '../issues/addresses.service.ts';
import { addComment } from '../issues/comments.service.ts';
import { markSent, readTextForm, withFiles } from '../issues/composer-forms.web.ts';
import { renameIssue } from '../issues/edits.service.ts';
import { REASONS } from '../issues/issue-page.present.ts';
import { refusalOf, timelinePlace } from '../issues/issue-requests.web.ts';
import { findIssue } from '../issues/issues.service.ts';
import { issueViewed } from '../issues/page-visits.service.ts';
import { LOCK_WORDS } from '../issues/timeline.present.ts';
import { entryAddress } from '../issues/timeline.service.ts';
import { readsIssues } from '../repos/repos.policy.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import type { BoxMore } from './merge-box.present.ts';
import { checkWanted } from './mergeability.service.ts';
import { conversationModel } from './pull-page.present.ts';
import { PULL, pullAt } from './pull-requests.web.ts';
import { closePull, reopenPull, setDraft } from './pull-states.service.ts';
import { findPull } from './pulls.service.ts';
import type { Pull } from './pulls.types.ts';

type Fields = Record<string, string>;

export const pullPageRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: PULL, access: 'pulls:read', handler: getPull },
  { method: 'post', path: `${PULL}/comments`, access: 'pulls:comment', handler: postComment },
  { method: 'post', path: `${PULL}/title`, access: 'pulls:comment', handler: postTitle },
  { method: 'post', path: `${PULL}/draft`, access: 'pulls:comment', handler: postDraft },
  { method: 'post', path: `${PULL}/draft/removal`, access: 'pulls:comment', handler: postReady },
];

/** Numbers are shared: what is an issue is shown as one to whoever may read issues. */
async function getPull(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const issue = await findIssue(app, open, Number(c.req.param('number')));
  if (!issue) throw notFound('pull request');
  const found = await findPull(app, issue.id);
  if (found) return showPull(c, open, found);
  if (!readsIssues(open)) throw notFound('pull request');
  return c.redirect(issueHref(open.path, issue), 302);
}

async function showPull(c: WebContext, open: OpenRepository, found: Pull): Promise<Response> {
  await issueViewed(c, found.issue);
  await checkWanted(c.var.app, open, found);
  return answerPull(c, open, found);
}

interface Again {
  form?: Fields;
  errors?: FieldErrors;
  status?: number;
  /** What the merge box shows after a merge that was refused. */
  merge?: BoxMore;
}

/** The page as it is now; after a refused form with what was typed. */
export async function answerPull(
  c: WebContext,
  open: OpenRepository,
  found: Pull,
  { form = {}, errors = {}, status = 200, merge }: Again = {},
): Promise<Response> {
  const box = { style: c.req.query('merge'), ...merge };
  const model = await conversationModel(c.var.app, open, found, timelinePlace(c), box);
  const { title, number } = found.issue;
  return page(
    c,
    'pulls/pull',
    {
      title: `${title} · Pull request #${number} · ${open.path.slice(1)}`,
      reasons: REASONS,
      lockWords: LOCK_WORDS,
      form,
      errors,
      ...model,
    },
    status,
  );
}

async function postComment(c: WebContext, open: OpenRepository): Promise<Response> {
  const found = await pullAt(c, open);
  const { issue } = found;
  const { fields: form, files } = await readTextForm(c);
  try {
    form.body = await withFiles(c, open, form.body ?? '', files);
    const entryId = await act(c, open, found, form);
    markSent(c, form);
    const to = entryId === undefined ? issueHref(open.path, issue) : undefined;
    return c.redirect(to ?? (await entryAddress(c.var.app, open.path, issue, entryId ?? 0)), 303);
  } catch (error) {
    const { errors, status } = refusalOf(error, 'body');
    return answerPull(c, open, await pullAt(c, open), { form, errors, status });
  }
}

/** The comment's id, if there was one. */
async function act(
  c: WebContext,
  open: OpenRepository,
  found: Pull,
  { action, body = '' }: Fields,
): Promise<number | undefined> {
  const { app, actor } = c.var;
  if (action === 'close') return closePull(app, actor, open, found, body);
  if (action === 'reopen') return reopenPull(app, actor, open, found, body);
  return (await addComment(app, actor, open, found.issue, body)).id;
}

async function postTitle(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const found = await pullAt(c, open);
  const { title = '' } = await readForm(c);
  try {
    await renameIssue(app, actor, open, found.issue, title);
    return c.redirect(issueHref(open.path, found.issue), 303);
  } catch (error) {
    const { errors, status } = refusalOf(error, 'title');
    return answerPull(c, open, found, { form: { title }, errors, status });
  }
}

async function postDraft(c: WebContext, open: OpenRepository): Promise<Response> {
  return changeDraft(c, open, true);
}

async function postReady(c: WebContext, open: OpenRepository): Promise<Response> {
  return changeDraft(c, open, false);
}

async function changeDraft(c: WebContext, open: OpenRepository, isDraft: boolean): Promise<Response> {
  const found = await pullAt(c, open);
  await setDraft(c.var.app, c.var.actor, open, found, isDraft);
  return c.redirect(issueHref(open.path, found.issue), 303);
}
