// Accepting and declining invitations into organizations: each is answered once, by whom it is for.
import { type Actor, doneBy, type UserActor } from '../../base/actor.ts';
import { sha256Hex } from '../../base/crypto.ts';
import { AppError, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { areApart } from '../users/blocks.service.ts';
import { requireAccountAbility } from '../users/users.policy.ts';
import {
  findByTokenHash,
  findInvitationById,
  holdsVerifiedAddress,
  listInvitationsFor,
  mayStillInvite,
  removeInvitation,
  removeInvitationsTo,
} from './invitations.store.ts';
import { joinOrganization } from './members.service.ts';
import { findMembership, updateMembership } from './memberships.store.ts';
import { findById } from './orgs.store.ts';
import type { InvitationRow, MemberRole } from './orgs.types.ts';
import { joinTeam } from './team-members.service.ts';
import { findTeam } from './teams.store.ts';

/** How an invitation is found: by the secret of its link, or, by whom it names, by its id. */
export type InvitationKey = { token: string } | { id: number };

export interface OpenInvitation {
  id: number;
  organizationId: number;
  organizationName: string;
  role: MemberRole;
  expiresAt: number;
  requiresTwoFactor: boolean;
}

/**
 * Shows an invitation to whom it is for. Throws AppError not_found when it is unknown, answered, expired or names
 * somebody else, forbidden when it was sent to an address the actor has not proved to hold.
 */
export async function openInvitation(app: App, actor: Actor, key: InvitationKey): Promise<OpenInvitation> {
  const user = requireAnswerer(actor);
  const row = await requireAnswerable(app, app.db.read, user, key);
  const organization = await findById(app.db.read, row.organizationId);
  if (!organization) throw notFound('invitation');
  const { id, organizationId, role, expiresAt } = row;
  const { name: organizationName, requiresTwoFactor } = organization;
  return { id, organizationId, organizationName, role, expiresAt, requiresTwoFactor };
}

/** The invitations that name the actor, the newest first. */
export async function invitationsFor(app: App, actor: Actor): Promise<OpenInvitation[]> {
  const { userId } = requireAnswerer(actor);
  const rows = await listInvitationsFor(app.db.read, userId, app.clock.now());
  return rows.map(({ invitation, organizationName, requiresTwoFactor }) => {
    const { id, organizationId, role, expiresAt } = invitation;
    return { id, organizationId, organizationName, role, expiresAt, requiresTwoFactor };
  });
}

/** As `invitationsFor`, as they are kept. */
export async function invitationRowsFor(app: App, actor: Actor): Promise<InvitationRow[]> {
  const { userId } = requireAnswerer(actor);
  const rows = await listInvitationsFor(app.db.read, userId, app.clock.now());
  return rows.map(({ invitation }) => invitation);
}

/** Accepts an invitation; returns the organization's name. Throws as `openInvitation`. */
export async function acceptBy(app: App, actor: Actor, key: InvitationKey): Promise<string> {
  const user = requireAnswerer(actor);
  return app.db.write(async (tx) => {
    const row = await requireAnswerable(app, tx, user, key);
    const organization = await findById(tx, row.organizationId);
    if (!organization || !(await removeInvitation(tx, row.id))) throw notFound('invitation');
    const { organizationId } = row;
    await removeInvitationsTo(tx, organizationId, user.userId);
    await app.events.record(tx, {
      kind: 'invitation.accepted',
      ...doneBy(user),
      organizationId,
      userId: user.userId,
    });
    await takePart(app, tx, user, row);
    return organization.name;
  });
}

async function takePart(app: App, tx: Tx, user: UserActor, row: InvitationRow): Promise<void> {
  const { organizationId, role, teamIds } = row;
  const { userId } = user;
  if (!(await joinOrganization(app, tx, user, { organizationId, userId, role })) && role === 'owner')
    await raiseToOwner(app, tx, user, organizationId);
  for (const teamId of teamIds) {
    if (await findTeam(tx, organizationId, teamId))
      await joinTeam(app, tx, user, { organizationId, teamId, userId, role: 'member' });
  }
}

async function raiseToOwner(app: App, tx: Tx, user: UserActor, organizationId: number): Promise<void> {
  const { userId } = user;
  if ((await findMembership(tx, organizationId, userId))?.role === 'owner') return;
  await updateMembership(tx, organizationId, userId, { role: 'owner' });
  const change = { organizationId, userId, role: 'owner' };
  await app.events.record(tx, { kind: 'member.role_changed', ...doneBy(user), ...change });
}

/** Declines an invitation, which ends it. Throws as `openInvitation`. */
export async function declineBy(app: App, actor: Actor, key: InvitationKey): Promise<void> {
  const user = requireAnswerer(actor);
  await app.db.write(async (tx) => {
    const row = await requireAnswerable(app, tx, user, key);
    if (!(await removeInvitation(tx, row.id))) throw notFound('invitation');
    const { organizationId } = row;
    const { userId } = user;
    await app.events.record(tx, { kind: 'invitation.declined', ...doneBy(user), organizationId, userId });
  });
}

function requireAnswerer(actor: Actor): UserActor {
  if (actor.kind !== 'user') throw new AppError('unauthenticated', 'Sign in to see this invitation.');
  requireAccountAbility(actor, actor.userId, 'invitations:answer');
  return actor;
}

/** The live invitation behind a key, if it is the actor's and nothing stands between them and the organization. */
async function requireAnswerable(
  app: App,
  reader: Reader | Tx,
  user: UserActor,
  key: InvitationKey,
): Promise<InvitationRow> {
  const now = app.clock.now();
  const row =
    'token' in key
      ? await findByTokenHash(reader, sha256Hex(key.token), now)
      : await findInvitationById(reader, key.id, now);
  if (!row) throw notFound('invitation');
  // Without the secret of its link only who is named can answer: ids are guessed.
  const isNamed = row.userId === user.userId;
  if (!isNamed && (row.userId !== null || !('token' in key))) throw notFound('invitation');
  if (await areApart(app, row.organizationId, user.userId, reader)) throw notFound('invitation');
  const { organizationId, invitedBy } = row;
  if (invitedBy !== null && !(await mayStillInvite(reader, organizationId, invitedBy)))
    throw notFound('invitation');
  if (!isNamed) await requireAddress(app, reader, user, row);
  return row;
}

/**
 * Whoever holds the link must also hold the address, or a forwarded mail would let anybody in. Where addresses are
 * not verified nothing proves that, and the link alone decides.
 */
async function requireAddress(
  app: App,
  reader: Reader | Tx,
  user: UserActor,
  row: InvitationRow,
): Promise<void> {
  const isVerifying = app.config.accounts.verify_email && app.mail.isConfigured();
  if (!isVerifying || row.emailKey === null) return;
  if (await holdsVerifiedAddress(reader, user.userId, row.emailKey)) return;
  throw new AppError(
    'forbidden',
    'This invitation was sent to an e-mail address that your account does not hold. Sign in with the account that has it, or add the address in your settings and verify it, then open the link again.',
  );
}
