// Queries on saved replies.
import { and, asc, count, eq } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { changedRows } from '../../platform/db/drizzle-session.ts';
import { savedReplies } from '../../platform/db/tables/issues.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';
import type { SavedReplyRow } from './issues.types.ts';

type Db = Reader | Tx;

/** Somebody's, in the order they were made. */
export async function listReplies(db: Db, userId: number): Promise<SavedReplyRow[]> {
  return db.select().from(savedReplies).where(eq(savedReplies.userId, userId)).orderBy(asc(savedReplies.id));
}

export async function countReplies(db: Db, userId: number): Promise<number> {
  const [row] = await db.select({ total: count() }).from(savedReplies).where(eq(savedReplies.userId, userId));
  return row?.total ?? 0;
}

export async function findReply(db: Db, userId: number, id: number): Promise<SavedReplyRow | undefined> {
  const [row] = await db.select().from(savedReplies).where(oneOf(userId, id));
  return row;
}

export async function insertReply(tx: Tx, row: Omit<SavedReplyRow, 'id'>): Promise<SavedReplyRow> {
  return insertReturning(tx, savedReplies, row);
}

/** Says whether it was there. */
export async function updateReply(
  tx: Tx,
  userId: number,
  id: number,
  columns: Pick<SavedReplyRow, 'title' | 'body'>,
): Promise<boolean> {
  return changedRows(await tx.update(savedReplies).set(columns).where(oneOf(userId, id))) > 0;
}

/** Says whether it was there. */
export async function removeReply(tx: Tx, userId: number, id: number): Promise<boolean> {
  return changedRows(await tx.delete(savedReplies).where(oneOf(userId, id))) > 0;
}

function oneOf(userId: number, id: number) {
  return and(eq(savedReplies.userId, userId), eq(savedReplies.id, id));
}
