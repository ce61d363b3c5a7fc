// Queries on e-mail addresses of accounts.
import { and, eq, gt, isNotNull, isNull, lt, notExists } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { repositories } from '../../platform/db/tables/repos.ts';
import { emailAddresses, users } from '../../platform/db/tables/users.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';
import type { EmailRow } from './emails.types.ts';

type Db = Reader | Tx;

/** An address, whoever's, by its form in lower case. */
export async function findAddress(db: Db, emailKey: string): Promise<EmailRow | undefined> {
  const [row] = await db.select().from(emailAddresses).where(eq(emailAddresses.emailKey, emailKey));
  return row;
}

/** An account's addresses in the order they were added. */
export async function listAddressesOf(db: Db, userId: number): Promise<EmailRow[]> {
  return db.select().from(emailAddresses).where(eq(emailAddresses.userId, userId)).orderBy(emailAddresses.id);
}

export async function insertAddress(tx: Tx, row: Omit<EmailRow, 'id'>): Promise<EmailRow> {
  return insertReturning(tx, emailAddresses, row);
}

export async function markVerified(tx: Tx, userId: number, emailKey: string, at: number): Promise<void> {
  await tx
    .update(emailAddresses)
    .set({ verifiedAt: at })
    .where(and(eq(emailAddresses.userId, userId), eq(emailAddresses.emailKey, emailKey)));
}

export async function removeAddress(tx: Tx, id: number): Promise<void> {
  await tx.delete(emailAddresses).where(eq(emailAddresses.id, id));
}

/**
 * People behind the id `after` who registered before an instant, never signed in and never proved their address; none
 * of them owns anything.
 */
export async function listUnproved(
  db: Db,
  before: number,
  after: number,
  limit: number,
): Promise<{ id: number; name: string }[]> {
  const owned = db
    .select({ id: repositories.id })
    .from(repositories)
    .where(eq(repositories.ownerId, users.id));
  return db
    .select({ id: users.id, name: users.name })
    .from(users)
    .leftJoin(emailAddresses, and(eq(emailAddresses.userId, users.id), isNotNull(emailAddresses.verifiedAt)))
    .where(
      and(
        eq(users.kind, 'user'),
        gt(users.id, after),
        isNotNull(users.passwordHash),
        isNull(users.lastLoginAt),
        lt(users.createdAt, before),
        isNull(emailAddresses.id),
        notExists(owned),
      ),
    )
    .orderBy(users.id)
    .limit(limit);
}

/** Removes an account as if it had never been, with everything that hangs on it. */
export async function removeUnproved(tx: Tx, userId: number): Promise<void> {
  await tx.delete(users).where(eq(users.id, userId));
}
