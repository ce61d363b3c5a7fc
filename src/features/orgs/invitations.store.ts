// Queries on invitations into organizations.
import { and, desc, eq, gt, lte } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { changedRows } from '../../platform/db/drizzle-session.ts';
import { invitations, organizationMembers, organizations } from '../../platform/db/tables/orgs.ts';
import { emailAddresses, users } from '../../platform/db/tables/users.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';
import type { InvitationRow } from './orgs.types.ts';

type Db = Reader | Tx;

export async function insertInvitation(tx: Tx, row: Omit<InvitationRow, 'id'>): Promise<InvitationRow> {
  return insertReturning(tx, invitations, row);
}

/** A live invitation by the hash of its secret. */
export async function findByTokenHash(
  db: Db,
  tokenHash: string,
  now: number,
): Promise<InvitationRow | undefined> {
  const [row] = await db
    .select()
    .from(invitations)
    .where(and(eq(invitations.tokenHash, tokenHash), gt(invitations.expiresAt, now)));
  return row;
}

/** A live invitation by id. */
export async function findInvitationById(
  db: Db,
  id: number,
  now: number,
): Promise<InvitationRow | undefined> {
  const [row] = await db
    .select()
    .from(invitations)
    .where(and(eq(invitations.id, id), gt(invitations.expiresAt, now)));
  return row;
}

/** Who or what a live invitation of an organization would be sent to twice. */
export async function isInvited(
  db: Db,
  organizationId: number,
  to: { userId: number } | { emailKey: string },
  now: number,
): Promise<boolean> {
  const same = 'userId' in to ? eq(invitations.userId, to.userId) : eq(invitations.emailKey, to.emailKey);
  const rows = await db
    .select({ id: invitations.id })
    .from(invitations)
    .where(and(eq(invitations.organizationId, organizationId), same, gt(invitations.expiresAt, now)))
    .limit(1);
  return rows.length > 0;
}

/** The live invitation of an organization that names an account. */
export async function findInvitationTo(
  db: Db,
  organizationId: number,
  userId: number,
  now: number,
): Promise<InvitationRow | undefined> {
  const [row] = await db
    .select()
    .from(invitations)
    .where(
      and(
        eq(invitations.organizationId, organizationId),
        eq(invitations.userId, userId),
        gt(invitations.expiresAt, now),
      ),
    );
  return row;
}

export async function setInvitedTeams(tx: Tx, id: number, teamIds: number[]): Promise<void> {
  await tx.update(invitations).set({ teamIds }).where(eq(invitations.id, id));
}

export interface InvitationWithName {
  invitation: InvitationRow;
  /** The name of the account it is for; null for an address. */
  name: string | null;
}

/** An organization's live invitations, the newest first. */
export async function listInvitationsOf(
  db: Db,
  organizationId: number,
  now: number,
): Promise<InvitationWithName[]> {
  return db
    .select({ invitation: invitations, name: users.name })
    .from(invitations)
    .leftJoin(users, eq(users.id, invitations.userId))
    .where(and(eq(invitations.organizationId, organizationId), gt(invitations.expiresAt, now)))
    .orderBy(desc(invitations.id));
}

/** The live invitations that name an account, the newest first, with the organization's name. */
export async function listInvitationsFor(
  db: Db,
  userId: number,
  now: number,
): Promise<{ invitation: InvitationRow; organizationName: string; requiresTwoFactor: boolean }[]> {
  const { requiresTwoFactor } = organizations;
  return db
    .select({ invitation: invitations, organizationName: users.name, requiresTwoFactor })
    .from(invitations)
    .innerJoin(users, eq(users.id, invitations.organizationId))
    .innerJoin(organizations, eq(organizations.userId, invitations.organizationId))
    .where(and(eq(invitations.userId, userId), gt(invitations.expiresAt, now)))
    .orderBy(desc(invitations.id));
}

/** Says false when it was gone: somebody else took or revoked it first. */
export async function removeInvitation(tx: Tx, id: number): Promise<boolean> {
  return changedRows(await tx.delete(invitations).where(eq(invitations.id, id))) > 0;
}

/** Ends what else an organization sent to an account. */
export async function removeInvitationsTo(tx: Tx, organizationId: number, userId: number): Promise<void> {
  await tx
    .delete(invitations)
    .where(and(eq(invitations.organizationId, organizationId), eq(invitations.userId, userId)));
}

/** Ends what somebody sent on behalf of an organization; returns what there was. */
export async function removeInvitationsBy(
  tx: Tx,
  organizationId: number,
  inviterId: number,
): Promise<InvitationWithName[]> {
  const mine = and(eq(invitations.organizationId, organizationId), eq(invitations.invitedBy, inviterId));
  const rows = await tx
    .select({ invitation: invitations, name: users.name })
    .from(invitations)
    .leftJoin(users, eq(users.id, invitations.userId))
    .where(mine);
  if (rows.length > 0) await tx.delete(invitations).where(mine);
  return rows;
}

export async function removeExpiredInvitations(tx: Tx, now: number): Promise<void> {
  await tx.delete(invitations).where(lte(invitations.expiresAt, now));
}

/** Whether an account has proved that it holds an address. */
export async function holdsVerifiedAddress(db: Db, userId: number, emailKey: string): Promise<boolean> {
  const rows = await db
    .select({ verifiedAt: emailAddresses.verifiedAt })
    .from(emailAddresses)
    .where(and(eq(emailAddresses.userId, userId), eq(emailAddresses.emailKey, emailKey)));
  return rows.some((row) => row.verifiedAt !== null);
}

/** Whether somebody may act and still is who may invite into an organization: its owner, or an administrator of the site. */
export async function mayStillInvite(db: Db, organizationId: number, userId: number): Promise<boolean> {
  const { role } = organizationMembers;
  const rows = await db
    .select({ isAdmin: users.isAdmin, role })
    .from(users)
    .leftJoin(
      organizationMembers,
      and(eq(organizationMembers.userId, users.id), eq(organizationMembers.organizationId, organizationId)),
    )
    .where(and(eq(users.id, userId), eq(users.kind, 'user'), eq(users.isSuspended, false)));
  return rows.some((row) => row.isAdmin || row.role === 'owner');
}
