// Deleting whoever owns repositories: a person's account, or an organization. Its repositories go first, each with its
// grace period and in steps; then, in one transaction, all the rest.
import { type Actor, SYSTEM } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import { requireSiteAbility } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { removeOrganization } from '../orgs/deletion.service.ts';
import { endMembershipsOf } from '../orgs/members.service.ts';
import { organizationsOf, organizationsOwnedAlone } from '../orgs/memberships.service.ts';
import { requireOrganizationAbility } from '../orgs/orgs.policy.ts';
import { makeGhost } from '../users/deletion.service.ts';
import { requireOtherAdministrator } from '../users/standing.service.ts';
import { requireAccountAbility } from '../users/users.policy.ts';
import { findUserById } from '../users/users.service.ts';
import { markDeleted } from './repos.service.ts';
import { countLiveOf, listLiveOf } from './repos.store.ts';

/** Repositories deleted in one transaction: longer ones would hold up everybody else. */
const AT_ONCE = 100;

/** What goes with an owner, for the page that asks before it happens. */
export async function repositoriesOwnedBy(app: App, ownerId: number): Promise<number> {
  return countLiveOf(app.db.read, ownerId);
}

/**
 * Deletes an account: a person their own, administrators any. Throws AppError conflict while organizations would be left
 * without an owner, naming them, and for the last administrator.
 */
export async function deleteAccount(app: App, actor: Actor, userId: number): Promise<void> {
  requireMayDelete(actor, userId);
  await app.db.write((tx) => requireDispensable(app, tx, userId));
  await deleteOwnedRepositories(app, actor, userId);
  await app.db.write(async (tx) => {
    await requireDispensable(app, tx, userId);
    await deleteSomeOwned(app, tx, actor, userId);
    await endMembershipsOf(app, tx, actor, userId, await organizationsOf(app, SYSTEM, userId));
    await makeGhost(app, tx, actor, userId);
  });
}

function requireMayDelete(actor: Actor, userId: number): void {
  if (actor.kind === 'user' && actor.userId === userId)
    requireAccountAbility(actor, userId, 'account:delete');
  else requireSiteAbility(actor, 'site:administer');
}

/** Before anything is deleted, and again in the transaction that cannot be taken back. */
async function requireDispensable(app: App, tx: Tx, userId: number): Promise<void> {
  const user = await findUserById(app, userId, tx);
  if (user?.isAdmin) await requireOtherAdministrator(tx, userId);
  const message = await whatKeeps(app, userId, tx);
  if (message) throw new AppError('conflict', message);
}

/** Why an account cannot be deleted yet, or undefined. */
export async function whatKeeps(
  app: App,
  userId: number,
  reader: Reader | Tx = app.db.read,
): Promise<string | undefined> {
  const organizations = await organizationsOwnedAlone(app, userId, reader);
  if (organizations.length === 0) return undefined;
  const names = organizations.map(({ name }) => name).join(', ');
  return `This account is the only owner of ${names}. Make somebody else an owner there, or delete the organization first.`;
}

/** Deletes an organization with its repositories, teams and memberships. */
export async function deleteOrganization(app: App, actor: Actor, organizationId: number): Promise<void> {
  await requireOrganizationAbility(app, actor, organizationId, 'organization:delete');
  await deleteOwnedRepositories(app, actor, organizationId);
  await app.db.write(async (tx) => {
    await deleteSomeOwned(app, tx, actor, organizationId);
    await removeOrganization(app, tx, actor, organizationId);
  });
}

/** Deletes every repository of an owner, each with its grace period, in several transactions; the caller has judged it. */
async function deleteOwnedRepositories(app: App, actor: Actor, ownerId: number): Promise<void> {
  for (;;) {
    const deleted = await app.db.write((tx) => deleteSomeOwned(app, tx, actor, ownerId));
    if (deleted < AT_ONCE) return;
  }
}

async function deleteSomeOwned(app: App, tx: Tx, actor: Actor, ownerId: number): Promise<number> {
  const some = await listLiveOf(tx, ownerId, AT_ONCE);
  for (const found of some) await markDeleted(app, tx, actor, found);
  return some.length;
}
