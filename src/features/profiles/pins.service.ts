// The repositories somebody shows first on their page.
import { type Actor, doneBy, type UserActor } from '../../base/actor.ts';
import { AppError, invalid, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { RepositorySummary } from '../repos/repos.types.ts';
import { visibleAmong } from '../repos/visible.service.ts';
import { requireAccountAbility } from '../users/users.policy.ts';
import { listPins, replacePins } from './pins.store.ts';

export const MOST_PINS = 6;

/** Somebody's pins in their order, as far as the actor may see them. */
export async function pinsOf(app: App, actor: Actor, userId: number): Promise<RepositorySummary[]> {
  const ids = await listPins(app.db.read, userId);
  const visible = await visibleAmong(app, actor, ids);
  return ids.flatMap((id) => visible.get(id) ?? []);
}

/** Pins a repository behind the others. Throws AppError invalid beyond six, not_found for what the actor may not see. */
export async function pinRepository(app: App, actor: Actor, repositoryId: number): Promise<void> {
  const self = requireSelf(actor);
  if (!(await visibleAmong(app, actor, [repositoryId])).has(repositoryId)) throw notFound('repository');
  await changePins(app, self, (ids) => {
    if (ids.includes(repositoryId)) return ids;
    if (ids.length >= MOST_PINS)
      throw invalid({ repository: `You can pin ${MOST_PINS} repositories. Unpin one first.` });
    return [...ids, repositoryId];
  });
}

/** Unpins a repository; nothing happens when it was not pinned. */
export async function unpinRepository(app: App, actor: Actor, repositoryId: number): Promise<void> {
  await changePins(app, requireSelf(actor), (ids) => ids.filter((id) => id !== repositoryId));
}

/** Moves a pin to another place, 0 being the first; those between make room. */
export async function movePin(app: App, actor: Actor, repositoryId: number, to: number): Promise<void> {
  await changePins(app, requireSelf(actor), (ids) => {
    if (!ids.includes(repositoryId)) return ids;
    return ids.filter((id) => id !== repositoryId).toSpliced(to, 0, repositoryId);
  });
}

function requireSelf(actor: Actor): UserActor {
  if (actor.kind !== 'user') throw new AppError('unauthenticated', 'Sign in to pin repositories.');
  requireAccountAbility(actor, actor.userId, 'profile:write');
  return actor;
}

/** Pins of repositories that the actor lost sight of are dropped, or nobody could unpin them. */
async function changePins(app: App, self: UserActor, change: (ids: number[]) => number[]): Promise<void> {
  const before = await listPins(app.db.read, self.userId);
  const visible = await visibleAmong(app, self, before);
  await app.db.write(async (tx) => {
    const ids = await listPins(tx, self.userId);
    const after = change(ids.filter((id) => visible.has(id) || !before.includes(id)));
    if (after.length === ids.length && after.every((id, index) => id === ids[index])) return;
    await replacePins(tx, self.userId, after);
    const changed = { userId: self.userId, changes: ['pins'] };
    await app.events.record(tx, { kind: 'user.updated', ...doneBy(self), ...changed });
  });
}
