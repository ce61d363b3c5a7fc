// Queries on invitations to register.
import { and, eq, gt, lte } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { changedRows } from '../../platform/db/drizzle-session.ts';
import { registrationInvitations } from '../../platform/db/tables/auth.ts';
import { upsert } from '../../platform/db/write-forms.ts';
import type { RegistrationInvitationRow } from './registration-invitations.types.ts';

const { id, emailKey, tokenHash, expiresAt } = registrationInvitations;

/** Keeps an invitation in place of an earlier one to the same address. */
export async function putInvitation(tx: Tx, row: Omit<RegistrationInvitationRow, 'id'>): Promise<void> {
  await upsert(tx, registrationInvitations, row, { target: emailKey, set: row });
}

export async function findInvitationByHash(
  db: Reader | Tx,
  hash: string,
  now: number,
): Promise<RegistrationInvitationRow | undefined> {
  const [row] = await db
    .select()
    .from(registrationInvitations)
    .where(and(eq(tokenHash, hash), gt(expiresAt, now)));
  return row;
}

export async function findInvitationById(
  db: Reader | Tx,
  invitationId: number,
): Promise<RegistrationInvitationRow | undefined> {
  const [row] = await db.select().from(registrationInvitations).where(eq(id, invitationId));
  return row;
}

/** Live invitations behind the id `after`, in the order they were made. */
export async function listInvitations(
  db: Reader,
  now: number,
  after: number,
  limit: number,
): Promise<RegistrationInvitationRow[]> {
  return db
    .select()
    .from(registrationInvitations)
    .where(and(gt(expiresAt, now), gt(id, after)))
    .orderBy(id)
    .limit(limit);
}

/** Says false when it is gone already. */
export async function removeInvitation(tx: Tx, invitationId: number): Promise<boolean> {
  return (
    changedRows(
      await tx.delete(registrationInvitations).where(eq(registrationInvitations.id, invitationId)),
    ) > 0
  );
}

export async function removeExpiredInvitations(tx: Tx, now: number): Promise<void> {
  await tx.delete(registrationInvitations).where(lte(expiresAt, now));
}
