// The people of an organization: their roles, who sees that they belong to it, leaving and removing.
import { type Actor, doneBy } from '../../base/actor.ts';
import { AppError, invalid, notFound } from '../../base/errors.ts';
import { hasAdminPower } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { findUserById } from '../users/users.service.ts';
import { removeInvitationsBy } from './invitations.store.ts';
import {
  countMembers,
  countOtherOwners,
  findMembership,
  insertMembership,
  listMembers,
  removeMembership,
  updateMembership,
} from './memberships.store.ts';
import { judgeOrganization, organizationLevelIncludes } from './orgs.policy.ts';
import { findById } from './orgs.store.ts';
import type { Member, MemberRole, Membership, Organization } from './orgs.types.ts';
import { removeFromTeamsOf } from './team-members.store.ts';

/** How many people one page lists. */
export const MEMBERS_PER_PAGE = 50;

export interface MemberPage {
  members: Member[];
  /** The `after` of the next page; undefined on the last one. */
  next: string | undefined;
}

/** One page of the members the actor may know of, by name: visitors see those who made it public. */
export async function pageOfMembers(
  app: App,
  actor: Actor,
  organization: Organization,
  request: { words?: string; after?: string } = {},
): Promise<MemberPage> {
  const publicOnly = await seesPublicOnly(app, actor, organization);
  const filter = { publicOnly, limit: MEMBERS_PER_PAGE + 1, ...request };
  const rows = await listMembers(app.db.read, organization.id, filter);
  const members = rows.slice(0, MEMBERS_PER_PAGE);
  return { members, next: rows.length > MEMBERS_PER_PAGE ? members.at(-1)?.nameKey : undefined };
}

/** How many members the actor may know of. */
export async function countMembersFor(app: App, actor: Actor, organization: Organization): Promise<number> {
  return countMembers(app.db.read, organization.id, await seesPublicOnly(app, actor, organization));
}

async function seesPublicOnly(app: App, actor: Actor, organization: Organization): Promise<boolean> {
  const level = await judgeOrganization(app.db.read, actor, organization, 'organization:see');
  return !organizationLevelIncludes(level, 'member');
}

/** The first members without a second factor, and whether there are more: whom requiring one would hold back. */
export async function membersWithoutSecondFactor(
  app: App,
  actor: Actor,
  organization: Organization,
  most: number,
): Promise<{ members: Member[]; more: boolean }> {
  await judgeOrganization(app.db.read, actor, organization, 'organization:manage');
  const filter = { publicOnly: false, withoutSecondFactor: true, limit: most + 1 } as const;
  const rows = await listMembers(app.db.read, organization.id, filter);
  return { members: rows.slice(0, most), more: rows.length > most };
}

/**
 * Adds somebody without asking them: for the system and administrators of the site; everybody else invites. Changes
 * nothing for those who are members already. Throws AppError invalid on `user` for accounts that cannot belong.
 */
export async function addMember(
  app: App,
  actor: Actor,
  organizationId: number,
  userId: number,
  role: MemberRole,
): Promise<void> {
  const organization = await requireById(app.db.read, organizationId);
  await judgeOrganization(app.db.read, actor, organization, 'members:manage');
  if (!hasAdminPower(actor)) throw new AppError('forbidden', 'Invite people: they join when they accept.');
  const user = await findUserById(app, userId);
  if (!user || (user.kind !== 'user' && user.kind !== 'bot') || (user.kind === 'bot' && role === 'owner'))
    throw invalid({ user: 'This account cannot have this part in an organization.' });
  await app.db.write((tx) => joinOrganization(app, tx, actor, { organizationId, userId, role }));
}

/** Makes somebody a member in the caller's transaction, which has judged it; says whether they were none before. */
export async function joinOrganization(
  app: App,
  tx: Tx,
  actor: Actor,
  values: { organizationId: number; userId: number; role: MemberRole },
): Promise<boolean> {
  const joined = await insertMembership(tx, { ...values, isPublic: false, createdAt: app.clock.now() });
  if (joined) await app.events.record(tx, { kind: 'member.added', ...doneBy(actor), ...values });
  return joined;
}

