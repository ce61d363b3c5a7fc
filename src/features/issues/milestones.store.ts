// Queries on milestones and on how far they have come.
import { and, asc, count, eq, inArray, isNotNull, isNull, sql } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { issueChanges, issues, milestones } from '../../platform/db/tables/issues.ts';
import { insertFrom, insertReturning } from '../../platform/db/write-forms.ts';
import type { MilestoneProgress, MilestoneRow } from './milestones.types.ts';

type Db = Reader | Tx;

/** Those of a repository, open or closed or both, by title. */
export async function listMilestonesOf(
  db: Db,
  repositoryId: number,
  state: 'open' | 'closed' | 'all',
): Promise<MilestoneRow[]> {
  const inState = {
    open: isNull(milestones.closedAt),
    closed: isNotNull(milestones.closedAt),
    all: undefined,
  };
  return db
    .select()
    .from(milestones)
    .where(and(eq(milestones.repositoryId, repositoryId), inState[state]))
    .orderBy(asc(milestones.titleKey));
}

export async function findMilestone(
  db: Db,
  repositoryId: number,
  id: number,
): Promise<MilestoneRow | undefined> {
  const [row] = await db
    .select()
    .from(milestones)
    .where(and(eq(milestones.repositoryId, repositoryId), eq(milestones.id, id)));
  return row;
}

export async function findMilestoneByTitle(
  db: Db,
  repositoryId: number,
  title: string,
): Promise<MilestoneRow | undefined> {
  const [row] = await db
    .select()
    .from(milestones)
    .where(and(eq(milestones.repositoryId, repositoryId), eq(milestones.titleKey, title.toLowerCase())));
  return row;
}

/** How many milestones of a repository are open and closed. */
export async function countMilestones(db: Db, repositoryId: number): Promise<MilestoneProgress> {
  const rows = await db
    .select({
      closed: sql<number>`case when ${milestones.closedAt} is null then 0 else 1 end`,
      total: count(),
    })
    .from(milestones)
    .where(eq(milestones.repositoryId, repositoryId))
    .groupBy(sql`case when ${milestones.closedAt} is null then 0 else 1 end`);
  const of = (closed: number) => rows.find((row) => Number(row.closed) === closed)?.total ?? 0;
  return { open: of(0), closed: of(1) };
}

/** The issues of a milestone by state, of those that count; undefined where there are more than `most`. */
export async function countIssuesUpTo(
  db: Db,
  milestoneId: number,
  most: number,
  counts: (issue: { isPull: boolean }) => boolean,
): Promise<MilestoneProgress | undefined> {
  const rows = await db
    .select({ state: issues.state, isPull: issues.isPull })
    .from(issues)
    .where(eq(issues.milestoneId, milestoneId))
    .limit(most + 1);
  if (rows.length > most) return undefined;
  const counted = rows.filter(counts);
  const closed = counted.filter(({ state }) => state === 'closed').length;
  return { open: counted.length - closed, closed };
}

/** Throws AppError conflict when the repository has one of this title. */
export async function insertMilestone(tx: Tx, row: Omit<MilestoneRow, 'id'>): Promise<MilestoneRow> {
  return insertReturning(tx, milestones, row);
}

export async function updateMilestone(
  tx: Tx,
  id: number,
  values: Partial<Omit<MilestoneRow, 'id' | 'repositoryId'>>,
): Promise<void> {
  await tx.update(milestones).set(values).where(eq(milestones.id, id));
}

export async function removeMilestone(tx: Tx, id: number): Promise<void> {
  await tx.delete(milestones).where(eq(milestones.id, id));
}

/** Tells the index of every issue of a milestone, in one statement however many there are. */
export async function noteMilestoned(tx: Tx, milestoneId: number, at: number): Promise<void> {
  const having = sql`select ${issues.id}, ${at} from ${issues} where ${eq(issues.milestoneId, milestoneId)}`;
  await insertFrom(tx, issueChanges, ['issueId', 'at'], having);
}

/** Those that exist, in no order. */
export async function listMilestonesAmong(db: Db, ids: readonly number[]): Promise<MilestoneRow[]> {
  if (ids.length === 0) return [];
  return db
    .select()
    .from(milestones)
    .where(inArray(milestones.id, [...ids]));
}

/** Those of a repository that have one of some titles, in no order. */
export async function listMilestonesTitled(
  db: Db,
  repositoryId: number,
  titles: readonly string[],
): Promise<MilestoneRow[]> {
  const keys = [...new Set(titles.map((title) => title.toLowerCase()))];
  if (keys.length === 0) return [];
  return db
    .select()
    .from(milestones)
    .where(and(eq(milestones.repositoryId, repositoryId), inArray(milestones.titleKey, keys)));
}
