// Invitations to register: made by administrators for one address each, used once by whoever has the link.
import { type Actor, doneBy } from '../../base/actor.ts';
import { randomToken, sha256Hex } from '../../base/crypto.ts';
import { isEmailAddress } from '../../base/email.ts';
import { invalid, notFound } from '../../base/errors.ts';
import { requireSiteAbility } from '../../base/judgement.ts';
import { DAY } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { mailMessage } from '../../platform/mail/mail-message.ts';
import { holderOf } from '../users/addresses.service.ts';
import {
  findInvitationByHash,
  findInvitationById,
  listInvitations,
  putInvitation,
  removeExpiredInvitations,
  removeInvitation,
} from './registration-invitations.store.ts';
import type { RegistrationInvitationRow } from './registration-invitations.types.ts';

const LIFETIME = 7 * DAY;

/**
 * Invites an address; an earlier invitation to it stops working. `link` is known this once only; it was mailed where
 * `wasMailed` says so, and is the administrator's to pass on otherwise. Throws AppError invalid on `email`.
 */
export async function inviteToRegister(
  app: App,
  actor: Actor,
  email: string,
): Promise<{ link: string; wasMailed: boolean }> {
  requireSiteAbility(actor, 'users:create');
  const to = email.trim();
  if (!isEmailAddress(to))
    throw invalid({ email: 'This is not an e-mail address. It looks like name@example.org.' });
  const held = await holderOf(app, to);
  if (held && held.verifiedAt !== null)
    throw invalid({ email: 'An account with this e-mail address exists already.' });
  const token = randomToken();
  const path = `/register?invitation=${token}`;
  const now = app.clock.now();
  await app.db.write(async (tx) => {
    await putInvitation(tx, {
      email: to,
      emailKey: to.toLowerCase(),
      tokenHash: sha256Hex(token),
      invitedBy: actor.kind === 'user' ? actor.userId : null,
      createdAt: now,
      expiresAt: now + LIFETIME,
    });
    await app.events.record(tx, { kind: 'registration.invited', ...doneBy(actor), email: to });
    await app.mail.sendLater(tx, invitationMail(app, to, path));
  });
  return { link: app.publicUrl() + path, wasMailed: app.mail.isConfigured() };
}

function invitationMail(app: App, to: string, path: string) {
  const { host } = new URL(app.publicUrl());
  return mailMessage(app, {
    to,
    subject: `You are invited to ${host}`,
    paragraphs: [`An administrator of ${host} invites you to make an account there.`],
    action: { label: 'Make your account', path },
    closing: ['The link works once, within seven days.'],
  });
}

/** Live invitations behind the id `after`, in the order they were made. */
export async function listRegistrationInvitations(
  app: App,
  actor: Actor,
  page: { after?: number; limit?: number } = {},
): Promise<RegistrationInvitationRow[]> {
  requireSiteAbility(actor, 'users:list');
  return listInvitations(app.db.read, app.clock.now(), page.after ?? 0, page.limit ?? 100);
}

/** Takes an invitation back; throws AppError not_found. */
export async function revokeRegistrationInvitation(
  app: App,
  actor: Actor,
  invitationId: number,
): Promise<void> {
  requireSiteAbility(actor, 'users:create');
  await app.db.write(async (tx) => {
    const row = await findInvitationById(tx, invitationId);
    if (!row || !(await removeInvitation(tx, invitationId))) throw notFound('invitation');
    const { email } = row;
    await app.events.record(tx, { kind: 'registration.invitation_revoked', ...doneBy(actor), email });
  });
}

/** The live invitation of a link. */
export async function findRegistrationInvitation(
  app: App,
  token: string,
): Promise<RegistrationInvitationRow | undefined> {
  return findInvitationByHash(app.db.read, sha256Hex(token), app.clock.now());
}

/** Uses an invitation up in the caller's transaction; false when it was used or revoked meanwhile. */
export async function useRegistrationInvitation(tx: Tx, row: RegistrationInvitationRow): Promise<boolean> {
  // An invitation sent again has the same id and another token.
  const now = await findInvitationById(tx, row.id);
  return now?.tokenHash === row.tokenHash && removeInvitation(tx, row.id);
}

/** Forgets invitations that have expired. */
export async function purgeRegistrationInvitations(app: App): Promise<void> {
  await app.db.write((tx) => removeExpiredInvitations(tx, app.clock.now()));
}
