// Queries on check runs.
import { and, asc, count, desc, eq, inArray, lt, max } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { checkRuns } from '../../platform/db/tables/pulls.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';
import type { CheckRunRow, ListedRun } from './check-runs.types.ts';

type Db = Reader | Tx;

interface OfCommit {
  repositoryId: number;
  commitOid: string;
}

const LISTED = {
  id: checkRuns.id,
  commitOid: checkRuns.commitOid,
  name: checkRuns.name,
  status: checkRuns.status,
  conclusion: checkRuns.conclusion,
  title: checkRuns.title,
  detailsUrl: checkRuns.detailsUrl,
  startedAt: checkRuns.startedAt,
  completedAt: checkRuns.completedAt,
  createdAt: checkRuns.createdAt,
};

export async function insertCheckRun(tx: Tx, row: Omit<CheckRunRow, 'id'>): Promise<CheckRunRow> {
  return insertReturning(tx, checkRuns, row);
}

export async function findCheckRun(
  db: Db,
  repositoryId: number,
  id: number,
): Promise<CheckRunRow | undefined> {
  const [row] = await db
    .select()
    .from(checkRuns)
    .where(and(eq(checkRuns.id, id), eq(checkRuns.repositoryId, repositoryId)));
  return row;
}

export async function updateCheckRun(
  tx: Tx,
  id: number,
  values: Partial<Omit<CheckRunRow, 'id' | 'repositoryId'>>,
): Promise<void> {
  await tx.update(checkRuns).set(values).where(eq(checkRuns.id, id));
}

const ofCommit = (key: OfCommit) =>
  and(eq(checkRuns.repositoryId, key.repositoryId), eq(checkRuns.commitOid, key.commitOid));

/** How many runs of each name a commit has, and the newest of them. */
export async function countByName(
  db: Db,
  key: OfCommit,
): Promise<Map<string, { total: number; newest: number }>> {
  const rows = await db
    .select({ name: checkRuns.name, total: count(), newest: max(checkRuns.id) })
    .from(checkRuns)
    .where(ofCommit(key))
    .groupBy(checkRuns.name);
  return new Map(rows.map(({ name, total, newest }) => [name, { total, newest: newest ?? 0 }]));
}

/** The newest run of each name, by name. */
export async function newestRuns(db: Db, key: OfCommit): Promise<ListedRun[]> {
  const ids = await newestIds(db, key);
  if (ids.length === 0) return [];
  return db.select(LISTED).from(checkRuns).where(inArray(checkRuns.id, ids)).orderBy(asc(checkRuns.name));
}

/** As `newestRuns`, with all that they found. */
export async function newestRunsWhole(db: Db, key: OfCommit): Promise<CheckRunRow[]> {
  const ids = await newestIds(db, key);
  if (ids.length === 0) return [];
  return db.select().from(checkRuns).where(inArray(checkRuns.id, ids)).orderBy(asc(checkRuns.name));
}

async function newestIds(db: Db, key: OfCommit): Promise<number[]> {
  const rows = await db
    .select({ id: max(checkRuns.id) })
    .from(checkRuns)
    .where(ofCommit(key))
    .groupBy(checkRuns.name);
  return rows.flatMap(({ id }) => id ?? []);
}

/** Every run of a commit, the newest first; a commit has few. */
export async function allRuns(db: Db, key: OfCommit): Promise<CheckRunRow[]> {
  return db.select().from(checkRuns).where(ofCommit(key)).orderBy(desc(checkRuns.id));
}

/** Forgets all but the newest `keep` runs of a name. */
export async function forgetOldRuns(tx: Tx, key: OfCommit & { name: string }, keep: number): Promise<void> {
  const same = and(ofCommit(key), eq(checkRuns.name, key.name));
  const rows = await tx
    .select({ id: checkRuns.id })
    .from(checkRuns)
    .where(same)
    .orderBy(desc(checkRuns.id))
    .limit(keep);
  const oldest = rows.at(-1)?.id;
  if (rows.length < keep || oldest === undefined) return;
  await tx.delete(checkRuns).where(and(same, lt(checkRuns.id, oldest)));
}
