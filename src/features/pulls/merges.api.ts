// Merging by Gitea's REST API v1.
import type { z } from 'zod';
import { type AppError, isAppError, notFound } from '../../base/errors.ts';
import { describing } from '../../platform/api/description.ts';
import { bodyOf } from '../../platform/web/api-input.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { disableAutoMerge, enableAutoMerge } from './auto-merge.service.ts';
import { requirementsOf } from './merge-requirements.service.ts';
import type { MergeRequest } from './merges.types.ts';
import { mergePull } from './merging.service.ts';
import { mergeBody } from './pull-bodies.input.ts';
import { PULL_API, pullAt } from './pull-requests.web.ts';
import type { MergeStyle, Pull } from './pulls.types.ts';
import { enqueuePull } from './queue.service.ts';

const MERGE = `${PULL_API}/merge`;

const described = describing('pull');

export const mergeApiRoutes: Route<Ability, OpenRepository>[] = [
  {
    method: 'get',
    path: MERGE,
    access: 'pulls:read',
    handler: getMerged,
    api: described('repoPullRequestIsMerged', 'Whether a pull request was merged', 'none', {
      about: '204 when it was, 404 when not.',
    }),
  },
  {
    method: 'post',
    path: MERGE,
    access: 'pulls:merge',
    expensive: true,
    handler: postMerge,
    api: described('repoMergePullRequest', 'Merge a pull request', 'none', {
      about:
        '200 once it is merged, 405 while requirements are not met, 201 when it will be as soon as everything is there, 202 when it went into the merge queue of its base.',
      body: mergeBody,
      example: { Do: 'squash', MergeTitleField: 'Add a saucer', delete_branch_after_merge: false },
      status: 200,
      otherStatuses: [201, 202],
    }),
  },
  {
    method: 'delete',
    path: MERGE,
    access: 'pulls:merge',
    handler: deleteMerge,
    api: described('repoCancelScheduledAutoMerge', 'Take back the order to merge by itself', 'none'),
  },
];

/** 204 when it is merged, 404 when it is not. */
async function getMerged(c: WebContext, open: OpenRepository): Promise<Response> {
  const { pull } = await pullAt(c, open);
  if (pull.mergedAt === null) throw notFound('merge');
  return c.body(null, 204);
}

/**
 * Merges; with `merge_when_checks_succeed`, as soon as everything is there, which 201 says. Where the base has a queue, 202: it
 * goes through that, unless `force_merge` passes it by.
 */
async function postMerge(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const pull = await pullAt(c, open);
  const body = await bodyOf(c, mergeBody);
  const request = requestIn(body);
  if (body.merge_when_checks_succeed === true) {
    await enableAutoMerge(app, actor, open, pull, request);
    return c.body(null, 201);
  }
  if (await belongsInQueue(c, open, pull, request)) {
    await enqueuePull(app, actor, open, pull, { headOid: request.headOid });
    return c.body(null, 202);
  }
  try {
    await mergePull(app, actor, open, pull, request);
  } catch (error) {
    // The gate has asked already whether the actor may merge at all: what is forbidden here is what requirements leave open.
    if (!isAppError(error, 'forbidden')) throw error;
    return answerUnready(c, error);
  }
  return c.body(null, 200);
}

/** 405, by which programs know what to try again later from what they may not do at all. */
function answerUnready(c: WebContext, { message }: AppError): Response {
  return c.json({ message, url: `${c.var.app.publicUrl()}/api/reference` }, 405);
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

const STYLES = {
  merge: 'merge',
  squash: 'squash',
  rebase: 'rebase',
  'rebase-merge': 'rebase_merge',
  'fast-forward-only': 'fast_forward',
} as const satisfies Record<string, MergeStyle>;

function requestIn(body: z.output<ReturnType<typeof mergeBody>>): MergeRequest {
  const style = body.Do ?? body.do;
  const { delete_branch_after_merge: deletes } = body;
  return {
    ...(style === undefined ? {} : { style: STYLES[style] }),
    title: body.MergeTitleField,
    message: body.MergeMessageField,
    headOid: body.head_commit_id || undefined,
    bypasses: body.force_merge ?? false,
    ...(deletes === undefined ? {} : { deleteBranch: deletes }),
  };
}

/** Takes back the order to merge by itself; 404 where there is none. */
async function deleteMerge(c: WebContext, open: OpenRepository): Promise<Response> {
  const pull = await pullAt(c, open);
  if (pull.pull.autoMerge === null) throw notFound('auto-merge');
  await disableAutoMerge(c.var.app, c.var.actor, open, pull);
  return c.body(null, 204);
}
