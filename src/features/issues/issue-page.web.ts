// The page of an issue, its comment form and its title.
import { type FieldErrors, invalid, notFound } from '../../base/errors.ts';
import { page, readForm } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { issueHref } from './addresses.service.ts';
import { type Closing, closeIssue, commentAnd, reopenIssue } from './closing.service.ts';
import { addComment } from './comments.service.ts';
import { markSent, readTextForm, withFiles } from './composer-forms.web.ts';
import { renameIssue } from './edits.service.ts';
import { issuePageModel, REASONS } from './issue-page.present.ts';
import { ISSUE, issueAt, refusalOf, timelinePlace } from './issue-requests.web.ts';
import { CLOSE_REASONS, parseNumber } from './issues.input.ts';
import { findIssue, findMovedIssue } from './issues.service.ts';
import type { IssueRow } from './issues.types.ts';
import { issueViewed } from './page-visits.service.ts';
import { LOCK_WORDS } from './timeline.present.ts';
import { entryAddress } from './timeline.service.ts';

type Fields = Record<string, string>;

export const issuePageRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: ISSUE, access: 'issues:read', handler: getIssue },
  { method: 'post', path: `${ISSUE}/comments`, access: 'issues:comment', handler: postComment },
  { method: 'post', path: `${ISSUE}/title`, access: 'issues:comment', handler: postTitle },
];

async function getIssue(c: WebContext, open: OpenRepository): Promise<Response> {
  const issue = await findIssue(c.var.app, open, parseNumber(c.req.param('number')) ?? 0);
  if (!issue) return redirectMoved(c, open);
  if (issue.isPull) return c.redirect(issueHref(open.path, issue), 302);
  await issueViewed(c, issue);
  return answerIssue(c, open, issue);
}

/** The old number of an issue that was transferred leads to it, for whoever may see where it is. */
async function redirectMoved(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const moved = await findMovedIssue(app, actor, open, parseNumber(c.req.param('number')) ?? 0);
  if (!moved) throw notFound('issue');
  return c.redirect(issueHref(moved.path, moved.issue) + new URL(c.req.url).search, 301);
}

interface Again {
  form?: Fields;
  errors?: FieldErrors;
  status?: number;
}

/** The page as it is now; after a refused form with what was typed. */
export async function answerIssue(
  c: WebContext,
  open: OpenRepository,
  issue: IssueRow,
  { form = {}, errors = {}, status = 200 }: Again = {},
): Promise<Response> {
  const model = await issuePageModel(c.var.app, open, issue, timelinePlace(c));
  return page(
    c,
    'issues/issue',
    {
      title: `${issue.title} · Issue #${issue.number} · ${open.path.slice(1)}`,
      repo: repositoryFrame(open, 'issues'),
      newHref: `${open.path}/issues/new`,
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
  const issue = await issueAt(c, open);
  const { fields: form, files } = await readTextForm(c);
  try {
    form.body = await withFiles(c, open, form.body ?? '', files);
    const entryId = await act(c, open, issue, form);
    markSent(c, form);
    const to = entryId === undefined ? issueHref(open.path, issue) : undefined;
    return c.redirect(to ?? (await entryAddress(c.var.app, open.path, issue, entryId ?? 0)), 303);
  } catch (error) {
    const { errors, status } = refusalOf(error, 'body');
    return answerIssue(c, open, await issueAt(c, open), { form, errors, status });
  }
}

/** The comment's id, if there was one. */
async function act(
  c: WebContext,
  open: OpenRepository,
  issue: IssueRow,
  { action, body = '', duplicateOf = '' }: Fields,
): Promise<number | undefined> {
  const { app, actor } = c.var;
  const then = thenOf(action, duplicateOf);
  if (then === undefined) return (await addComment(app, actor, open, issue, body)).id;
  if (body.trim() !== '') return (await commentAnd(app, actor, open, issue, body, then)).id;
  if (then === 'reopen') await reopenIssue(app, actor, open, issue);
  else await closeIssue(app, actor, open, issue, then);
  return undefined;
}

/** What is done besides commenting. Enter in the field of the other issue presses the form's first button. */
function thenOf(action: string | undefined, duplicateOf: string): Closing | 'reopen' | undefined {
  if (action === 'reopen') return 'reopen';
  const isMeant = action === 'duplicate' || (action === 'default' && duplicateOf.trim() !== '');
  if (isMeant && duplicateOf.trim() === '')
    throw invalid({ duplicateOf: 'Name the issue that this one duplicates.' });
  if (isMeant) return { reason: 'duplicate', duplicateOf };
  const reason = CLOSE_REASONS.find((one) => one === action);
  return reason && { reason };
}

async function postTitle(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const issue = await issueAt(c, open);
  const { title = '' } = await readForm(c);
  try {
    await renameIssue(app, actor, open, issue, title);
    return c.redirect(issueHref(open.path, issue), 303);
  } catch (error) {
    const { errors, status } = refusalOf(error, 'title');
    return answerIssue(c, open, issue, { form: { title }, errors, status });
  }
}
