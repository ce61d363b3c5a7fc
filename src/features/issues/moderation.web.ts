// Forms by which a conversation is kept in order: locking, pinning, hiding and deleting comments, moving and deleting issues.
import type { FieldErrors } from '../../base/errors.ts';
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { issueHref } from './addresses.service.ts';
import { deleteComment, hideComment, requireDeletable, showComment } from './comments.service.ts';
import { commentHtml, headOf, REASONS } from './issue-page.present.ts';
import { commentAt, ISSUE, issueAt, nameOf, refusalOf, tabOf } from './issue-requests.web.ts';
import { HIDE_REASONS, LOCK_REASONS, parseChoice } from './issues.input.ts';
import type { EntryRow, IssueRow } from './issues.types.ts';
import { lockIssue, unlockIssue } from './moderation.service.ts';
import { pinIssue, unpinIssue } from './pins.service.ts';
import { entryAddress } from './timeline.service.ts';
import { deleteIssue, transferIssue, transferTargets } from './transfer.service.ts';

const COMMENT = `${ISSUE}/comments/:comment{[0-9]+}`;
type Fields = Record<string, string>;

/** What is done with conversations of pull requests as well; see `withTwins`. */
export const moderationRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'post', path: `${ISSUE}/lock`, access: 'issues:manage', handler: postLock },
  { method: 'post', path: `${ISSUE}/lock/removal`, access: 'issues:manage', handler: postUnlock },
  { method: 'get', path: `${COMMENT}/hiding`, access: 'issues:manage', handler: getHiding },
  { method: 'post', path: `${COMMENT}/hiding`, access: 'issues:manage', handler: postHiding },
  { method: 'post', path: `${COMMENT}/hiding/removal`, access: 'issues:manage', handler: postShowing },
  { method: 'get', path: `${COMMENT}/deletion`, access: 'issues:comment', handler: getCommentDeletion },
  { method: 'post', path: `${COMMENT}/deletion`, access: 'issues:comment', handler: postCommentDeletion },
];

/** What is done with issues alone. */
export const movingRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'post', path: `${ISSUE}/pin`, access: 'issues:manage', handler: postPin },
  { method: 'post', path: `${ISSUE}/pin/removal`, access: 'issues:manage', handler: postUnpin },
  { method: 'get', path: `${ISSUE}/transfer`, access: 'issues:manage', handler: getTransfer },
  { method: 'post', path: `${ISSUE}/transfer`, access: 'issues:manage', handler: postTransfer },
  { method: 'get', path: `${ISSUE}/deletion`, access: 'issues:delete', handler: getDeletion },
  { method: 'post', path: `${ISSUE}/deletion`, access: 'issues:delete', handler: postDeletion },
];

async function postLock(c: WebContext, open: OpenRepository): Promise<Response> {
  const { reason } = await readForm(c);
  const why = reason ? parseChoice('reason', reason, LOCK_REASONS) : undefined;
  return back(c, open, (issue) => lockIssue(c.var.app, c.var.actor, open, issue, why));
}

function postUnlock(c: WebContext, open: OpenRepository): Promise<Response> {
  return back(c, open, (issue) => unlockIssue(c.var.app, c.var.actor, open, issue));
}

async function postPin(c: WebContext, open: OpenRepository): Promise<Response> {
  const issue = await issueAt(c, open);
  try {
    await pinIssue(c.var.app, c.var.actor, open, issue);
  } catch (error) {
    const { errors } = refusalOf(error, 'pin');
    return redirectWithMessage(c, issueHref(open.path, issue), errors.pin ?? '', 'error');
  }
  return c.redirect(issueHref(open.path, issue), 303);
}

function postUnpin(c: WebContext, open: OpenRepository): Promise<Response> {
  return back(c, open, (issue) => unpinIssue(c.var.app, c.var.actor, open, issue));
}

async function back(
  c: WebContext,
  open: OpenRepository,
  work: (issue: IssueRow) => Promise<void>,
): Promise<Response> {
  const issue = await issueAt(c, open);
  await work(issue);
  return c.redirect(issueHref(open.path, issue), 303);
}

async function getHiding(c: WebContext, open: OpenRepository): Promise<Response> {
  return answerHiding(c, open, {}, {}, 200);
}

async function answerHiding(
  c: WebContext,
  open: OpenRepository,
  form: Fields,
  errors: FieldErrors,
  status: number,
): Promise<Response> {
  const issue = await issueAt(c, open);
  const comment = await commentAt(c, issue);
  const isHidden = comment.hiddenReason !== null;
  const action = `${issueHref(open.path, issue)}/comments/${comment.id}/hiding${isHidden ? '/removal' : ''}`;
  const model = { ...(await aboutComment(c, open, issue, comment)), isHidden, action };
  const title = `${isHidden ? 'Show comment' : 'Hide comment'} · ${nameOf(issue)} · ${open.path.slice(1)}`;
  return page(c, 'issues/comment-hiding', { ...model, title, form, errors, reasons: REASONS.hide }, status);
}

