// Organizations: making them, finding them, changing what they say and which rules they have.
import type { AbilityOn } from '../../base/abilities.ts';
import { type Actor, doneBy } from '../../base/actor.ts';
import { randomToken } from '../../base/crypto.ts';
import { AppError, invalid, isAppError, notFound } from '../../base/errors.ts';
import { hasAdminPower } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { findNameFault, nameTaken, requireNameFree } from '../users/names.service.ts';
import { findUserById } from '../users/users.service.ts';
import { insertMembership } from './memberships.store.ts';
import { parseNewOrganization, parseOrganizationChanges } from './orgs.input.ts';
import {
  judgeOrganization,
  organizationLevelIncludes,
  organizationLevelOf,
  requireMayCreateOrganization,
  tooOpenFor,
} from './orgs.policy.ts';
import {
  countRepositoriesSeenAs,
  findById,
  findByIds,
  findByNameKey,
  insertOrganization,
  updateAccount,
  updateRules,
} from './orgs.store.ts';
import type {
  BasePermission,
  NewOrganization,
  OpenOrganization,
  Organization,
  OrganizationChanges,
  OrganizationVisibility,
  RawChanges,
  RawOrganization,
} from './orgs.types.ts';

/**
 * Creates an organization with its first owner: the actor, or `ownerId` where the system or an administrator makes it
 * for somebody. Throws AppError invalid on `name`, `displayName` or `visibility`; forbidden for restricted accounts.
 */
export async function createOrganization(
  app: App,
  actor: Actor,
  input: RawOrganization & { ownerId?: number },
): Promise<Organization> {
  requireMayCreateOrganization(actor);
  const { ownerId: namedId, ...raw } = input;
  const ownerId = await requireFirstOwner(app, actor, namedId);
  const checked = parseNewOrganization(raw);
  const fault = await findNameFault(app, checked.name);
  if (fault) throw invalid({ name: fault });
  try {
    return await insertWithOwner(app, actor, ownerId, checked);
  } catch (error) {
    if (isAppError(error, 'conflict')) throw invalid({ name: nameTaken(checked.name) });
    throw error;
  }
}

/** For somebody else only the system and administrators make organizations. */
async function requireFirstOwner(app: App, actor: Actor, ownerId: number | undefined): Promise<number> {
  const own = actor.kind === 'user' ? actor.userId : undefined;
  const id = ownerId ?? own;
  if (id !== own && !hasAdminPower(actor))
    throw new AppError('forbidden', 'Only administrators create organizations for others.');
  const owner = id === undefined ? undefined : await findUserById(app, id);
  if (owner?.kind !== 'user' || owner.isSuspended)
    throw invalid({ owner: 'Name an active user who will own the organization.' });
  return owner.id;
}

async function insertWithOwner(
  app: App,
  actor: Actor,
  ownerId: number,
  values: NewOrganization,
): Promise<Organization> {
  const createdAt = app.clock.now();
  const emailKey = `:org:${randomToken(16)}`;
  return app.db.write(async (tx) => {
    await requireNameFree(tx, values.name);
    const organizationId = await insertOrganization(tx, {
      ...values,
      emailKey,
      createdAt,
      basePermission: 'read',
      memberCreation: 'all',
      requiresTwoFactor: false,
    });
    await insertMembership(tx, {
      organizationId,
      userId: ownerId,
      role: 'owner',
      isPublic: false,
      createdAt,
    });
    const by = { ...doneBy(actor), organizationId };
    await app.events.record(tx, { kind: 'organization.created', ...by, name: values.name });
    await app.events.record(tx, { kind: 'member.added', ...by, userId: ownerId, role: 'owner' });
    const organization = await findById(tx, organizationId);
    if (!organization) throw new Error('A new organization was not found.');
    return organization;
  });
}

/** The organization of this name, in any case, if the actor may know of it. */
export async function findOrganizationByName(
  app: App,
  actor: Actor,
  name: string,
): Promise<Organization | undefined> {
  const organization = await findByNameKey(app.db.read, name.slice(0, 64).toLowerCase());
  if (!organization) return undefined;
  const level = await organizationLevelOf(app.db.read, actor, organization);
  return organizationLevelIncludes(level, 'visitor') ? organization : undefined;
}

