// Queries on the files of releases.
import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { releaseAssets } from '../../platform/db/tables/code.ts';
import { insertReturning } from '../../platform/db/write-forms.ts';
import type { AssetRow } from './releases.types.ts';

type Db = Reader | Tx;

/** The files of these releases, by name. */
export async function listAssets(db: Db, releaseIds: readonly number[]): Promise<AssetRow[]> {
  if (releaseIds.length === 0) return [];
  return db
    .select()
    .from(releaseAssets)
    .where(inArray(releaseAssets.releaseId, [...releaseIds]))
    .orderBy(asc(releaseAssets.name));
}

export async function findAsset(db: Db, releaseId: number, id: number): Promise<AssetRow | undefined> {
  const [row] = await db
    .select()
    .from(releaseAssets)
    .where(and(eq(releaseAssets.releaseId, releaseId), eq(releaseAssets.id, id)));
  return row;
}

export async function findAssetByName(
  db: Db,
  releaseId: number,
  name: string,
): Promise<AssetRow | undefined> {
  const [row] = await db
    .select()
    .from(releaseAssets)
    .where(and(eq(releaseAssets.releaseId, releaseId), eq(releaseAssets.name, name)));
  return row;
}

/** Throws AppError conflict when the release has a file of this name. */
export async function insertAsset(tx: Tx, row: Omit<AssetRow, 'id'>): Promise<AssetRow> {
  return insertReturning(tx, releaseAssets, row);
}

export async function renameAsset(tx: Tx, id: number, name: string): Promise<void> {
  await tx.update(releaseAssets).set({ name }).where(eq(releaseAssets.id, id));
}

export async function addDownloads(tx: Tx, id: number, by: number): Promise<void> {
  await tx
    .update(releaseAssets)
    .set({ downloadCount: sql`${releaseAssets.downloadCount} + ${by}` })
    .where(eq(releaseAssets.id, id));
}

export async function removeAssetRow(tx: Tx, id: number): Promise<void> {
  await tx.delete(releaseAssets).where(eq(releaseAssets.id, id));
}

/** Of these storage keys, those that files of releases lie under. */
export async function assetKeysAmong(db: Db, keys: readonly string[]): Promise<string[]> {
  if (keys.length === 0) return [];
  const rows = await db
    .select({ key: releaseAssets.storageKey })
    .from(releaseAssets)
    .where(inArray(releaseAssets.storageKey, [...keys]));
  return rows.map(({ key }) => key);
}
