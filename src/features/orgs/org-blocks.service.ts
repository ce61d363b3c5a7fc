// Whom an organization has blocked: they cannot be invited, nor join by an invitation they hold.
import type { Actor } from '../../base/actor.ts';
import { invalid } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import {
  blockedIdsOf,
  blockForOrganization,
  pageOfBlocks,
  unblockForOrganization,
} from '../users/blocks.service.ts';
import type { PeoplePage } from '../users/people.types.ts';
import { findUserByName } from '../users/users.service.ts';
import { findMembership } from './memberships.store.ts';
import { requireOrganizationAbility } from './orgs.policy.ts';

/** One page of those an organization has blocked, the latest first. */
export async function organizationBlocks(
  app: App,
  actor: Actor,
  organizationId: number,
  after: string | undefined,
): Promise<PeoplePage> {
  await requireOrganizationAbility(app, actor, organizationId, 'organization:manage');
  return pageOfBlocks(app, organizationId, after);
}

/** The ids on one page of those an organization has blocked, the latest first, and how many there are. */
export async function organizationBlockIds(
  app: App,
  actor: Actor,
  organizationId: number,
  paged: { page: number; limit: number },
): Promise<{ ids: number[]; total: number }> {
  await requireOrganizationAbility(app, actor, organizationId, 'organization:manage');
  return blockedIdsOf(app, organizationId, paged);
}

/** Blocks somebody who is no member. Throws AppError invalid on `username`. */
export async function blockInOrganization(
  app: App,
  actor: Actor,
  organizationId: number,
  username: string,
): Promise<void> {
  await requireOrganizationAbility(app, actor, organizationId, 'organization:manage');
  const user = await findUserByName(app, username.trim());
  if (user && (await findMembership(app.db.read, organizationId, user.id)))
    throw invalid({ username: `${user.name} is a member. Remove them from the organization first.` });
  await blockForOrganization(app, actor, organizationId, username);
}

/** Takes a block of an organization back; for its owners. */
export async function unblockInOrganization(
  app: App,
  actor: Actor,
  organizationId: number,
  userId: number,
): Promise<void> {
  await requireOrganizationAbility(app, actor, organizationId, 'organization:manage');
  await unblockForOrganization(app, actor, organizationId, userId);
}
