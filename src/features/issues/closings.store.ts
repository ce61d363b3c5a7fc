// Which issues a pull request closes when it is merged.
import { and, asc, eq, inArray } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { issueEntries, issues } from '../../platform/db/tables/issues.ts';
import { pullClosings, pulls } from '../../platform/db/tables/pulls.ts';
import { insertIfAbsent } from '../../platform/db/write-forms.ts';
import type { IssueRow } from './issues.types.ts';

/** Of a pull request's issues, or an issue's pull requests, beside it. */
const MOST_SHOWN = 50;

type Db = Reader | Tx;

export async function listClosings(db: Db, pullId: number): Promise<number[]> {
  const rows = await db
    .select({ issueId: pullClosings.issueId })
    .from(pullClosings)
    .where(eq(pullClosings.pullId, pullId));
  return rows.map(({ issueId }) => issueId);
}

/** The issues that a pull request closes, the oldest first. */
export async function listClosedBy(db: Db, pullId: number): Promise<IssueRow[]> {
  const rows = await db
    .select({ issue: issues })
    .from(pullClosings)
    .innerJoin(issues, eq(issues.id, pullClosings.issueId))
    .where(eq(pullClosings.pullId, pullId))
    .orderBy(asc(issues.id))
    .limit(MOST_SHOWN);
  return rows.map(({ issue }) => issue);
}

/** The pull requests that close an issue, the oldest first. */
export async function listClosersOf(db: Db, issueId: number): Promise<IssueRow[]> {
  const rows = await db
    .select({ issue: issues })
    .from(pullClosings)
    .innerJoin(issues, eq(issues.id, pullClosings.pullId))
    .where(eq(pullClosings.issueId, issueId))
    .orderBy(asc(issues.id))
    .limit(MOST_SHOWN);
  return rows.map(({ issue }) => issue);
}

/** The commits that an issue was closed by, as its timeline says. */
export async function listClosingCommits(db: Db, issueId: number): Promise<unknown[]> {
  const rows = await db
    .select({ data: issueEntries.data })
    .from(issueEntries)
    .where(and(eq(issueEntries.issueId, issueId), eq(issueEntries.kind, 'closed')));
  return rows.map(({ data }) => data.commitOid);
}

export async function insertClosing(tx: Tx, pullId: number, issueId: number): Promise<void> {
  await insertIfAbsent(tx, pullClosings, { pullId, issueId });
}

export async function removeClosings(tx: Tx, pullId: number, issueIds: readonly number[]): Promise<void> {
  if (issueIds.length === 0) return;
  await tx
    .delete(pullClosings)
    .where(and(eq(pullClosings.pullId, pullId), inArray(pullClosings.issueId, [...issueIds])));
}

/** The branch that a pull request goes to. */
export async function findBase(db: Db, issueId: number): Promise<string | undefined> {
  const [row] = await db.select({ base: pulls.baseBranch }).from(pulls).where(eq(pulls.issueId, issueId));
  return row?.base;
}