async function aboutComment(c: WebContext, open: OpenRepository, issue: IssueRow, comment: EntryRow) {
  const { app } = c.var;
  return {
    repo: repositoryFrame(open, tabOf(issue)),
    textHtml: await commentHtml(app, open, comment),
    backHref: await entryAddress(app, open.path, issue, comment.id),
  };
}

async function postHiding(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const form = await readForm(c);
  const issue = await issueAt(c, open);
  const comment = await commentAt(c, issue);
  const reason = HIDE_REASONS.find((one) => one === form.reason);
  if (!reason) return answerHiding(c, open, form, { reason: 'Choose a reason.' }, 422);
  await hideComment(app, actor, open, issue, comment, reason);
  return c.redirect(await entryAddress(app, open.path, issue, comment.id), 303);
}

async function postShowing(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const issue = await issueAt(c, open);
  const comment = await commentAt(c, issue);
  await showComment(app, actor, open, issue, comment);
  return c.redirect(await entryAddress(app, open.path, issue, comment.id), 303);
}

async function getCommentDeletion(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const issue = await issueAt(c, open);
  const comment = await commentAt(c, issue);
  await requireDeletable(app, actor, open, issue, comment);
  return page(c, 'issues/comment-deletion', {
    title: `Delete comment · ${nameOf(issue)} · ${open.path.slice(1)}`,
    ...(await aboutComment(c, open, issue, comment)),
    action: `${issueHref(open.path, issue)}/comments/${comment.id}/deletion`,
  });
}

async function postCommentDeletion(c: WebContext, open: OpenRepository): Promise<Response> {
  const issue = await issueAt(c, open);
  await deleteComment(c.var.app, c.var.actor, open, issue, await commentAt(c, issue));
  return redirectWithMessage(c, issueHref(open.path, issue), 'The comment was deleted.');
}

async function getTransfer(c: WebContext, open: OpenRepository): Promise<Response> {
  return answerTransfer(c, open, await issueAt(c, open), {}, {}, 200);
}

async function answerTransfer(
  c: WebContext,
  open: OpenRepository,
  issue: IssueRow,
  form: Fields,
  errors: FieldErrors,
  status: number,
): Promise<Response> {
  const model = {
    title: `Transfer issue #${issue.number} · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'issues'),
    issue: { ...headOf(issue), href: issueHref(open.path, issue) },
    targets: await transferTargets(c.var.app, c.var.actor, open),
    form,
    errors,
  };
  return page(c, 'issues/transfer', model, status);
}

async function postTransfer(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const issue = await issueAt(c, open);
  const form = await readForm(c);
  try {
    const input = { to: form.to ?? '', isConfirmed: form.confirmed === 'on' };
    const moved = await transferIssue(app, actor, open, issue, input);
    const name = `${moved.path.slice(1)}#${moved.number}`;
    return redirectWithMessage(c, `${moved.path}/issues/${moved.number}`, `The issue is ${name} now.`);
  } catch (error) {
    const { errors, status } = refusalOf(error, 'to');
    return answerTransfer(c, open, issue, form, errors, status);
  }
}

async function getDeletion(c: WebContext, open: OpenRepository): Promise<Response> {
  return answerDeletion(c, open, await issueAt(c, open), {}, 200);
}

function answerDeletion(
  c: WebContext,
  open: OpenRepository,
  issue: IssueRow,
  errors: FieldErrors,
  status: number,
): Response {
  const model = {
    title: `Delete issue #${issue.number} · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, 'issues'),
    issue: { ...headOf(issue), href: issueHref(open.path, issue) },
    phrase: phraseFor(open, issue),
    errors,
  };
  return page(c, 'issues/deletion', model, status);
}

function phraseFor(open: OpenRepository, { number }: IssueRow): string {
  return `${open.path.slice(1)}#${number}`;
}

async function postDeletion(c: WebContext, open: OpenRepository): Promise<Response> {
  const issue = await issueAt(c, open);
  const { confirmation = '' } = await readForm(c);
  const phrase = phraseFor(open, issue);
  if (confirmation.trim() !== phrase)
    return answerDeletion(c, open, issue, { confirmation: `Type ${phrase} to confirm.` }, 422);
  await deleteIssue(c.var.app, c.var.actor, open, issue);
  return redirectWithMessage(c, `${open.path}/issues`, `Issue #${issue.number} was deleted.`);
}
