// The merge box: its fragment, merging, merging by itself, and undoing a merge by another pull request.
import { AppError, type FieldErrors, isAppError } from '../../base/errors.ts';
import { fragment, readForm, redirectWithMessage } from '../../platform/web/page.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { issueHref } from '../issues/addresses.service.ts';
import { refusalOf } from '../issues/issue-requests.web.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { disableAutoMerge, enableAutoMerge } from './auto-merge.service.ts';
import { mergeBoxModel } from './merge-box.present.ts';
import { requirementsOf } from './merge-requirements.service.ts';
import { checkWanted } from './mergeability.service.ts';
import { MERGE_STYLES, type MergeRequest } from './merges.types.ts';
import { mergePull } from './merging.service.ts';
import { answerPull } from './pull-page.web.ts';
import { PULL, pullAt } from './pull-requests.web.ts';
import type { Pull } from './pulls.types.ts';
import { dequeuePull, enqueuePull } from './queue.service.ts';
import { revertPull } from './reverting.service.ts';

type Fields = Record<string, string>;

export const mergeBoxRoutes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: `${PULL}/merge-box`, access: 'pulls:read', handler: getBox },
  { method: 'post', path: `${PULL}/merge`, access: 'pulls:merge', expensive: true, handler: postMerge },
  { method: 'post', path: `${PULL}/merge/removal`, access: 'pulls:comment', handler: postRemoval },
  { method: 'post', path: `${PULL}/revert`, access: 'pulls:merge', expensive: true, handler: postRevert },
];

/** Empty once it is closed: the page is loaded anew then. */
async function getBox(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const pull = await pullAt(c, open);
  await checkWanted(app, open, pull);
  const box = await mergeBoxModel(app, open, pull, { style: c.req.query('merge') });
  return fragment(c, 'pulls/merge-box', { box });
}

async function postMerge(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const pull = await pullAt(c, open);
  const form = await readForm(c);
  try {
    const said = await merge(c, open, pull, form);
    return redirectWithMessage(c, issueHref(open.path, pull.issue), said);
  } catch (error) {
    if (isAppError(error, 'not_found', 'unauthenticated')) throw error;
    const { errors, status } = refusalOf(error, 'merge');
    return answerMerge(c, open, { form, errors, status });
  } finally {
    // Whoever sees the page next sees what can be merged by now.
    await checkWanted(app, open, pull);
  }
}

/** What happened, in words. */
async function merge(c: WebContext, open: OpenRepository, pull: Pull, form: Fields): Promise<string> {
  const { app, actor } = c.var;
  const request = requestIn(form);
  if (form.base !== undefined && form.base !== pull.pull.baseBranch)
    throw new AppError(
      'conflict',
      `This goes into ${pull.pull.baseBranch} by now: look at it again, then merge.`,
    );
  if (form.when === 'ready') {
    await enableAutoMerge(app, actor, open, pull, request);
    return 'This is merged by itself as soon as everything that is required is there.';
  }
  if (form.when !== 'now' && (await belongsInQueue(c, open, pull, request))) {
    const { title, message, deleteBranch } = request;
    const order = {
      ...(title === undefined ? {} : { title }),
      ...(message === undefined ? {} : { message }),
      ...(deleteBranch === undefined ? {} : { deleteBranch }),
    };
    await enqueuePull(app, actor, open, pull, { order, headOid: request.headOid });
    return `This is in the merge queue of ${pull.pull.baseBranch}.`;
  }
  await mergePull(app, actor, open, pull, request);
  return 'Pull request merged.';
}

async function belongsInQueue(
  c: WebContext,
  open: OpenRepository,
  pull: Pull,
  { bypasses }: MergeRequest,
): Promise<boolean> {
  const requirements = await requirementsOf(c.var.app, open, pull);
  return requirements.some(
    ({ rule, isMet, canBypass }) => rule === 'queue' && !isMet && !(bypasses && canBypass),
  );
}

function requestIn({ style, title, message, deleteBranch, head, bypass }: Fields): MergeRequest {
  return {
    style: MERGE_STYLES.find((one) => one === style),
    ...(title?.trim() ? { title, message: message ?? '' } : {}),
    deleteBranch: deleteBranch === '1',
    headOid: head || undefined,
    bypasses: bypass === '1',
  };
}

async function answerMerge(
  c: WebContext,
  open: OpenRepository,
  { form, errors, status }: { form: Fields; errors: FieldErrors; status: number },
): Promise<Response> {
  const pull = await pullAt(c, open);
  return answerPull(c, open, pull, { form: {}, errors: {}, status, merge: { form, errors } });
}

/** Takes back whatever would merge it later: the order to merge by itself, and its place in the queue. */
async function postRemoval(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const pull = await pullAt(c, open);
  if (pull.pull.autoMerge) await disableAutoMerge(app, actor, open, pull);
  else await dequeuePull(app, actor, open, pull);
  return c.redirect(issueHref(open.path, pull.issue), 303);
}

async function postRevert(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const pull = await pullAt(c, open);
  const href = issueHref(open.path, pull.issue);
  try {
    const made = await revertPull(app, actor, open, pull);
    const message = 'This undoes the merge once it is merged itself.';
    return redirectWithMessage(c, issueHref(open.path, made.issue), message);
  } catch (error) {
    if (!isAppError(error, 'conflict', 'forbidden', 'invalid')) throw error;
    return redirectWithMessage(c, href, error.message, 'error');
  }
}
