// Inviting people into organizations, by name or by e-mail address. Answering is in invitation-answers.service.ts.
import { type Actor, doneBy } from '../../base/actor.ts';
import { randomToken, sha256Hex } from '../../base/crypto.ts';
import { invalid, notFound } from '../../base/errors.ts';
import { DAY } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { areApart } from '../users/blocks.service.ts';
import { findUserByName } from '../users/users.service.ts';
import type { UserRow } from '../users/users.types.ts';
import { acceptBy } from './invitation-answers.service.ts';
import { invitationMail, invitationPath } from './invitation-mails.service.ts';
import { type InvitationInput, parseInvitation } from './invitations.input.ts';
import {
  findByTokenHash,
  findInvitationTo,
  holdsVerifiedAddress,
  type InvitationWithName,
  insertInvitation,
  isInvited,
  listInvitationsOf,
  removeExpiredInvitations,
  removeInvitation,
  setInvitedTeams,
} from './invitations.store.ts';
import { findMembership } from './memberships.store.ts';
import { judgeOrganization } from './orgs.policy.ts';
import { findById } from './orgs.store.ts';
import type { InvitationRow, MemberRole, Organization, TeamRow } from './orgs.types.ts';
import { findTeam } from './teams.store.ts';

/** Days an invitation waits for its answer. */
export const INVITATION_DAYS = 7;
const PER_ORGANIZATION = { burst: 100, per: DAY };
const PER_INVITER = { burst: 100, per: DAY };

/** Whom an invitation is for: an account by its name, or an address, whoever holds it. */
type Recipient = { user: UserRow } | { email: string; emailKey: string };

export interface SentInvitation {
  /** The name or the address it is for. */
  to: string;
  /** Only where no mail could carry it: the link to pass on, shown this once. */
  link: string | undefined;
  invitation: InvitationRow;
}

/**
 * Invites somebody into an organization. Throws AppError invalid on `who`, `role` or `teamIds`, rate_limited after
 * too many in a day. An address is never looked up: the answer is the same whether an account has it or not.
 */
export async function inviteToOrganization(
  app: App,
  actor: Actor,
  organizationId: number,
  raw: { who?: string; role?: string; teamIds?: number[] },
): Promise<SentInvitation> {
  const organization = await requireManaged(app, actor, organizationId);
  const input = parseInvitation(raw);
  limitInvitations(app, actor, organizationId);
  const recipient = await findRecipient(app, input.who);
  const token = randomToken();
  const invitation = await app.db.write(async (tx) => {
    await judgeOrganization(tx, actor, organization, 'members:manage');
    await requireTeams(tx, organizationId, input.teamIds);
    await requireWelcome(app, tx, actor, organization, recipient);
    const row = newRow(app, actor, organizationId, input, recipient, token);
    const inserted = await insertInvitation(tx, row);
    await recordSent(app, tx, actor, row, nameOf(recipient));
    await mailTo(app, tx, actor, organization, recipient, token);
    return inserted;
  });
  const needsLink = 'email' in recipient && !app.mail.isConfigured();
  return {
    to: nameOf(recipient),
    link: needsLink ? `${app.publicUrl()}${invitationPath(token)}` : undefined,
    invitation,
  };
}

/**
 * Invites an account into an organization and one of its teams; the team is added to an invitation that waits already. For
 * owners. Throws as `inviteToOrganization`.
 */
export async function inviteIntoTeam(
  app: App,
  actor: Actor,
  { id: teamId, organizationId }: TeamRow,
  user: UserRow,
): Promise<void> {
  const organization = await requireManaged(app, actor, organizationId);
  const isAdded = await app.db.write(async (tx) => {
    await judgeOrganization(tx, actor, organization, 'members:manage');
    const waiting = await findInvitationTo(tx, organizationId, user.id, app.clock.now());
    if (!waiting) return false;
    await setInvitedTeams(tx, waiting.id, [...new Set([...waiting.teamIds, teamId])]);
    await recordSent(app, tx, actor, waiting, user.name);
    return true;
  });
  if (!isAdded) await inviteToOrganization(app, actor, organizationId, { who: user.name, teamIds: [teamId] });
}

async function requireManaged(app: App, actor: Actor, organizationId: number): Promise<Organization> {
  const organization = await findById(app.db.read, organizationId);
  if (!organization) throw notFound('organization');
  await judgeOrganization(app.db.read, actor, organization, 'members:manage');
  return organization;
}

function limitInvitations(app: App, actor: Actor, organizationId: number): void {
  if (actor.kind !== 'user') return;
  app.limits.take(
    { key: `invite:organization:${organizationId}`, ...PER_ORGANIZATION },
    { key: `invite:user:${actor.userId}`, ...PER_INVITER },
  );
}

async function findRecipient(app: App, who: string): Promise<Recipient> {
  if (who.includes('@')) return { email: who, emailKey: who.toLowerCase() };
  const user = await findUserByName(app, who);
  if (user?.kind !== 'user') throw invalid({ who: `There is no user named ${who}.` });
  return { user };
}

function nameOf(recipient: Recipient): string {
  return 'user' in recipient ? recipient.user.name : recipient.email;
}

async function requireTeams(tx: Tx, organizationId: number, teamIds: readonly number[]): Promise<void> {
  for (const id of teamIds) {
    if (!(await findTeam(tx, organizationId, id)))
      throw invalid({ teamIds: 'One of these teams is gone. Choose again.' });
  }
}

