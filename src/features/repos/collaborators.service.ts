// Who else may work in a repository.
import { type Actor, doneBy } from '../../base/actor.ts';
import { invalid } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { findUserByName } from '../users/users.service.ts';
import type { NewCollaborator } from './repos.input.ts';
import { requireAbility } from './repos.policy.ts';
import { findCollaborator, listCollaborators, removeCollaborator, setCollaborator } from './repos.store.ts';
import type { GivenPermission, OpenRepository } from './repos.types.ts';

export interface Collaborator {
  userId: number;
  name: string;
  displayName: string;
  permission: GivenPermission;
}

/** Everybody who was given access, by name. */
export async function collaboratorsOf(app: App, actor: Actor, open: OpenRepository): Promise<Collaborator[]> {
  await requireAbility(app.db.read, actor, open, 'access:manage');
  return listCollaborators(app.db.read, open.repository.id);
}

/** Gives somebody access, or changes what they were given. Throws AppError invalid on `username`. */
export async function giveAccess(
  app: App,
  actor: Actor,
  open: OpenRepository,
  input: NewCollaborator,
): Promise<void> {
  await requireAbility(app.db.read, actor, open, 'access:manage');
  const user = await findUserByName(app, input.username);
  if (user?.kind !== 'user') throw invalid({ username: `There is no user named ${input.username}.` });
  if (user.id === open.owner.id) throw invalid({ username: 'The owner already has every permission.' });
  const { permission } = input;
  const row = { repositoryId: open.repository.id, userId: user.id, permission };
  await app.db.write(async (tx) => {
    await setCollaborator(tx, { ...row, createdAt: app.clock.now() });
    await app.events.record(tx, { kind: 'collaborator.set', ...doneBy(actor), ...row });
  });
}

/** Takes somebody's access away; nothing happens when they had none. */
export async function takeAccess(
  app: App,
  actor: Actor,
  open: OpenRepository,
  userId: number,
): Promise<void> {
  await requireAbility(app.db.read, actor, open, 'access:manage');
  const repositoryId = open.repository.id;
  await app.db.write(async (tx) => {
    if (!(await findCollaborator(tx, repositoryId, userId))) return;
    await removeCollaborator(tx, repositoryId, userId);
    await app.events.record(tx, { kind: 'collaborator.removed', ...doneBy(actor), repositoryId, userId });
  });
}
