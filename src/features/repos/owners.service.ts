// Who may create repositories, and bring them by a transfer, for whom.
import type { Actor } from '../../base/actor.ts';
import { AppError, invalid, isAppError, notFound } from '../../base/errors.ts';
import { hasAdminPower, requireSiteAbility } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { organizationsForCreation } from '../orgs/memberships.service.ts';
import { requireMayCreateRepositoryIn } from '../orgs/orgs.policy.ts';
import { findOrganizationById, findOrganizationByName } from '../orgs/orgs.service.ts';
import { findUserById, findUserByName } from '../users/users.service.ts';
import type { Visibility } from './repos.types.ts';

export interface RepositoryOwner {
  id: number;
  name: string;
  kind: 'user' | 'organization';
}

/** Whom the actor may create repositories for: themselves first, then organizations by name. */
export async function ownersForCreation(app: App, actor: Actor): Promise<RepositoryOwner[]> {
  if (actor.kind !== 'user') return [];
  const organizations = await organizationsForCreation(app, actor);
  return [
    { id: actor.userId, name: actor.name, kind: 'user' },
    ...organizations.map(({ id, name }): RepositoryOwner => ({ id, name, kind: 'organization' })),
  ];
}

/**
 * The owner of a new repository: the actor, or who is named. Throws AppError invalid on `owner` for names of nobody the
 * actor may create for, forbidden where an organization's rules do not allow (such) a repository.
 */
export async function requireNewOwner(
  app: App,
  actor: Actor,
  name: string | undefined,
  visibility: Visibility,
): Promise<RepositoryOwner> {
  if (actor.kind === 'user' && isOwnName(actor, name))
    return { id: actor.userId, name: actor.name, kind: 'user' };
  const organization = name === undefined ? undefined : await findOrganizationByName(app, actor, name);
  if (organization) {
    await requireMayCreateIn(app.db.read, actor, organization, visibility);
    return { id: organization.id, name: organization.name, kind: 'organization' };
  }
  // For other people only the system and administrators create repositories.
  const user = name !== undefined && hasAdminPower(actor) ? await findUserByName(app, name) : undefined;
  if (user?.kind !== 'user' && user?.kind !== 'bot')
    throw invalid({ owner: 'Choose yourself or an organization in which you may create repositories.' });
  requireSiteAbility(actor, 'site:administer');
  return { id: user.id, name: user.name, kind: 'user' };
}

function isOwnName(actor: { name: string }, name: string | undefined): boolean {
  return name === undefined || name === '' || name.toLowerCase() === actor.name.toLowerCase();
}

/** Somebody a repository may be sent to, if the actor may know of them: active people and organizations. */
export async function findRecipient(
  app: App,
  actor: Actor,
  name: string,
): Promise<RepositoryOwner | undefined> {
  const organization = await findOrganizationByName(app, actor, name);
  if (organization) return { id: organization.id, name: organization.name, kind: 'organization' };
  const user = await findUserByName(app, name);
  if (user?.kind !== 'user' || user.isSuspended) return undefined;
  return { id: user.id, name: user.name, kind: 'user' };
}

/** Whether the actor may make somebody an owner without asking them: themselves, or an organization they create in. */
export async function mayActFor(
  app: App,
  reader: Reader | Tx,
  actor: Actor,
  owner: RepositoryOwner,
  visibility: Visibility,
): Promise<boolean> {
  if (actor.kind === 'system') return true;
  if (owner.kind === 'user') return actor.kind === 'user' && actor.userId === owner.id;
  const organization = await findOrganizationById(app, owner.id, reader);
  if (!organization) return false;
  try {
    await requireMayCreateRepositoryIn(reader, actor, organization, visibility);
    return true;
  } catch (error) {
    if (isAppError(error)) return false;
    throw error;
  }
}

/** Beside the form, not in its place: another owner may be chosen. */
async function requireMayCreateIn(
  reader: Reader | Tx,
  actor: Actor,
  organization: Parameters<typeof requireMayCreateRepositoryIn>[2],
  visibility: Visibility,
): Promise<void> {
  try {
    await requireMayCreateRepositoryIn(reader, actor, organization, visibility);
  } catch (error) {
    if (!isAppError(error, 'forbidden')) throw error;
    throw new AppError('forbidden', error.message, { fields: { owner: error.message } });
  }
}

/**
 * Judges in the transaction that makes somebody an owner that they still are there and the actor may still create for
 * them; returns the name they have by now.
 */
export async function requireStillOwner(
  app: App,
  tx: Tx,
  actor: Actor,
  owner: RepositoryOwner,
  visibility: Visibility,
): Promise<string> {
  const account = await findUserById(app, owner.id, tx);
  if (!account || account.kind === 'ghost') throw notFound('account');
  if (owner.kind === 'organization') {
    const organization = await findOrganizationById(app, owner.id, tx);
    if (!organization) throw notFound('organization');
    await requireMayCreateIn(tx, actor, organization, visibility);
  }
  return account.name;
}
