// Queries on commit statuses.
import { and, count, desc, eq, inArray, lt, max, or } from 'drizzle-orm';
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

/** By time, or by the number that each has, which grows as time does. */
export type StatusOrder = 'oldest' | 'recentupdate' | 'leastupdate' | 'leastindex' | 'highestindex';

const OLDEST_FIRST: readonly StatusOrder[] = ['oldest', 'leastupdate', 'leastindex'];

/** Ids of what was said of a commit, which is little enough to be listed whole. */
export async function listStatusIds(
  db: Db,
  key: { repositoryId: number; commitOid: string },
  { state, sort }: { state: StatusRow['state'] | undefined; sort: StatusOrder },
): Promise<number[]> {
  const { id, repositoryId, commitOid } = commitStatuses;
  const here = and(eq(repositoryId, key.repositoryId), eq(commitOid, key.commitOid));
  const rows = await db
    .select({ id })
    .from(commitStatuses)
    .where(state === undefined ? here : and(here, eq(commitStatuses.state, state)))
    .orderBy(OLDEST_FIRST.includes(sort) ? id : desc(id));
  return rows.map((row) => row.id);
}

/** Statuses by their ids, in that order. */
export async function listStatuses(db: Db, ids: readonly number[]): Promise<CommitStatus[]> {
  if (ids.length === 0) return [];
  const found = new Map((await withCreators(db, [...ids], commitStatuses.id)).map((row) => [row.id, row]));
  return ids.flatMap((id) => found.get(id) ?? []);
}

async function withCreators(db: Db, ids: number[], order: SQLiteColumn): Promise<CommitStatus[]> {
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
