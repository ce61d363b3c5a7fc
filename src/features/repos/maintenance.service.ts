// Asking for a repository's maintenance; repos.jobs does the work.
import { type Actor, doneBy } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import { requireSiteAbility } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import { findLiveById } from './repos.store.ts';

export const MAINTAIN_JOB = 'repos.maintain';
export const REPACK_JOB = 'repos.repack';

/** Has a repository repacked as soon as the maintenance queue comes to it, whatever the quiet hours. */
export async function maintainNow(app: App, actor: Actor, repositoryId: number): Promise<void> {
  requireSiteAbility(actor, 'site:administer');
  await app.db.write(async (tx) => {
    if (!(await findLiveById(tx, repositoryId))) throw notFound('repository');
    const options = { uniqueKey: `${REPACK_JOB}:${repositoryId}`, fairnessKey: `repo:${repositoryId}` };
    await app.jobs.enqueue(tx, REPACK_JOB, { repositoryId }, options);
    await app.events.record(tx, { kind: 'repository.maintenance_requested', ...doneBy(actor), repositoryId });
  });
}
