// Gives a pull request another base: what it changes is counted anew then, and whether it can be merged looked at again.
import { type Actor, doneBy } from '../../base/actor.ts';
import { AppError, invalid } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { countPost, requirePerson } from '../issues/changing.service.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { withdrawOrder } from './auto-merge-orders.service.ts';
import { changePull } from './changing-pulls.service.ts';
import { countPullLater } from './prepare-pull.service.ts';
import { rangeBetween } from './pull-range.service.ts';
import { abilityAsAuthor, requireHeard, requireNoTwin } from './pull-states.service.ts';
import type { Pull } from './pulls.types.ts';
import { markStale } from './reviews.service.ts';

/**
 * Lets a pull request be merged into another branch; its author may, and whoever may write. Throws AppError invalid on
 * `base`, and conflict when it is not open, or another one brings the same head there.
 */
export async function changeBase(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { issue, pull }: Pull,
  base: string,
): Promise<void> {
  const ability = abilityAsAuthor(actor, issue.authorId, 'pulls:manage');
  await requireAbility(app.db.read, actor, open, ability);
  const baseOid = await app.git.ref(open.dir, `refs/heads/${base}`);
  if (base === '' || baseOid === undefined) throw invalid({ base: 'Choose a branch of this repository.' });
  if (pull.headRepositoryId === open.repository.id && base === pull.headBranch)
    throw invalid({ base: 'Choose another branch than the one it brings.' });
  const { headOid } = pull;
  const range = await rangeBetween(app, open.dir, { baseOid, headOid });
  if (range.commitCount === 0) throw invalid({ base: `${base} has every commit of it already.` });
  if (range.mergeBaseOid === undefined)
    throw invalid({ base: `It has no history in common with ${base}, so it cannot be merged there.` });
  if (ability === 'pulls:comment') countPost(app, requirePerson(actor));
  await changePull(app, actor, open, issue.id, ability, async (change) => {
    const { tx, issue: now, pull: today } = change;
    await requireHeard(app, actor, open, change, 'pulls:manage');
    if (now.state === 'closed') throw new AppError('conflict', 'This pull request is closed.');
    if (today.merging !== null) throw new AppError('conflict', 'This pull request is being merged.');
    if (today.headOid !== headOid)
      throw new AppError('conflict', 'There are new commits: look at them, then choose again.');
    const { baseBranch: from } = today;
    if (from === base && today.basePullId === null) return;
    await requireNoTwin(tx, today, base);
    const { mergeBaseOid, commitCount } = range;
    change.setPull({
      baseBranch: base,
      basePullId: null,
      baseOid,
      mergeBaseOid: mergeBaseOid ?? null,
      commitCount,
      mergeability: 'unknown',
    });
    // What was approved lay between other commits.
    if (today.mergeBaseOid !== (mergeBaseOid ?? null)) await markStale(tx, app, today, today.revision + 1);
    if (from !== base) {
      await change.addEntry('base_changed', { from, to: base });
      await withdrawOrder(app, actor, change, `It goes into ${base} by now.`);
    }
    await countPullLater(app, tx, now.id);
    const { id: issueId, repositoryId } = now;
    await app.events.record(tx, {
      kind: 'pull.base_changed',
      ...doneBy(actor),
      repositoryId,
      issueId,
      from,
      to: base,
    });
  });
}
