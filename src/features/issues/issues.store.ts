// Queries on issues themselves, their numbers and the log of changes.
import { and, asc, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { changedRows } from '../../platform/db/drizzle-session.ts';
import {
  issueCounters as counters,
  issueChanges,
  type issueCounters,
  issueRedirects,
  issues,
} from '../../platform/db/tables/issues.ts';
import { insertIfAbsent, insertReturning } from '../../platform/db/write-forms.ts';
import type { IssueRow } from './issues.types.ts';

type Db = Reader | Tx;
export type CounterRow = typeof issueCounters.$inferSelect;

export async function findIssueByNumber(
  db: Db,
  repositoryId: number,
  number: number,
): Promise<IssueRow | undefined> {
  const [row] = await db
    .select()
    .from(issues)
    .where(and(eq(issues.repositoryId, repositoryId), eq(issues.number, number)));
  return row;
}

export async function findIssueById(db: Db, id: number): Promise<IssueRow | undefined> {
  const [row] = await db.select().from(issues).where(eq(issues.id, id));
  return row;
}

/** Those that exist, in no order. */
export async function findIssuesByIds(db: Db, ids: readonly number[]): Promise<IssueRow[]> {
  if (ids.length === 0) return [];
  return db
    .select()
    .from(issues)
    .where(inArray(issues.id, [...ids]));
}

/** The id of the issue that had a number of this repository before it was transferred. */
export async function findRedirect(
  db: Db,
  repositoryId: number,
  number: number,
): Promise<number | undefined> {
  const [row] = await db
    .select({ issueId: issueRedirects.issueId })
    .from(issueRedirects)
    .where(and(eq(issueRedirects.repositoryId, repositoryId), eq(issueRedirects.number, number)));
  return row?.issueId;
}

/**
 * Takes the next number of a repository: the row is locked until the transaction ends, so numbers have no gaps but those
 * of issues that were deleted or transferred.
 */
export async function takeNumber(tx: Tx, repositoryId: number): Promise<number> {
  if (!(await countUp(tx, repositoryId))) {
    const none = { lastNumber: 0, openIssues: 0, closedIssues: 0, openPulls: 0, closedPulls: 0 };
    await insertIfAbsent(tx, counters, { repositoryId, ...none });
    await countUp(tx, repositoryId);
  }
  const row = await findCounters(tx, repositoryId);
  if (!row) throw new Error('The numbers of a repository were not found.');
  return row.lastNumber;
}

async function countUp(tx: Tx, repositoryId: number): Promise<boolean> {
  const changed = await tx
    .update(counters)
    .set({ lastNumber: sql`${counters.lastNumber} + 1` })
    .where(eq(counters.repositoryId, repositoryId));
  return changedRows(changed) > 0;
}

export async function findCounters(db: Db, repositoryId: number): Promise<CounterRow | undefined> {
  const [row] = await db.select().from(counters).where(eq(counters.repositoryId, repositoryId));
  return row;
}

/** Counts an issue or a pull request into a state (1) or out of it (-1). */
export async function countIssue(
  tx: Tx,
  { repositoryId, isPull, state }: Pick<IssueRow, 'repositoryId' | 'isPull' | 'state'>,
  by: 1 | -1,
): Promise<void> {
  const column = columnOf(isPull, state);
  await tx
    .update(counters)
    .set({ [column]: sql`${counters[column]} + ${by}` })
    .where(eq(counters.repositoryId, repositoryId));
}

function columnOf(isPull: boolean, state: IssueRow['state']) {
  if (isPull) return state === 'open' ? 'openPulls' : 'closedPulls';
  return state === 'open' ? 'openIssues' : 'closedIssues';
}

export async function insertIssue(tx: Tx, row: typeof issues.$inferInsert): Promise<IssueRow> {
  return insertReturning(tx, issues, row);
}

export async function updateIssue(tx: Tx, id: number, columns: Partial<IssueRow>): Promise<void> {
  await tx.update(issues).set(columns).where(eq(issues.id, id));
}

/** Tells the index in memory, here and in other processes, that an issue is to be read anew. */
export async function noteChange(tx: Tx, issueId: number, at: number): Promise<void> {
  await tx.insert(issueChanges).values({ issueId, at });
}

export async function countPinned(tx: Db, repositoryId: number): Promise<number> {
  const rows = await tx
    .select({ id: issues.id })
    .from(issues)
    .where(and(eq(issues.repositoryId, repositoryId), isNotNull(issues.pinnedAt)));
  return rows.length;
}

/** An issue as one line of something else shows it. */
export type IssueHead = Pick<
  IssueRow,
  'id' | 'repositoryId' | 'number' | 'isPull' | 'title' | 'state' | 'closeReason'
>;

/** Those that exist, without their texts, in no order. */
export async function findIssueHeads(db: Db, ids: readonly number[]): Promise<IssueHead[]> {
  if (ids.length === 0) return [];
  const { id, repositoryId, number, isPull, title, state, closeReason } = issues;
  return db
    .select({ id, repositoryId, number, isPull, title, state, closeReason })
    .from(issues)
    .where(inArray(issues.id, [...ids]));
}

export async function listPinnedIssues(db: Db, repositoryId: number): Promise<IssueRow[]> {
  return db
    .select()
    .from(issues)
    .where(and(eq(issues.repositoryId, repositoryId), isNotNull(issues.pinnedAt)))
    .orderBy(asc(issues.pinnedAt), asc(issues.id));
}

/** What is pinned in some repositories, the first pinned first, without texts. */
export async function listPinnedAmong(db: Db, repositoryIds: readonly number[]) {
  if (repositoryIds.length === 0) return [];
  return db
    .select({ id: issues.id, repositoryId: issues.repositoryId, isPull: issues.isPull })
    .from(issues)
    .where(and(inArray(issues.repositoryId, [...repositoryIds]), isNotNull(issues.pinnedAt)))
    .orderBy(asc(issues.pinnedAt), asc(issues.id));
}
