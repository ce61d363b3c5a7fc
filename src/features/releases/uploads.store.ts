// Queries on uploads that are under way, or that wait for the release they belong to.
import { and, asc, count, eq, inArray, isNull, lt } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { changedRows } from '../../platform/db/drizzle-session.ts';
import { uploads } from '../../platform/db/tables/code.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';
import type { UploadRow } from './releases.types.ts';

type Db = Reader | Tx;

export async function insertUpload(tx: Tx, row: Omit<UploadRow, 'id'>): Promise<UploadRow> {
  return insertReturning(tx, uploads, row);
}

export async function findUpload(db: Db, token: string): Promise<UploadRow | undefined> {
  const [row] = await db.select().from(uploads).where(eq(uploads.token, token));
  return row;
}

/** How many somebody has under way in a repository. */
export async function countUploads(db: Db, repositoryId: number, userId: number): Promise<number> {
  const [row] = await db
    .select({ total: count() })
    .from(uploads)
    .where(and(eq(uploads.repositoryId, repositoryId), eq(uploads.userId, userId)));
  return row?.total ?? 0;
}

/** What somebody has under way for a release, or for one that is not there yet, in the order it was begun. */
export async function listUploads(
  db: Db,
  of: { repositoryId: number; userId: number; releaseId: number | null },
): Promise<UploadRow[]> {
  const release = of.releaseId === null ? isNull(uploads.releaseId) : eq(uploads.releaseId, of.releaseId);
  return db
    .select()
    .from(uploads)
    .where(and(eq(uploads.repositoryId, of.repositoryId), eq(uploads.userId, of.userId), release))
    .orderBy(asc(uploads.id));
}

/** The files that are under way for a release, whoever sends them. */
export async function uploadKeysOf(db: Db, releaseId: number): Promise<string[]> {
  const rows = await db
    .select({ key: uploads.storageKey })
    .from(uploads)
    .where(eq(uploads.releaseId, releaseId));
  return rows.map(({ key }) => key);
}

/** Says whether the upload is still there. */
export async function noteReceived(
  tx: Tx,
  id: number,
  { receivedBytes, updatedAt }: { receivedBytes: number; updatedAt: number },
): Promise<boolean> {
  const changed = await tx.update(uploads).set({ receivedBytes, updatedAt }).where(eq(uploads.id, id));
  return changedRows(changed) > 0;
}

/** Says whether it was there. */
export async function removeUpload(tx: Tx, id: number): Promise<boolean> {
  return changedRows(await tx.delete(uploads).where(eq(uploads.id, id))) > 0;
}

/** Uploads that nothing has come for since an instant. */
export async function listUploadsBefore(db: Db, before: number, limit: number): Promise<UploadRow[]> {
  return db
    .select()
    .from(uploads)
    .where(lt(uploads.updatedAt, before))
    .orderBy(asc(uploads.updatedAt))
    .limit(limit);
}

/** Of these storage keys, those that uploads lie under. */
export async function uploadKeysAmong(db: Db, keys: readonly string[]): Promise<string[]> {
  if (keys.length === 0) return [];
  const rows = await db
    .select({ key: uploads.storageKey })
    .from(uploads)
    .where(inArray(uploads.storageKey, [...keys]));
  return rows.map(({ key }) => key);
}