/** Who is blocked and who is suspended are told apart from neither side. */
async function requireWelcome(
  app: App,
  tx: Tx,
  actor: Actor,
  organization: Organization,
  recipient: Recipient,
): Promise<void> {
  const to = 'user' in recipient ? { userId: recipient.user.id } : { emailKey: recipient.emailKey };
  if (await isInvited(tx, organization.id, to, app.clock.now()))
    throw invalid({
      who: `${nameOf(recipient)} is invited already. Revoke that invitation to send another.`,
    });
  if (!('user' in recipient)) return;
  const { user } = recipient;
  if (await findMembership(tx, organization.id, user.id))
    throw invalid({ who: `${user.name} is a member already.` });
  const inviter = actor.kind === 'user' ? actor.userId : organization.id;
  const isUnwelcome =
    user.isSuspended ||
    (await areApart(app, organization.id, user.id, tx)) ||
    (await areApart(app, inviter, user.id, tx));
  if (isUnwelcome) throw invalid({ who: `${user.name} cannot be invited.` });
}

function newRow(
  app: App,
  actor: Actor,
  organizationId: number,
  input: InvitationInput,
  recipient: Recipient,
  token: string,
): Omit<InvitationRow, 'id'> {
  const createdAt = app.clock.now();
  const byName = 'user' in recipient;
  return {
    organizationId,
    userId: byName ? recipient.user.id : null,
    email: byName ? null : recipient.email,
    emailKey: byName ? null : recipient.emailKey,
    role: input.role,
    teamIds: input.teamIds,
    tokenHash: sha256Hex(token),
    invitedBy: actor.kind === 'user' ? actor.userId : null,
    createdAt,
    expiresAt: createdAt + INVITATION_DAYS * DAY,
  };
}

async function recordSent(
  app: App,
  tx: Tx,
  actor: Actor,
  row: Omit<InvitationRow, 'id'>,
  to: string,
): Promise<void> {
  const { organizationId, userId } = row;
  const invited = userId === null ? {} : { invitedUserId: userId };
  await app.events.record(tx, { kind: 'invitation.sent', ...doneBy(actor), organizationId, to, ...invited });
}

/** Accounts get mail at an address they proved to hold; without one they find the invitation in their settings. */
async function mailTo(
  app: App,
  tx: Tx,
  actor: Actor,
  organization: Organization,
  recipient: Recipient,
  token: string,
): Promise<void> {
  if ('user' in recipient && !(await hasProvedAddress(tx, recipient.user))) return;
  const to = 'user' in recipient ? recipient.user.email : recipient.email;
  const greeted = 'user' in recipient ? { name: recipient.user.name } : {};
  const inviter = actor.kind === 'user' ? actor.name : undefined;
  const sender = { organizationName: organization.name, inviter, days: INVITATION_DAYS };
  await app.mail.sendLater(tx, invitationMail(app, { to, ...greeted, token, ...sender }));
}

function hasProvedAddress(tx: Tx, { id, emailKey }: UserRow): Promise<boolean> {
  return holdsVerifiedAddress(tx, id, emailKey);
}

/** The invitations of an organization that wait for an answer, the newest first. */
export async function pendingInvitations(
  app: App,
  actor: Actor,
  organizationId: number,
): Promise<InvitationWithName[]> {
  await requireManaged(app, actor, organizationId);
  return listInvitationsOf(app.db.read, organizationId, app.clock.now());
}

/** Takes an invitation back. Throws AppError not_found when it was answered or has expired. */
export async function revokeInvitation(
  app: App,
  actor: Actor,
  organizationId: number,
  invitationId: number,
): Promise<void> {
  const organization = await requireManaged(app, actor, organizationId);
  await app.db.write(async (tx) => {
    await judgeOrganization(tx, actor, organization, 'members:manage');
    const found = (await listInvitationsOf(tx, organizationId, app.clock.now())).find(
      ({ invitation }) => invitation.id === invitationId,
    );
    if (!found || !(await removeInvitation(tx, invitationId))) throw notFound('invitation');
    const { userId, email } = found.invitation;
    const invited = userId === null ? {} : { invitedUserId: userId };
    const to = found.name ?? email ?? '';
    await app.events.record(tx, {
      kind: 'invitation.revoked',
      ...doneBy(actor),
      organizationId,
      to,
      ...invited,
    });
  });
}

export interface FoundInvitation {
  id: number;
  organizationId: number;
  organizationName: string;
  role: MemberRole;
  /** The address it was sent to; null when it names an account. */
  email: string | null;
  /** The account it names; null when it was sent to an address. */
  userId: number | null;
  expiresAt: number;
}

/** What the holder of an invitation's secret may know of it; undefined when it is unknown, expired or answered. */
export async function findInvitation(app: App, token: string): Promise<FoundInvitation | undefined> {
  const row = await findByTokenHash(app.db.read, sha256Hex(token), app.clock.now());
  const organization = row && (await findById(app.db.read, row.organizationId));
  if (!row || !organization) return undefined;
  const { id, organizationId, role, email, userId, expiresAt } = row;
  return { id, organizationId, organizationName: organization.name, role, email, userId, expiresAt };
}

/**
 * Accepts an invitation by the secret of its link; returns the organization's name. Throws AppError not_found when it
 * is nothing to the actor, forbidden when it was sent to an address they have not proved to hold.
 */
export async function acceptInvitation(app: App, actor: Actor, token: string): Promise<string> {
  return acceptBy(app, actor, { token });
}

/** Forgets invitations that expired unanswered. */
export async function purgeInvitations(app: App): Promise<void> {
  await app.db.write((tx) => removeExpiredInvitations(tx, app.clock.now()));
}
