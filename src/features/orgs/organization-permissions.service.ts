// What somebody may do in an organization, told to themselves and to its members.
import type { Actor } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import { hasAdminPower } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import { findMembership } from './memberships.store.ts';
import { judgeOrganization, mayCreateRepositoryAs, organizationLevelIncludes } from './orgs.policy.ts';
import type { BasePermission, Organization } from './orgs.types.ts';

export interface OrganizationPermissions {
  isOwner: boolean;
  isAdmin: boolean;
  canWrite: boolean;
  canRead: boolean;
  canCreateRepository: boolean;
}

const RANKS: readonly BasePermission[] = ['none', 'read', 'write', 'admin'];

/** Throws AppError not_found to whoever may not know of the membership, whether there is one or not. */
export async function permissionsIn(
  app: App,
  actor: Actor,
  organization: Organization,
  person: { id: number; isAdmin: boolean },
): Promise<OrganizationPermissions> {
  const reader = app.db.read;
  const level = await judgeOrganization(reader, actor, organization, 'organization:see');
  const isSelf = actor.kind === 'user' && actor.userId === person.id;
  if (!isSelf && !organizationLevelIncludes(level, 'member')) throw notFound('membership');
  const role = (await findMembership(reader, organization.id, person.id))?.role;
  const isOwner = role === 'owner';
  // Who administers the site is nothing that an organization's members are told.
  const administers = person.isAdmin && (isSelf || hasAdminPower(actor));
  const holds = (needed: BasePermission) =>
    isOwner ||
    administers ||
    (role !== undefined && RANKS.indexOf(organization.basePermission) >= RANKS.indexOf(needed));
  return {
    isOwner,
    isAdmin: holds('admin'),
    canWrite: holds('write'),
    canRead: holds('read'),
    canCreateRepository:
      administers ||
      (await mayCreateRepositoryAs(reader, organization, { userId: person.id, role }, 'private')),
  };
}
