// Forms about the branches of a pull request: another base, and its head's branch once it is over.
import { page, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { listRefNames } from '../code/refs.service.ts';
import { issueHref } from '../issues/addresses.service.ts';
import { refusalOf } from '../issues/issue-requests.web.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { changeBase } from './base-branches.service.ts';
import { deleteHeadBranch, restoreHeadBranch } from './head-branches.service.ts';
import { pullFrame } from './pull-frame.present.ts';
import { PULL, pullAt } from './pull-requests.web.ts';
import { setAllowsEdits } from './pull-states.service.ts';
import type { Pull } from './pulls.types.ts';

/** Names that the form suggests; others can be typed. */
const MOST_SUGGESTED = 200;

export const pullBranchRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: `${PULL}/base`, access: 'pulls:comment', handler: getBase },
  { method: 'post', path: `${PULL}/base`, access: 'pulls:comment', handler: postBase },
  { method: 'post', path: `${PULL}/branch/edits`, access: 'pulls:comment', handler: postEdits },
  { method: 'post', path: `${PULL}/branch/deletion`, access: 'pulls:comment', handler: postDeletion },
  { method: 'post', path: `${PULL}/branch/restoration`, access: 'pulls:comment', handler: postRestoration },
];

async function getBase(c: WebContext, open: OpenRepository): Promise<Response> {
  const found = await pullAt(c, open);
  return answerBase(c, open, found, { form: { base: found.pull.baseBranch } });
}

async function answerBase(
  c: WebContext,
  open: OpenRepository,
  found: Pull,
  again: { form: Record<string, string>; errors?: Record<string, string>; status?: number },
): Promise<Response> {
  const { app } = c.var;
  const { issue } = found;
  const [frame, names] = await Promise.all([
    pullFrame(app, open, found, 'conversation'),
    listRefNames(app, open),
  ]);
  const { form, errors = {}, status = 200 } = again;
  return page(
    c,
    'pulls/base',
    {
      title: `Change the base · ${issue.title} · Pull request #${issue.number} · ${open.path.slice(1)}`,
      ...frame,
      names: names.branches.slice(0, MOST_SUGGESTED),
      form,
      errors,
    },
    status,
  );
}

async function postBase(c: WebContext, open: OpenRepository): Promise<Response> {
  const found = await pullAt(c, open);
  const { base = '' } = await readForm(c);
  try {
    await changeBase(c.var.app, c.var.actor, open, found, base.trim());
    return c.redirect(issueHref(open.path, found.issue), 303);
  } catch (error) {
    return answerBase(c, open, await pullAt(c, open), { form: { base }, ...refusalOf(error, 'base') });
  }
}

async function postEdits(c: WebContext, open: OpenRepository): Promise<Response> {
  const found = await pullAt(c, open);
  const { allowed } = await readForm(c);
  await setAllowsEdits(c.var.app, c.var.actor, open, found, allowed === '1');
  return c.redirect(issueHref(open.path, found.issue), 303);
}

async function postDeletion(c: WebContext, open: OpenRepository): Promise<Response> {
  return change(c, open, deleteHeadBranch, 'deleted');
}

async function postRestoration(c: WebContext, open: OpenRepository): Promise<Response> {
  return change(c, open, restoreHeadBranch, 'restored');
}

async function change(
  c: WebContext,
  open: OpenRepository,
  act: typeof deleteHeadBranch,
  word: string,
): Promise<Response> {
  const found = await pullAt(c, open);
  const href = issueHref(open.path, found.issue);
  try {
    await act(c.var.app, c.var.actor, open, found);
    return redirectWithMessage(c, href, `The branch ${found.pull.headBranch} was ${word}.`);
  } catch (error) {
    const { errors } = refusalOf(error, 'branch');
    return redirectWithMessage(c, href, errors.branch ?? 'That did not work.', 'error');
  }
}
