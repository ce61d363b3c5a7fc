// Queries on uploaded pictures.
import { and, eq } from 'drizzle-orm';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { avatars, users } from '../../platform/db/tables/users.ts';
import { upsert } from '../../platform/db/write-forms.ts';

export type AvatarRow = typeof avatars.$inferSelect;

/** The picture of the account of this name (in lower case), while it is the one with this hash. */
export async function findAvatar(
  db: Reader | Tx,
  nameKey: string,
  hash: string,
): Promise<Pick<AvatarRow, 'bytes' | 'mediaType'> | undefined> {
  const [row] = await db
    .select({ bytes: avatars.bytes, mediaType: avatars.mediaType })
    .from(users)
    .innerJoin(avatars, eq(avatars.userId, users.id))
    .where(and(eq(users.nameKey, nameKey), eq(users.avatarHash, hash)));
  return row;
}

export async function putAvatar(tx: Tx, row: AvatarRow): Promise<void> {
  const { bytes, mediaType } = row;
  await upsert(tx, avatars, row, { target: avatars.userId, set: { bytes, mediaType } });
}

export async function removeAvatarRow(tx: Tx, userId: number): Promise<void> {
  await tx.delete(avatars).where(eq(avatars.userId, userId));
}
