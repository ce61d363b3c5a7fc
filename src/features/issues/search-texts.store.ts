// The texts that are searched, as the search reads them.
import { and, asc, desc, eq, gt, inArray, isNotNull, isNull } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { issueEntries, issues } from '../../platform/db/tables/issues.ts';
import { TEXT_KINDS } from './entries.types.ts';

type Db = Reader | Tx;

export interface SearchedComment {
  id: number;
  issueId: number;
  repositoryId: number;
  body: string;
}

const IS_SEARCHED = and(
  inArray(issueEntries.kind, [...TEXT_KINDS]),
  isNotNull(issueEntries.body),
  isNull(issueEntries.hiddenReason),
);

/** Of these entries the comments that are shown to everybody. */
export async function searchedComments(db: Db, ids: readonly number[]): Promise<SearchedComment[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .select({
      id: issueEntries.id,
      issueId: issueEntries.issueId,
      repositoryId: issues.repositoryId,
      body: issueEntries.body,
    })
    .from(issueEntries)
    .innerJoin(issues, eq(issues.id, issueEntries.issueId))
    .where(and(inArray(issueEntries.id, [...ids]), IS_SEARCHED));
  return rows.map((row) => ({ ...row, body: row.body ?? '' }));
}

/** Ids of the comments behind an id that are searched, in order. */
export async function commentsBehind(db: Db, after: number, limit: number): Promise<number[]> {
  const rows = await db
    .select({ id: issueEntries.id, kind: issueEntries.kind, hiddenReason: issueEntries.hiddenReason })
    .from(issueEntries)
    .where(and(gt(issueEntries.id, after), IS_SEARCHED))
    .orderBy(asc(issueEntries.id))
    .limit(limit);
  return rows.map(({ id }) => id);
}

/** Ids of the issues behind an id, in order. */
export async function issueIdsBehind(db: Db, after: number, limit: number): Promise<number[]> {
  const rows = await db
    .select({ id: issues.id })
    .from(issues)
    .where(gt(issues.id, after))
    .orderBy(asc(issues.id))
    .limit(limit);
  return rows.map(({ id }) => id);
}

/** Ids of everything below an issue. */
export async function entryIdsOf(db: Db, issueId: number): Promise<number[]> {
  const rows = await db
    .select({ id: issueEntries.id })
    .from(issueEntries)
    .where(eq(issueEntries.issueId, issueId));
  return rows.map(({ id }) => id);
}

/** Ids of the newest entries of some issues. */
export async function newestEntriesOf(db: Db, issueIds: readonly number[], limit: number): Promise<number[]> {
  if (issueIds.length === 0) return [];
  const rows = await db
    .select({ id: issueEntries.id })
    .from(issueEntries)
    .where(and(inArray(issueEntries.issueId, [...issueIds]), inArray(issueEntries.kind, [...TEXT_KINDS])))
    .orderBy(desc(issueEntries.id))
    .limit(limit);
  return rows.map(({ id }) => id);
}

/** The issue of each entry that is there. */
export async function issuesOfEntries(db: Db, ids: readonly number[]): Promise<Map<number, number>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({ id: issueEntries.id, issueId: issueEntries.issueId })
    .from(issueEntries)
    .where(inArray(issueEntries.id, [...ids]));
  return new Map(rows.map((row) => [row.id, row.issueId]));
}
