// What others need to know of somebody's memberships. Changing them is in members.service.ts.
import type { Actor } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import {
  findMembership,
  isTwoFactorRequiredByMembership,
  listMembers,
  listMemberships,
  listSoleOwnerships,
} from './memberships.store.ts';
import { mayCreateRepository, viewerOf } from './orgs.policy.ts';
import type { MemberRole, Membership, Organization } from './orgs.types.ts';
import { listCreatingOrganizations } from './team-defaults.store.ts';

/** One act writes to at most so many people. */
const MOST_OWNERS_TOLD = 50;

/** Whether any of the organizations somebody belongs to asks its members for a second factor. */
export async function requiresTwoFactorOf(app: App, userId: number): Promise<boolean> {
  return isTwoFactorRequiredByMembership(app.db.read, userId);
}

/**
 * The organizations somebody belongs to, by name: all of one's own; of others those whose membership the actor may
 * know of, in organizations the actor may know of.
 */
export async function organizationsOf(app: App, actor: Actor, userId: number): Promise<Membership[]> {
  return listMemberships(app.db.read, userId, viewerOf(actor));
}

/** Somebody's part in an organization, judged by nobody: for services that judge. */
export async function membershipOf(
  app: App,
  organizationId: number,
  userId: number,
  reader: Reader | Tx = app.db.read,
): Promise<{ role: MemberRole; isPublic: boolean } | undefined> {
  const row = await findMembership(reader, organizationId, userId);
  return row && { role: row.role, isPublic: row.isPublic };
}

/** The owners of an organization who can act, judged by nobody: for services that write to them. */
export async function ownersOf(
  app: App,
  organizationId: number,
  reader: Reader | Tx = app.db.read,
): Promise<number[]> {
  const owners = await listMembers(reader, organizationId, {
    publicOnly: false,
    role: 'owner',
    limit: MOST_OWNERS_TOLD,
  });
  return owners.filter(({ isSuspended }) => !isSuspended).map(({ userId }) => userId);
}

/** The organizations in which the actor may create repositories of some visibility, for a choice of owners. */
export async function organizationsForCreation(app: App, actor: Actor): Promise<Organization[]> {
  if (actor.kind !== 'user') return [];
  const memberships = await listMemberships(app.db.read, actor.userId, viewerOf(actor));
  const byTeam = await listCreatingOrganizations(app.db.read, actor.userId);
  return memberships
    .filter(
      ({ role, organization }) =>
        mayCreateRepository(role, organization, 'private') || byTeam.has(organization.id),
    )
    .map(({ organization }) => organization);
}

/** Organizations that would be left without an owner who can act if this account went. */
export async function organizationsOwnedAlone(
  app: App,
  userId: number,
  reader: Reader | Tx = app.db.read,
): Promise<{ id: number; name: string }[]> {
  return listSoleOwnerships(reader, userId);
}
