// Queries on the notices above every page.
import { asc } from 'drizzle-orm';
import type { Reader } from '../db/db.types.ts';
import { notices } from '../db/tables/platform.ts';

export type NoticeRow = typeof notices.$inferSelect;

/** More than anybody reads. */
const MOST = 20;

export async function listNotices(reader: Reader): Promise<NoticeRow[]> {
  return reader.select().from(notices).orderBy(asc(notices.id)).limit(MOST);
}
