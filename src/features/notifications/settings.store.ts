// Queries on how people want to be told.
import { eq, inArray } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { notificationSettings } from '../../platform/db/tables/notifications.ts';
import { upsert } from '../../platform/db/write-forms.ts';
import type { SettingsRow } from './notifications.types.ts';

export async function findSettings(db: Reader | Tx, userId: number): Promise<SettingsRow | undefined> {
  const [row] = await db.select().from(notificationSettings).where(eq(notificationSettings.userId, userId));
  return row;
}

export async function listSettings(db: Reader | Tx, userIds: readonly number[]): Promise<SettingsRow[]> {
  if (userIds.length === 0) return [];
  return db
    .select()
    .from(notificationSettings)
    .where(inArray(notificationSettings.userId, [...userIds]));
}

export async function putSettings(tx: Tx, row: SettingsRow): Promise<void> {
  const { userId: _, ...set } = row;
  await upsert(tx, notificationSettings, row, { target: notificationSettings.userId, set });
}
