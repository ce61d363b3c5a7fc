// Queries on timelines.
import { and, asc, desc, eq, gt, inArray, lt, ne, sql } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { issueEntries, issues } from '../../platform/db/tables/issues.ts';
import { insertIfAbsent, insertReturning } from '../../platform/db/write-forms.ts';
import type { EntryRow } from './issues.types.ts';

type Db = Reader | Tx;

/** Comments on code are shown in their review. */
const inTimeline = ne(issueEntries.kind, 'review_comment');

export async function insertEntry(tx: Tx, row: typeof issueEntries.$inferInsert): Promise<number> {
  return (await insertReturning(tx, issueEntries, row)).id;
}

/** Says whether it is new; the row has a `onceKey`. */
export async function insertEntryOnce(tx: Tx, row: typeof issueEntries.$inferInsert): Promise<boolean> {
  return insertIfAbsent(tx, issueEntries, row);
}

export async function findEntry(db: Db, issueId: number, id: number): Promise<EntryRow | undefined> {
  const [row] = await db
    .select()
    .from(issueEntries)
    .where(and(eq(issueEntries.issueId, issueId), eq(issueEntries.id, id)));
  return row;
}

/** A part of a timeline, the oldest first. */
export async function listEntries(
  db: Db,
  issueId: number,
  page: { after: number; limit: number },
): Promise<EntryRow[]> {
  return db
    .select()
    .from(issueEntries)
    .where(and(eq(issueEntries.issueId, issueId), gt(issueEntries.id, page.after), inTimeline))
    .orderBy(asc(issueEntries.id))
    .limit(page.limit);
}

export async function updateEntry(tx: Tx, id: number, columns: Partial<EntryRow>): Promise<void> {
  await tx.update(issueEntries).set(columns).where(eq(issueEntries.id, id));
}

export async function removeEntry(tx: Tx, id: number): Promise<void> {
  await tx.delete(issueEntries).where(eq(issueEntries.id, id));
}

/** A part of a timeline before an entry, the newest first. */
export async function listEntriesBefore(
  db: Db,
  issueId: number,
  page: { before: number; limit: number },
): Promise<EntryRow[]> {
  return db
    .select()
    .from(issueEntries)
    .where(and(eq(issueEntries.issueId, issueId), lt(issueEntries.id, page.before), inTimeline))
    .orderBy(desc(issueEntries.id))
    .limit(page.limit);
}

/** As `listEntriesBefore`, the ids alone. */
export async function listEntryIdsBefore(
  db: Db,
  issueId: number,
  page: { before: number; limit: number },
): Promise<number[]> {
  const rows = await db
    .select({ id: issueEntries.id })
    .from(issueEntries)
    .where(and(eq(issueEntries.issueId, issueId), lt(issueEntries.id, page.before), inTimeline))
    .orderBy(desc(issueEntries.id))
    .limit(page.limit);
  return rows.map(({ id }) => id);
}

/** The texts of some entries. */
export async function listEntryTexts(
  db: Db,
  ids: readonly number[],
): Promise<Pick<EntryRow, 'id' | 'body'>[]> {
  if (ids.length === 0) return [];
  return db
    .select({ id: issueEntries.id, body: issueEntries.body })
    .from(issueEntries)
    .where(inArray(issueEntries.id, [...ids]));
}

/** Those that exist, in no order. */
export async function findEntriesAmong(db: Db, ids: readonly number[]): Promise<EntryRow[]> {
  if (ids.length === 0) return [];
  return db
    .select()
    .from(issueEntries)
    .where(inArray(issueEntries.id, [...ids]));
}

/** The newest comment of each issue that has any, found from the end of its timeline however long that is. */
export async function listNewestComments(
  db: Db,
  issueIds: readonly number[],
): Promise<{ issueId: number; entryId: number }[]> {
  if (issueIds.length === 0) return [];
  const { id, issueId, kind } = issueEntries;
  // As a condition, where columns keep the names of their tables.
  const newest = sql`(select ${id} from ${issueEntries} where ${issueId} = ${issues.id} and ${kind} = 'comment'
    order by ${id} desc limit 1)`;
  return db
    .select({ issueId: issues.id, entryId: id })
    .from(issues)
    .innerJoin(issueEntries, eq(id, newest))
    .where(inArray(issues.id, [...issueIds]));
}