/** Changes what a member may do. Throws AppError conflict for the last owner, not_found for who is no member. */
export async function setMemberRole(
  app: App,
  actor: Actor,
  organizationId: number,
  userId: number,
  role: MemberRole,
): Promise<void> {
  const kind = (await findUserById(app, userId))?.kind;
  await app.db.write(async (tx) => {
    await judgeOrganization(tx, actor, await requireById(tx, organizationId), 'members:manage');
    const membership = await requireMembership(tx, organizationId, userId);
    if (membership.role === role) return;
    if (kind === 'bot') throw new AppError('conflict', 'A bot cannot own an organization.');
    if (membership.role === 'owner') await giveUpOwnership(app, tx, actor, organizationId, userId);
    await updateMembership(tx, organizationId, userId, { role });
    const change = { organizationId, userId, role };
    await app.events.record(tx, { kind: 'member.role_changed', ...doneBy(actor), ...change });
  });
}

/** Ends somebody's membership, with their places in its teams. Throws AppError conflict for the last owner. */
export async function removeMember(
  app: App,
  actor: Actor,
  organizationId: number,
  userId: number,
): Promise<void> {
  await app.db.write(async (tx) => {
    await judgeOrganization(tx, actor, await requireById(tx, organizationId), 'members:manage');
    await endMembership(app, tx, actor, organizationId, userId);
  });
}

/** Leaves an organization. Throws AppError conflict for the last owner. */
export async function leaveOrganization(app: App, actor: Actor, organizationId: number): Promise<void> {
  await app.db.write(async (tx) => {
    await judgeOrganization(tx, actor, await requireById(tx, organizationId), 'membership:end');
    if (actor.kind !== 'user') throw notFound('membership');
    await endMembership(app, tx, actor, organizationId, actor.userId);
  });
}

/** Ends somebody's memberships of every organization in the caller's transaction, which has judged it: the account goes. */
export async function endMembershipsOf(
  app: App,
  tx: Tx,
  actor: Actor,
  userId: number,
  memberships: readonly Membership[],
): Promise<void> {
  for (const { organization } of memberships) await endMembership(app, tx, actor, organization.id, userId);
}

/** Shows or hides one's own membership to people outside. */
export async function setMembershipVisibility(
  app: App,
  actor: Actor,
  organizationId: number,
  isPublic: boolean,
): Promise<void> {
  await app.db.write(async (tx) => {
    await judgeOrganization(tx, actor, await requireById(tx, organizationId), 'membership:manage');
    if (actor.kind !== 'user') throw notFound('membership');
    const { userId } = actor;
    const membership = await requireMembership(tx, organizationId, userId);
    if (membership.isPublic === isPublic) return;
    await updateMembership(tx, organizationId, userId, { isPublic });
    const change = { organizationId, userId, isPublic };
    await app.events.record(tx, { kind: 'member.visibility_changed', ...doneBy(actor), ...change });
  });
}

async function endMembership(
  app: App,
  tx: Tx,
  actor: Actor,
  organizationId: number,
  userId: number,
): Promise<void> {
  const { role } = await requireMembership(tx, organizationId, userId);
  if (role === 'owner') await giveUpOwnership(app, tx, actor, organizationId, userId);
  await removeMembership(tx, organizationId, userId);
  await removeFromTeamsOf(tx, organizationId, userId);
  await app.events.record(tx, { kind: 'member.removed', ...doneBy(actor), organizationId, userId });
}

/**
 * An organization always has an owner who can act; counted in the transaction that takes one away, so that two owners
 * who leave at once do not both get away. Who owns no longer, invites no longer: their open invitations end.
 */
async function giveUpOwnership(
  app: App,
  tx: Tx,
  actor: Actor,
  organizationId: number,
  userId: number,
): Promise<void> {
  if ((await countOtherOwners(tx, organizationId, userId)) === 0)
    throw new AppError(
      'conflict',
      'This is the last owner of the organization. Make somebody else an owner first, or delete the organization.',
    );
  for (const { invitation, name } of await removeInvitationsBy(tx, organizationId, userId)) {
    const to = name ?? invitation.email ?? '';
    const invited = invitation.userId === null ? {} : { invitedUserId: invitation.userId };
    const revoked = { organizationId, to, ...invited };
    await app.events.record(tx, { kind: 'invitation.revoked', ...doneBy(actor), ...revoked });
  }
}

async function requireById(reader: Reader | Tx, organizationId: number): Promise<Organization> {
  const organization = await findById(reader, organizationId);
  if (!organization) throw notFound('organization');
  return organization;
}

async function requireMembership(tx: Tx, organizationId: number, userId: number) {
  const membership = await findMembership(tx, organizationId, userId);
  if (!membership) throw notFound('member');
  return membership;
}
