// Queries on how pull requests of a repository are merged.
import { eq, inArray } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { mergeSettings } from '../../platform/db/tables/pulls.ts';
import { upsert } from '../../platform/db/write-forms.ts';
import type { MergeSettingsRow } from './pulls.types.ts';

export async function findMergeSettings(
  db: Reader | Tx,
  repositoryId: number,
): Promise<MergeSettingsRow | undefined> {
  const [row] = await db.select().from(mergeSettings).where(eq(mergeSettings.repositoryId, repositoryId));
  return row;
}

export async function listMergeSettings(
  db: Reader | Tx,
  repositoryIds: readonly number[],
): Promise<MergeSettingsRow[]> {
  if (repositoryIds.length === 0) return [];
  return db
    .select()
    .from(mergeSettings)
    .where(inArray(mergeSettings.repositoryId, [...repositoryIds]));
}

export async function saveMergeSettings(tx: Tx, row: MergeSettingsRow): Promise<void> {
  const { repositoryId: _, ...set } = row;
  await upsert(tx, mergeSettings, row, { target: mergeSettings.repositoryId, set });
}
