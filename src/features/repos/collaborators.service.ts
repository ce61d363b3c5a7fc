// Who else may work in a repository.
import { type Actor, doneBy, type UserActor } from '../../base/actor.ts';
import { invalid, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { areApart } from '../users/blocks.service.ts';
import { findUserById, findUserByName } from '../users/users.service.ts';
import type { UserRow } from '../users/users.types.ts';
import type { NewCollaborator } from './repos.input.ts';
import { requireAbility, standingOf } from './repos.policy.ts';
import {
  findCollaborator,
  findLiveById,
  listCollaborators,
  removeCollaborator,
  setCollaborator,
} from './repos.store.ts';
import type { GivenPermission, OpenRepository, Permission, RepositorySummary } from './repos.types.ts';

export interface Collaborator {
  userId: number;
  name: string;
  displayName: string;
  avatarHash: string | null;
  permission: GivenPermission;
}

/** Everybody who was given access by name, by name. */
export async function collaboratorsOf(app: App, actor: Actor, open: OpenRepository): Promise<Collaborator[]> {
  await requireAbility(app.db.read, actor, open, 'access:read');
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
  if (user?.kind !== 'user' && user?.kind !== 'bot')
    throw invalid({ username: `There is no user named ${input.username}.` });
  const { permission } = input;
  await app.db.write(async (tx) => {
    const { repository } = await requireManaged(tx, actor, open);
    await requireMayBeAdded(app, tx, repository.ownerId, user.id, input.username);
    const row = { repositoryId: repository.id, userId: user.id, permission };
    const before = await findCollaborator(tx, repository.id, user.id);
    await setCollaborator(tx, { ...row, createdAt: app.clock.now() });
    const had = before ? { before: before.permission } : {};
    await app.events.record(tx, { kind: 'collaborator.set', ...doneBy(actor), ...row, ...had });
  });
}

/** Asked in the transaction: an account may be deleted, or blocked, while the form is on its way. */
async function requireMayBeAdded(
  app: App,
  tx: Tx,
  ownerId: number,
  userId: number,
  username: string,
): Promise<void> {
  if (userId === ownerId) throw invalid({ username: 'The owner already has every permission.' });
  const account = await findUserById(app, userId, tx);
  if (!account || account.kind === 'ghost')
    throw invalid({ username: `There is no user named ${username}.` });
  if (await areApart(app, ownerId, userId, tx))
    throw invalid({ username: `${account.name} cannot be added to this repository.` });
}

/** Takes somebody's access away; nothing happens when they had none. */
export async function takeAccess(
  app: App,
  actor: Actor,
  open: OpenRepository,
  userId: number,
): Promise<void> {
  await requireAbility(app.db.read, actor, open, 'access:manage');
  await app.db.write(async (tx) => {
    const { repository } = await requireManaged(tx, actor, open);
    const repositoryId = repository.id;
    if (!(await findCollaborator(tx, repositoryId, userId))) return;
    await removeCollaborator(tx, repositoryId, userId);
    await app.events.record(tx, { kind: 'collaborator.removed', ...doneBy(actor), repositoryId, userId });
  });
}

/** As it is now: it may have gone to another owner since the page was shown. */
async function requireManaged(tx: Tx, actor: Actor, open: OpenRepository): Promise<RepositorySummary> {
  const found = await findLiveById(tx, open.repository.id);
  if (!found) throw notFound('repository');
  await requireAbility(tx, actor, found, 'access:manage');
  return found;
}

/**
 * What somebody holds on a repository, whoever gave it. Everybody may ask for themselves, of others whoever sees who has
 * access. Throws AppError not_found for nobody's name.
 */
export async function permissionOf(
  app: App,
  actor: Actor,
  open: OpenRepository,
  name: string,
): Promise<{ userId: number; permission: Permission }> {
  const user = await findUserByName(app, name);
  const isSelf = actor.kind === 'user' && actor.userId === user?.id;
  await requireAbility(app.db.read, actor, open, isSelf ? 'repository:see' : 'access:read');
  if (user?.kind !== 'user' && user?.kind !== 'bot') throw notFound('user');
  if (isSelf) return { userId: user.id, permission: open.permission };
  return { userId: user.id, permission: user.isSuspended ? 'none' : await heldBy(app, open, user) };
}

async function heldBy(app: App, { repository, owner }: OpenRepository, user: UserRow): Promise<Permission> {
  const { id: userId, name, isAdmin, isRestricted } = user;
  const person: UserActor = { kind: 'user', userId, name, isAdmin, isRestricted, via: 'session' };
  const owned = { repository, ownerKind: owner.kind };
  return (await standingOf(app.db.read, person, owned)).permission;
}

/** Somebody who was given access by name; throws AppError not_found for everybody else. */
export async function requireCollaborator(
  app: App,
  actor: Actor,
  open: OpenRepository,
  name: string,
): Promise<Collaborator> {
  const all = await collaboratorsOf(app, actor, open);
  const found = all.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (!found) throw notFound('collaborator');
  return found;
}