/** The organization of this id, judged by nobody: for services that judge. `reader` may be a running transaction. */
export async function findOrganizationById(
  app: App,
  id: number,
  reader: Reader | Tx = app.db.read,
): Promise<Organization | undefined> {
  return findById(reader, id);
}

/** As `findOrganizationById`; throws AppError not_found. */
export async function requireOrganizationById(app: App, id: number): Promise<Organization> {
  const organization = await findById(app.db.read, id);
  if (!organization) throw notFound('organization');
  return organization;
}

/** Organizations by their ids, judged by nobody: for services that judge. */
export async function organizationsByIds(
  app: App,
  ids: Iterable<number>,
): Promise<Map<number, Organization>> {
  const rows = await findByIds(app.db.read, [...ids]);
  return new Map(rows.map((row) => [row.id, row]));
}

/** As `findOrganizationByName`; throws AppError not_found. */
export async function requireOrganization(app: App, actor: Actor, name: string): Promise<Organization> {
  const organization = await findOrganizationByName(app, actor, name);
  if (!organization) throw notFound('organization');
  return organization;
}

/**
 * Opens an organization for one ability. Throws AppError not_found for missing and hidden ones alike, unauthenticated
 * or forbidden where it may be seen but the ability is not granted.
 */
export async function openOrganization(
  app: App,
  actor: Actor,
  name: string,
  ability: AbilityOn<'organization'>,
): Promise<OpenOrganization> {
  const organization = await findByNameKey(app.db.read, name.slice(0, 64).toLowerCase());
  if (!organization) throw notFound('organization');
  const level = await judgeOrganization(app.db.read, actor, organization, ability);
  return { organization, level, actor, path: `/orgs/${organization.name}` };
}

/** What every member of an organization holds on each of its repositories. */
export async function setBasePermission(
  app: App,
  actor: Actor,
  organizationId: number,
  permission: BasePermission,
): Promise<void> {
  await changeOrganization(app, actor, organizationId, { basePermission: permission });
}

/**
 * Changes what an organization says about itself and its rules; what is left out stays. Throws AppError invalid per
 * field, on `requiresTwoFactor` when an owner asks of others a second factor that they lack themselves.
 */
export async function changeOrganization(
  app: App,
  actor: Actor,
  organizationId: number,
  raw: RawChanges,
): Promise<void> {
  const changes = parseOrganizationChanges(raw);
  if (changes.requiresTwoFactor) await requireOwnSecondFactor(app, actor);
  await app.db.write(async (tx) => {
    const before = await findById(tx, organizationId);
    if (!before) throw notFound('organization');
    await judgeOrganization(tx, actor, before, 'organization:manage');
    await writeChanges(app, tx, actor, before, changes);
  });
}

async function writeChanges(
  app: App,
  tx: Tx,
  actor: Actor,
  before: Organization,
  changes: OrganizationChanges,
): Promise<void> {
  const changed = (Object.keys(changes) as (keyof OrganizationChanges)[]).filter(
    (field) => changes[field] !== before[field],
  );
  if (changed.length === 0) return;
  await refuseToHideBehindRepositories(tx, before, changes.visibility);
  const { displayName, bio, email, location, website, ...rules } = changes;
  const own = { displayName, bio, email, location, website };
  await updateAccount(tx, before.id, { ...given(own), updatedAt: app.clock.now() });
  if (Object.keys(rules).length > 0) await updateRules(tx, before.id, rules);
  await app.events.record(tx, {
    kind: 'organization.updated',
    ...doneBy(actor),
    organizationId: before.id,
    changes: changed,
  });
}

/** A repository that more people see would betray the organization. */
async function refuseToHideBehindRepositories(
  tx: Tx,
  { id }: Organization,
  visibility: OrganizationVisibility | undefined,
): Promise<void> {
  if (visibility === undefined) return;
  const total = await countRepositoriesSeenAs(tx, id, tooOpenFor(visibility));
  if (total === 0) return;
  const some = total === 1 ? 'One repository is' : `${total} repositories are`;
  throw invalid({ visibility: `${some} seen by more people than that. Change the visibility there first.` });
}

function given<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}

async function requireOwnSecondFactor(app: App, actor: Actor): Promise<void> {
  if (actor.kind !== 'user') return;
  const self = await findUserById(app, actor.userId);
  if (self?.hasSecondFactor) return;
  throw invalid({
    requiresTwoFactor: 'Set up a second factor of your own first, or you would lock yourself out.',
  });
}
