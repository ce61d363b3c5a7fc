// The one way a pull request is changed: as an issue is, with its row of `pulls` beside it.
import type { Actor } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { changeWithin } from '../issues/changing.service.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { findPullById, updatePull } from './pulls.store.ts';
import type { Pull, PullChange, PullRow } from './pulls.types.ts';

/**
 * Runs `change` on a pull request of the opened repository in one transaction. Throws AppError as `requireAbility` does, and
 * not_found when it is not in this repository. `change` may run again, so it changes rows only; it records the events itself.
 */
export async function changePull<T>(
  app: App,
  actor: Actor,
  open: Pick<OpenRepository, 'repository' | 'owner'>,
  issueId: number,
  ability: Ability,
  change: (change: PullChange) => Promise<T>,
): Promise<T> {
  await requireAbility(app.db.read, actor, open, ability);
  return app.db.write(async (tx) => {
    const found = await findPullById(tx, issueId);
    if (found?.pull.repositoryId !== open.repository.id) throw notFound('pull request');
    return changePullWithin(app, tx, actor, found, change);
  });
}

/** As `changePull`, in the caller's own transaction; the caller has judged. */
export async function changePullWithin<T>(
  app: App,
  tx: Tx,
  actor: Actor,
  { issue, pull }: Pull,
  change: (change: PullChange) => Promise<T>,
): Promise<T> {
  return changeWithin(app, tx, actor, issue, async (within) => {
    const columns: Partial<PullRow> = {};
    const setPull = (more: Partial<PullRow>) => void Object.assign(columns, more);
    const result = await change({ ...within, pull, setPull });
    if (Object.keys(columns).length > 0) await updatePull(tx, issue.id, columns);
    return result;
  });
}
