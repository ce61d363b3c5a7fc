// Queries on mails that wait to be sent.
import { eq, lt } from 'drizzle-orm';
import type { Reader, Tx } from '../db/db.types.ts';
import { outgoingMails } from '../db/tables/platform.ts';
import { insertReturning } from '../db/write-forms.ts';

export async function insertMail(tx: Tx, sealed: Buffer, createdAt: number): Promise<number> {
  return (await insertReturning(tx, outgoingMails, { sealed, createdAt })).id;
}

export async function findMail(db: Reader | Tx, id: number): Promise<Buffer | undefined> {
  const [row] = await db.select().from(outgoingMails).where(eq(outgoingMails.id, id));
  return row?.sealed;
}

export async function removeMail(tx: Tx, id: number): Promise<void> {
  await tx.delete(outgoingMails).where(eq(outgoingMails.id, id));
}

/** Mails that could not be sent for so long that nobody waits for them any more. */
export async function removeMailsBefore(tx: Tx, instant: number): Promise<void> {
  await tx.delete(outgoingMails).where(lt(outgoingMails.createdAt, instant));
}
