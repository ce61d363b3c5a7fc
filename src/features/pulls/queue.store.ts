// Queries on the merge queue: entries that wait or are in a group, and the groups under test.
import { and, asc, count, desc, eq, inArray, max } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { changedRows } from '../../platform/db/drizzle-session.ts';
import { issues } from '../../platform/db/tables/issues.ts';
import { pulls, queueEntries, queueGroups } from '../../platform/db/tables/pulls.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';
import type { Pull, QueueEntryRow, QueueGroupRow } from './pulls.types.ts';

type Db = Reader | Tx;

/** The queue of one branch, without refs/heads/. */
export interface QueueKey {
  repositoryId: number;
  branch: string;
}

/** An entry with its pull request. */
export interface QueuedPull extends Pull {
  entry: QueueEntryRow;
}

const ofQueue = ({ repositoryId, branch }: QueueKey) =>
  and(eq(queueEntries.repositoryId, repositoryId), eq(queueEntries.branch, branch));

/** All entries of a queue, the most urgent first. */
export async function listQueued(db: Db, key: QueueKey): Promise<QueuedPull[]> {
  return db
    .select({ entry: queueEntries, pull: pulls, issue: issues })
    .from(queueEntries)
    .innerJoin(pulls, eq(pulls.issueId, queueEntries.pullId))
    .innerJoin(issues, eq(issues.id, queueEntries.pullId))
    .where(ofQueue(key))
    .orderBy(desc(queueEntries.priority), asc(queueEntries.id));
}

export async function countQueued(db: Db, key: QueueKey): Promise<number> {
  const [row] = await db.select({ total: count() }).from(queueEntries).where(ofQueue(key));
  return row?.total ?? 0;
}

/** The groups of a queue in their order. */
export async function listGroups(db: Db, { repositoryId, branch }: QueueKey): Promise<QueueGroupRow[]> {
  return db
    .select()
    .from(queueGroups)
    .where(and(eq(queueGroups.repositoryId, repositoryId), eq(queueGroups.branch, branch)))
    .orderBy(asc(queueGroups.place));
}

export async function findGroup(db: Db, id: number): Promise<QueueGroupRow | undefined> {
  const [row] = await db.select().from(queueGroups).where(eq(queueGroups.id, id));
  return row;
}

/** The group of a repository whose commit under test this is. */
export async function findGroupByHead(
  db: Db,
  repositoryId: number,
  headOid: string,
): Promise<QueueGroupRow | undefined> {
  const [row] = await db
    .select()
    .from(queueGroups)
    .where(and(eq(queueGroups.repositoryId, repositoryId), eq(queueGroups.headOid, headOid)))
    .limit(1);
  return row;
}

export async function findEntry(db: Db, pullId: number): Promise<QueueEntryRow | undefined> {
  const [row] = await db.select().from(queueEntries).where(eq(queueEntries.pullId, pullId));
  return row;
}

/** Of these pull requests, those in a queue. */
export async function findEntries(db: Db, pullIds: readonly number[]): Promise<QueueEntryRow[]> {
  if (pullIds.length === 0) return [];
  return db
    .select()
    .from(queueEntries)
    .where(inArray(queueEntries.pullId, [...pullIds]));
}

/** Every queue that holds anything; of one repository, or of all. */
export async function listQueues(db: Db, repositoryId?: number): Promise<QueueKey[]> {
  const entries = await db
    .selectDistinct({ repositoryId: queueEntries.repositoryId, branch: queueEntries.branch })
    .from(queueEntries)
    .where(repositoryId === undefined ? undefined : eq(queueEntries.repositoryId, repositoryId));
  const groups = await db
    .selectDistinct({ repositoryId: queueGroups.repositoryId, branch: queueGroups.branch })
    .from(queueGroups)
    .where(repositoryId === undefined ? undefined : eq(queueGroups.repositoryId, repositoryId));
  const keys = new Map([...entries, ...groups].map((key) => [`${key.repositoryId}:${key.branch}`, key]));
  return [...keys.values()];
}

export async function insertQueued(
  tx: Tx,
  row: Omit<QueueEntryRow, 'id' | 'groupId' | 'groupPlace' | 'resultOid'>,
): Promise<QueueEntryRow> {
  return insertReturning(tx, queueEntries, { ...row, groupId: null, groupPlace: 0, resultOid: null });
}

export async function updateEntry(tx: Tx, id: number, columns: Partial<QueueEntryRow>): Promise<void> {
  await tx.update(queueEntries).set(columns).where(eq(queueEntries.id, id));
}

/** Removes entries and the groups they were in, whose other entries wait again; returns what was removed. */
export async function removeEntries(tx: Tx, ids: readonly number[]): Promise<QueueEntryRow[]> {
  if (ids.length === 0) return [];
  const rows = await tx
    .select()
    .from(queueEntries)
    .where(inArray(queueEntries.id, [...ids]));
  const groupIds = new Set(rows.flatMap(({ groupId }) => groupId ?? []));
  await tx.delete(queueEntries).where(inArray(queueEntries.id, [...ids]));
  await removeGroups(tx, [...groupIds]);
  return rows;
}

/** Removes groups; their entries wait again. */
export async function removeGroups(tx: Tx, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .update(queueEntries)
    .set({ groupId: null, groupPlace: 0, resultOid: null })
    .where(inArray(queueEntries.groupId, [...ids]));
  await tx.delete(queueGroups).where(inArray(queueGroups.id, [...ids]));
}

/** Makes a group of entries, in this order, behind all groups of its queue. */
export async function insertGroup(
  tx: Tx,
  key: QueueKey,
  { entryIds, baseOid, now }: { entryIds: readonly number[]; baseOid: string; now: number },
): Promise<QueueGroupRow> {
  const [last] = await tx
    .select({ place: max(queueGroups.place) })
    .from(queueGroups)
    .where(and(eq(queueGroups.repositoryId, key.repositoryId), eq(queueGroups.branch, key.branch)));
  const group = await insertReturning(tx, queueGroups, {
    ...key,
    place: (last?.place ?? 0) + 1,
    baseOid,
    headOid: null,
    state: 'building',
    createdAt: now,
    startedAt: null,
  });
  for (const [groupPlace, id] of entryIds.entries())
    await updateEntry(tx, id, { groupId: group.id, groupPlace });
  return group;
}

/** Changes a group that is in one of these states; false when it is not, or gone. */
export async function changeGroup(
  tx: Tx,
  id: number,
  from: readonly QueueGroupRow['state'][],
  columns: Partial<QueueGroupRow>,
): Promise<boolean> {
  const result = await tx
    .update(queueGroups)
    .set(columns)
    .where(and(eq(queueGroups.id, id), inArray(queueGroups.state, [...from])));
  return changedRows(result) === 1;
}
