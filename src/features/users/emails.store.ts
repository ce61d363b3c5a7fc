// Queries on e-mail addresses of accounts.
import { and, eq, gt, inArray, isNotNull, isNull, lt, notExists } from 'drizzle-orm';
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

/** The verified addresses of these accounts. */
export async function listVerifiedOf(
  db: Db,
  userIds: readonly number[],
): Promise<Pick<EmailRow, 'userId' | 'emailKey'>[]> {
  if (userIds.length === 0) return [];
  return db
    .select({ userId: emailAddresses.userId, emailKey: emailAddresses.emailKey })
    .from(emailAddresses)
    .where(and(inArray(emailAddresses.userId, [...userIds]), isNotNull(emailAddresses.verifiedAt)));
}

/** The accounts that have proved to own one of these addresses, in lower case. */
export async function listHolders(
  db: Db,
  emailKeys: readonly string[],
): Promise<{ emailKey: string; id: number; name: string; avatarHash: string | null }[]> {
  if (emailKeys.length === 0) return [];
  const { id, name, avatarHash } = users;
  return db
    .select({ emailKey: emailAddresses.emailKey, id, name, avatarHash })
    .from(emailAddresses)
    .innerJoin(users, eq(users.id, emailAddresses.userId))
    .where(and(inArray(emailAddresses.emailKey, [...emailKeys]), isNotNull(emailAddresses.verifiedAt)));
}

/** People and bots by id, as far as pictures and links need them; no ghosts. */
export async function listPictured(
  db: Db,
  ids: readonly number[],
): Promise<{ id: number; name: string; avatarHash: string | null }[]> {
  if (ids.length === 0) return [];
  const { id, name, avatarHash } = users;
  return db
    .select({ id, name, avatarHash })
    .from(users)
    .where(and(inArray(users.id, [...ids]), inArray(users.kind, ['user', 'bot'])));
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
