// Accounts as administrators list and change them by the API.
import type { Actor } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import { requireSiteAbility } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import { makePrimaryOf } from '../auth/email-change.service.ts';
import { vouchForEmail } from '../auth/emails.service.ts';
import { requirePasswordChange, setPasswordOf } from '../auth/passwords.service.ts';
import { deleteAccount, repositoriesOwnedBy } from '../repos/owner-deletion.service.ts';
import { type ProfileFields, profileChangesOf } from '../users/profile-fields.service.ts';
import { setAdmin, setRestricted, suspendUser, unsuspendUser } from '../users/standing.service.ts';
import { changeProfileOf } from '../users/users.service.ts';
import {
  type AccountWanted,
  countAccounts,
  countAddresses,
  type ListedAddress,
  listAccountIds,
  listAddresses,
} from './accounts.store.ts';
import type { AccountRow } from './people.types.ts';

export type { AccountWanted, ListedAddress } from './accounts.store.ts';

interface Paged {
  page: number;
  limit: number;
}

/** One page of the ids of people and bots, by name. */
export async function pageOfAccountIds(
  app: App,
  actor: Actor,
  wanted: AccountWanted,
  { page, limit }: Paged,
): Promise<{ ids: number[]; total: number }> {
  requireSiteAbility(actor, 'users:list');
  const slice = { limit, offset: (page - 1) * limit };
  return {
    ids: await listAccountIds(app.db.read, wanted, slice),
    total: await countAccounts(app.db.read, wanted),
  };
}

/** One page of every e-mail address, or of those that hold some text. */
export async function pageOfAddresses(
  app: App,
  actor: Actor,
  words: string | undefined,
  { page, limit }: Paged,
): Promise<{ items: ListedAddress[]; total: number }> {
  requireSiteAbility(actor, 'users:list');
  const typed = words?.trim().slice(0, 254) || undefined;
  const slice = { limit, offset: (page - 1) * limit };
  return {
    items: await listAddresses(app.db.read, typed, slice),
    total: await countAddresses(app.db.read, typed),
  };
}

/** What administrators change about an account; what is left out stays. */
export interface AccountChanges {
  profile?: ProfileFields;
  email?: string | undefined;
  password?: string | undefined;
  mustChangePassword?: boolean | undefined;
  isAdmin?: boolean | undefined;
  isSuspended?: boolean | undefined;
  isRestricted?: boolean | undefined;
}

/**
 * Changes an account, one thing after the other: what takes power away first, so that what is refused later leaves an account
 * that may do less, and never one that may do more. Throws what each of them throws.
 */
export async function editAccount(
  app: App,
  actor: Actor,
  { id }: AccountRow,
  changes: AccountChanges,
): Promise<void> {
  requireSiteAbility(actor, 'site:administer');
  const { isAdmin, isSuspended, isRestricted } = changes;
  const profile = changes.profile && (await profileChangesOf(app, id, changes.profile));
  if (isSuspended === true) await suspendUser(app, actor, id);
  if (isRestricted === true) await setRestricted(app, actor, id, true);
  if (isAdmin === false) await setAdmin(app, actor, id, false);
  if (profile) await changeProfileOf(app, actor, id, profile);
  if (changes.email !== undefined) await changePrimary(app, actor, id, changes.email);
  await changePasswordOf(app, actor, id, changes);
  if (isRestricted === false) await setRestricted(app, actor, id, false);
  if (isSuspended === false) await unsuspendUser(app, actor, id);
  if (isAdmin === true) await setAdmin(app, actor, id, true);
}

/** Whoever looks after the site vouches for the address. */
async function changePrimary(app: App, actor: Actor, userId: number, email: string): Promise<void> {
  await vouchForEmail(app, actor, userId, email);
  await makePrimaryOf(app, actor, userId, email);
}

async function changePasswordOf(
  app: App,
  actor: Actor,
  userId: number,
  { password, mustChangePassword }: AccountChanges,
): Promise<void> {
  if (password !== undefined) await setPasswordOf(app, actor, userId, password, mustChangePassword ?? true);
  else if (mustChangePassword === true) await requirePasswordChange(app, actor, userId);
}

/**
 * Deletes an account; with its repositories only where that is said. Throws AppError invalid while it owns some, conflict
 * while it is the only owner of an organization.
 */
export async function removeAccount(
  app: App,
  actor: Actor,
  { id, name }: AccountRow,
  withRepositories: boolean,
): Promise<void> {
  requireSiteAbility(actor, 'site:administer');
  if (actor.kind === 'user' && actor.userId === id)
    throw new AppError('invalid', 'You cannot delete your own account here: do it in your settings.');
  if (!withRepositories && (await repositoriesOwnedBy(app, id)) > 0)
    throw new AppError(
      'invalid',
      `${name} owns repositories. Give them to somebody else first, or delete them as well by purge=true.`,
    );
  await deleteAccount(app, actor, id);
}
