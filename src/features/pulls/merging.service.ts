// Merges a pull request: judged, built on what the branch holds, and landed; again where the branch moved in between.
import type { Actor } from '../../base/actor.ts';
import { AppError, invalid, isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { authorOf } from '../code/commit-authors.service.ts';
import { requirePerson } from '../issues/changing.service.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { stylesPermitted } from '../rules/requirements.policy.ts';
import { rulesForBranch } from '../rules/rules.service.ts';
import { BaseMoved, landMerge } from './landing.service.ts';
import { buildMerge } from './merge-building.service.ts';
import { requirementsOf, unmetOf } from './merge-requirements.service.ts';
import { mergeSettingsOf } from './merge-settings.service.ts';
import { inBranchTurn } from './merge-turns.service.ts';
import type { MergeRequest, MergeSettings } from './merges.types.ts';
import { findPullById } from './pulls.store.ts';
import type { MergeOrder, MergeStyle, Pull } from './pulls.types.ts';

export { landMerge } from './landing.service.ts';

/** Pushes may come between the look at the branch and its step. */
const ATTEMPTS = 5;

/**
 * Merges a pull request, and returns what the branch holds then. Throws AppError invalid on `style`, `title` and `email`;
 * conflict (MergeConflicts with the paths) where it cannot be merged, and where it changed since it was looked at; forbidden
 * with the sentences of the requirements that are not met; and what the judgement of `pulls:merge` throws.
 */
export async function mergePull(
  app: App,
  actor: Actor,
  open: OpenRepository,
  pull: Pull,
  request: MergeRequest,
): Promise<{ oid: Oid }> {
  await requireAbility(app.db.read, actor, open, 'pulls:merge');
  const order = await orderOf(app, actor, open, pull, request);
  const { baseBranch } = pull.pull;
  const merging = async () => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await mergeOnce(app, actor, open, pull, request, order);
      } catch (error) {
        if (attempt === ATTEMPTS || !(error instanceof BaseMoved)) throw error;
      }
    }
  };
  return inBranchTurn(app, open.repository.id, baseBranch, merging);
}

/** The order that a request becomes: in a permitted style, by today's settings. Throws AppError invalid. */
export async function orderOf(
  app: App,
  actor: Actor,
  open: OpenRepository,
  pull: Pull,
  request: MergeRequest,
): Promise<MergeOrder> {
  const settings = await mergeSettingsOf(app, open.repository.id);
  const style = request.style ?? (await defaultStyleFor(app, open, pull, settings));
  if (!(await stylesFor(app, open, pull, settings)).includes(style))
    throw invalid({ style: 'This way of merging is not permitted here. Choose another one.' });
  const { title, message, deleteBranch = settings.deletesBranch } = request;
  const byId = requirePerson(actor);
  return {
    ...{ style, byId, at: app.clock.now(), deleteBranch },
    ...(title === undefined ? {} : { title }),
    ...(message === undefined ? {} : { message }),
  };
}

/** The styles in which a pull request may be merged: those of the repository that the rules of its base permit too. */
export async function stylesFor(
  app: App,
  open: OpenRepository,
  pull: Pull,
  settings: MergeSettings,
): Promise<MergeStyle[]> {
  const permitted = stylesPermitted(await rulesForBranch(app, open, pull.pull.baseBranch));
  return settings.styles.filter((style) => permitted.includes(style));
}

async function defaultStyleFor(
  app: App,
  open: OpenRepository,
  pull: Pull,
  settings: MergeSettings,
): Promise<MergeStyle> {
  const styles = await stylesFor(app, open, pull, settings);
  return styles.includes(settings.defaultStyle)
    ? settings.defaultStyle
    : (styles[0] ?? settings.defaultStyle);
}

async function mergeOnce(
  app: App,
  actor: Actor,
  open: OpenRepository,
  seen: Pull,
  request: MergeRequest,
  order: MergeOrder,
): Promise<{ oid: Oid }> {
  const pull = await findPullById(app.db.read, seen.issue.id);
  if (!pull) throw new AppError('not_found', 'This pull request is gone.');
  const { headOid, baseBranch } = pull.pull;
  if (baseBranch !== seen.pull.baseBranch)
    throw new AppError('conflict', `This goes into ${baseBranch} by now: look at it again, then merge.`);
  if (request.headOid !== undefined && request.headOid !== headOid)
    throw new AppError('conflict', 'New commits came since you looked at this: look at them, then merge.');
  const bypassed = await requireMergeable(app, open, pull, order.style, request.bypasses === true);
  const baseOid = await app.git.ref(open.dir, `refs/heads/${baseBranch}`);
  if (baseOid === undefined)
    throw new AppError('conflict', `The branch ${baseBranch} is gone: choose another base, or restore it.`);
  const committer = await authorOf(app, actor, request.email);
  const oid = await buildMerge(app, open, pull, order, { baseOid, committer });
  const merges = [{ pull, order, oid }];
  const landing = { branch: baseBranch, from: baseOid, to: oid, merges, bypassed };
  try {
    await landMerge(app, actor, open, landing);
  } catch (error) {
    // Rules of single commits are judged where the branch moves: who asked to pass rules by does so there too.
    if (!request.bypasses || bypassed.length > 0 || !isAppError(error, 'forbidden')) throw error;
    await landMerge(app, actor, open, { ...landing, bypassed: ['commits'] });
  }
  return { oid };
}

async function requireMergeable(
  app: App,
  open: OpenRepository,
  pull: Pull,
  style: MergeStyle,
  bypasses: boolean,
): Promise<string[]> {
  const requirements = await requirementsOf(app, open, pull, { style });
  const unmet = unmetOf(requirements, bypasses);
  if (unmet.some(({ rule }) => rule === 'open'))
    throw new AppError('conflict', 'This pull request is closed: there is nothing to merge.');
  if (unmet.length > 0) throw new AppError('forbidden', unmet.map(({ text }) => text).join('\n'));
  return requirements.filter(({ isMet }) => !isMet).map(({ rule }) => rule);
}
