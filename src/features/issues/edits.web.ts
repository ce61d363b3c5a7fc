// Edits of texts: the form, also as a fragment that takes the text's place, what two people saved at once, and the history.
import { type FieldErrors, isAppError } from '../../base/errors.ts';
import { fragment, page } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { repositoryFrame } from '../repos/frame.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { issueHref } from './addresses.service.ts';
import { markSent, readTextForm, withFiles } from './composer-forms.web.ts';
import { historyModel } from './edit-history.present.ts';
import { editText, requireEditable } from './edits.service.ts';
import { headOf } from './issue-page.present.ts';
import { ISSUE, issueAt, nameOf, optionalComment, parseId, refusalOf, tabOf } from './issue-requests.web.ts';
import type { EntryRow, IssueRow } from './issues.types.ts';
import { entryAddress } from './timeline.service.ts';

export const editRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: `${ISSUE}/edit`, access: 'issues:comment', handler: getEdit },
  { method: 'post', path: `${ISSUE}/text`, access: 'issues:comment', handler: postText },
  { method: 'get', path: `${ISSUE}/edits`, access: 'issues:read', handler: getEdits },
];

async function getEdit(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const issue = await issueAt(c, open);
  const comment = await optionalComment(c, issue, c.req.query('comment'));
  await requireEditable(app, actor, open, issue, comment?.id);
  const text = comment ?? issue;
  return answerEdit(c, open, issue, comment, { body: text.body ?? '', version: text.bodyVersion });
}

interface Shown {
  body: string;
  version: number;
  errors?: FieldErrors;
  /** What is saved now, where that is not what the form began from. */
  theirs?: string;
  status?: number;
}

async function answerEdit(
  c: WebContext,
  open: OpenRepository,
  issue: IssueRow,
  comment: EntryRow | undefined,
  { body, version, errors = {}, theirs, status = 200 }: Shown,
): Promise<Response> {
  const href = issueHref(open.path, issue);
  const what = comment ? 'comment' : issue.isPull ? 'pull request' : 'issue';
  const model = {
    title: `Edit ${what} · ${issue.title} · ${nameOf(issue)} · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, tabOf(issue)),
    what,
    issue: { ...headOf(issue), href },
    entryId: comment?.id,
    version,
    form: { body },
    errors,
    theirs,
    cancelHref: comment ? await entryAddress(c.var.app, open.path, issue, comment.id) : href,
  };
  if (c.req.query('fragment') === '1') return fragment(c, 'issues/edit-form', model, status);
  return page(c, 'issues/edit', model, status);
}

async function postText(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const issue = await issueAt(c, open);
  const { fields, files } = await readTextForm(c);
  const { comment: id, version = '' } = fields;
  const comment = await optionalComment(c, issue, id);
  const edit = { body: fields.body ?? '', version: /^\d{1,9}$/.test(version) ? Number(version) : -1 };
  try {
    edit.body = await withFiles(c, open, edit.body, files);
    await editText(app, actor, open, issue, comment?.id, edit);
    markSent(c, fields);
    const to = comment ? await entryAddress(app, open.path, issue, comment.id) : issueHref(open.path, issue);
    return c.redirect(to, 303);
  } catch (error) {
    if (isAppError(error, 'conflict')) return answerConflict(c, open, id, edit.body);
    const { errors, status } = refusalOf(error, 'body');
    return answerEdit(c, open, issue, comment, { ...edit, errors, status });
  }
}

/** Both texts, and the version that is saved now: who saves again has seen it. */
async function answerConflict(
  c: WebContext,
  open: OpenRepository,
  id: string | undefined,
  body: string,
): Promise<Response> {
  const issue = await issueAt(c, open);
  const comment = await optionalComment(c, issue, id);
  const now = comment ?? issue;
  return answerEdit(c, open, issue, comment, {
    body,
    version: now.bodyVersion,
    theirs: now.body ?? '',
    status: 409,
  });
}

async function getEdits(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const issue = await issueAt(c, open);
  const comment = await optionalComment(c, issue, c.req.query('comment'));
  const before = parseId(c.req.query('before'));
  const href = issueHref(open.path, issue);
  return page(c, 'issues/edits', {
    title: `Edit history · ${issue.title} · ${nameOf(issue)} · ${open.path.slice(1)}`,
    repo: repositoryFrame(open, tabOf(issue)),
    issue: { ...headOf(issue), href },
    backHref: comment ? await entryAddress(app, open.path, issue, comment.id) : href,
    ...(await historyModel(app, issue, comment, { href, before })),
  });
}
