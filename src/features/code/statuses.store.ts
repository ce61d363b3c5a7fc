// Queries on commit statuses.
import { and, count, desc, eq, inArray, lt, max, or, type SQL } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { commitStatuses } from '../../platform/db/tables/code.ts';
import { users } from '../../platform/db/tables/users.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';
import type { CommitStatus, StatusRow } from './statuses.types.ts';

type Db = Reader | Tx;

export async function insertStatus(tx: Tx, row: Omit<StatusRow, 'id'>): Promise<StatusRow> {
  return insertReturning(tx, commitStatuses, row);
}

/** The newest status of each context of these commits, by context. */
export async function newestStatuses(
  db: Db,
  repositoryId: number,
  commitOids: readonly string[],
): Promise<CommitStatus[]> {
  if (commitOids.length === 0) return [];
  const newest = await db
    .select({ id: max(commitStatuses.id) })
    .from(commitStatuses)
    .where(
      and(eq(commitStatuses.repositoryId, repositoryId), inArray(commitStatuses.commitOid, [...commitOids])),
    )
    .groupBy(commitStatuses.commitOid, commitStatuses.context);
  const ids = newest.flatMap(({ id }) => id ?? []);
  return ids.length === 0 ? [] : withCreators(db, ids, commitStatuses.context);
}

/** The contexts that anything was said of about these commits, by name. */
export async function listContexts(
  db: Db,
  repositoryId: number,
  commitOids: readonly string[],
): Promise<string[]> {
  if (commitOids.length === 0) return [];
  const rows = await db
    .selectDistinct({ context: commitStatuses.context })
    .from(commitStatuses)
    .where(
      and(eq(commitStatuses.repositoryId, repositoryId), inArray(commitStatuses.commitOid, [...commitOids])),
    )
    .orderBy(commitStatuses.context);
  return rows.map(({ context }) => context);
}

/** The newest state of each context of commits of several repositories, in two statements. */
export async function newestStatesOf(
  db: Db,
  commits: readonly { repositoryId: number; commitOid: string }[],
): Promise<Pick<StatusRow, 'repositoryId' | 'commitOid' | 'state'>[]> {
  if (commits.length === 0) return [];
  const ofEach = [...Map.groupBy(commits, ({ repositoryId }) => repositoryId)].map(([id, those]) =>
    and(
      eq(commitStatuses.repositoryId, id),
      inArray(
        commitStatuses.commitOid,
        those.map(({ commitOid }) => commitOid),
      ),
    ),
  );
  const newest = await db
    .select({ id: max(commitStatuses.id) })
    .from(commitStatuses)
    .where(or(...ofEach))
    .groupBy(commitStatuses.repositoryId, commitStatuses.commitOid, commitStatuses.context);
  const ids = newest.flatMap(({ id }) => id ?? []);
  if (ids.length === 0) return [];
  const { repositoryId, commitOid, state } = commitStatuses;
  return db
    .select({ repositoryId, commitOid, state })
    .from(commitStatuses)
    .where(inArray(commitStatuses.id, ids));
}

/** What was said of a commit, the newest first: `limit` of it after the first `skip`. */
export async function listStatuses(
  db: Db,
  key: { repositoryId: number; commitOid: string },
  skip: number,
  limit: number,
): Promise<CommitStatus[]> {
  // A commit has few enough for their ids to be walked over.
  const ids = await db
    .select({ id: commitStatuses.id })
    .from(commitStatuses)
    .where(
      and(eq(commitStatuses.repositoryId, key.repositoryId), eq(commitStatuses.commitOid, key.commitOid)),
    )
    .orderBy(desc(commitStatuses.id))
    .limit(skip + limit);
  const wanted = ids.slice(skip).map(({ id }) => id);
  return wanted.length === 0 ? [] : withCreators(db, wanted, desc(commitStatuses.id));
}

async function withCreators(db: Db, ids: number[], order: SQL | SQLiteColumn): Promise<CommitStatus[]> {
  const rows = await db
    .select({ status: commitStatuses, creatorName: users.name })
    .from(commitStatuses)
    .leftJoin(users, eq(users.id, commitStatuses.creatorId))
    .where(inArray(commitStatuses.id, ids))
    .orderBy(order);
  return rows.map(({ status, creatorName }) => ({ ...status, creatorName: creatorName ?? undefined }));
}

/** How often each context of a commit was set. */
export async function countByContext(
  db: Db,
  key: { repositoryId: number; commitOid: string },
): Promise<Map<string, number>> {
  const rows = await db
    .select({ context: commitStatuses.context, total: count() })
    .from(commitStatuses)
    .where(
      and(eq(commitStatuses.repositoryId, key.repositoryId), eq(commitStatuses.commitOid, key.commitOid)),
    )
    .groupBy(commitStatuses.context);
  return new Map(rows.map(({ context, total }) => [context, total]));
}

/** Forgets all but the newest `keep` statuses of a context. */
export async function forgetOldStatuses(
  tx: Tx,
  key: { repositoryId: number; commitOid: string; context: string },
  keep: number,
): Promise<void> {
  const same = and(
    eq(commitStatuses.repositoryId, key.repositoryId),
    eq(commitStatuses.commitOid, key.commitOid),
    eq(commitStatuses.context, key.context),
  );
  const rows = await tx
    .select({ id: commitStatuses.id })
    .from(commitStatuses)
    .where(same)
    .orderBy(desc(commitStatuses.id))
    .limit(keep);
  const oldest = rows.at(-1)?.id;
  if (rows.length < keep || oldest === undefined) return;
  await tx.delete(commitStatuses).where(and(same, lt(commitStatuses.id, oldest)));
}
