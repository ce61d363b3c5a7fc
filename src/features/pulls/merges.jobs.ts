// What merging does later: finding out what can be merged, and looking after merges that a crash broke off.
import { z } from 'zod';
import { SYSTEM } from '../../base/actor.ts';
import { isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { actorOf } from '../issues/writers.service.ts';
import { openRepositoryById } from '../repos/access.service.ts';
import { AUTO_MERGE_JOB, tryAutoMerge } from './auto-merge.service.ts';
import { deleteHeadBranch } from './head-branches.service.ts';
import { DELETE_HEAD_JOB, SETTLE_JOB, settleMerges } from './landing.service.ts';
import { inBranchTurn } from './merge-turns.service.ts';
import { CHECK_BASE_JOB, CHECK_JOB, checkBase, checkMergeability } from './mergeability.service.ts';
import { findPull } from './pulls.service.ts';

const pullPayload = z.object({ pullId: z.number().int() });
const basePayload = z.object({ repositoryId: z.number().int(), branch: z.string() });
const headPayload = z.object({ pullId: z.number().int(), byId: z.number().int() });
const settlePayload = z.object({
  repositoryId: z.number().int(),
  branch: z.string(),
  pullIds: z.array(z.number().int()),
});

/** Defines the jobs of merging. */
export function registerMergeJobs(app: App): void {
  app.jobs.define({
    kind: CHECK_JOB,
    queue: 'default',
    priority: 20,
    run: (payload) => checkMergeability(app, pullPayload.parse(payload).pullId),
  });
  app.jobs.define({
    kind: CHECK_BASE_JOB,
    queue: 'default',
    priority: 40,
    run: (payload, { signal }) => {
      const { repositoryId, branch } = basePayload.parse(payload);
      return checkBase(app, repositoryId, branch, signal);
    },
  });
  app.jobs.define({
    kind: AUTO_MERGE_JOB,
    queue: 'default',
    priority: 30,
    run: (payload) => tryAutoMerge(app, pullPayload.parse(payload).pullId),
  });
  app.jobs.define({ kind: DELETE_HEAD_JOB, queue: 'default', run: (payload) => deleteHead(app, payload) });
  app.jobs.define({ kind: SETTLE_JOB, queue: 'default', run: (payload) => settle(app, payload) });
}

/** The merge stands whatever becomes of the branch: it may be needed, be a fork's, or have rules of its own. */
async function deleteHead(app: App, payload: unknown): Promise<void> {
  const { pullId, byId } = headPayload.parse(payload);
  const [pull, actor] = await Promise.all([findPull(app, pullId), actorOf(app, byId)]);
  if (!pull || !actor) return;
  try {
    const open = await openRepositoryById(app, actor, pull.pull.repositoryId, 'pulls:read');
    await deleteHeadBranch(app, actor, open, pull);
  } catch (error) {
    if (!isAppError(error, 'conflict', 'forbidden', 'not_found', 'unauthenticated')) throw error;
  }
}

async function settle(app: App, payload: unknown): Promise<void> {
  const { repositoryId, branch, pullIds } = settlePayload.parse(payload);
  try {
    const open = await openRepositoryById(app, SYSTEM, repositoryId, 'pulls:read');
    await inBranchTurn(app, repositoryId, branch, () => settleMerges(app, open, branch, pullIds));
  } catch (error) {
    if (!isAppError(error, 'not_found')) throw error;
  }
}
