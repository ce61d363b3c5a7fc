// Queries on e-mail addresses of accounts.
import { and, eq } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { emailAddresses } from '../../platform/db/tables/users.ts';
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
