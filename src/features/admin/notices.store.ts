// Queries on notices for those who write them.
import { desc, eq } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { changedRows } from '../../platform/db/drizzle-session.ts';
import { notices } from '../../platform/db/tables/platform.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';

export type NoticeRow = typeof notices.$inferSelect;

/** The newest first. */
export async function listNotices(db: Reader | Tx, limit: number): Promise<NoticeRow[]> {
  return db.select().from(notices).orderBy(desc(notices.id)).limit(limit);
}

export async function insertNotice(tx: Tx, row: Omit<NoticeRow, 'id'>): Promise<NoticeRow> {
  return insertReturning(tx, notices, row);
}

/** Says false when it is gone already. */
export async function deleteNotice(tx: Tx, id: number): Promise<boolean> {
  return changedRows(await tx.delete(notices).where(eq(notices.id, id))) > 0;
}
