// Pictures of accounts: made anew from what was uploaded, kept in the database, served under their hash.
import { type Actor, doneBy } from '../../base/actor.ts';
import { sha256Hex } from '../../base/crypto.ts';
import { invalid, isAppError, notFound } from '../../base/errors.ts';
import { HOUR } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import type { Picture } from '../../platform/render/picture.types.ts';
import { type AvatarRow, findAvatar, putAvatar, removeAvatarRow } from './avatars.store.ts';
import { isName } from './users.input.ts';
import { requireAccountAbility } from './users.policy.ts';
import { findById, findLivingById, updateUser } from './users.store.ts';

/** Pixels of each side: sharp at 230 on screens of double density. */
const SIDE = 460;

/** Gives an account a picture. Throws AppError invalid on `avatar` for what is no picture or too large a one. */
export async function setAvatar(app: App, actor: Actor, userId: number, bytes: Buffer): Promise<void> {
  requireAccountAbility(actor, userId, 'profile:write');
  await storePicture(app, userId, bytes, (tx) => recordChange(app, tx, actor, userId));
}

/** As `setAvatar` for any account, an organization's too; the caller has judged it, and `record` writes its event. */
export async function storePicture(
  app: App,
  accountId: number,
  bytes: Buffer,
  record: (tx: Tx) => Promise<void>,
): Promise<void> {
  app.limits.take({ key: `avatar:${accountId}`, burst: 20, per: HOUR });
  const { bytes: made, mediaType } = await makePicture(bytes);
  const avatarHash = sha256Hex(made);
  await app.db.write(async (tx) => {
    if (!(await findLivingById(tx, accountId))) throw notFound('account');
    await putAvatar(tx, { userId: accountId, bytes: made, mediaType });
    await updateUser(tx, accountId, { avatarHash, updatedAt: app.clock.now() });
    await record(tx);
  });
}

async function recordChange(app: App, tx: Tx, actor: Actor, userId: number): Promise<void> {
  await app.events.record(tx, { kind: 'user.updated', ...doneBy(actor), userId, changes: ['avatar'] });
}

async function makePicture(bytes: Buffer): Promise<Picture> {
  const { makeSquarePicture } = await import('../../platform/render/pictures.ts');
  try {
    return await makeSquarePicture(bytes, SIDE);
  } catch (error) {
    if (isAppError(error, 'invalid', 'too_large')) throw invalid({ avatar: error.message });
    throw error;
  }
}

/** Takes an account's picture away: its identicon is shown again. */
export async function removeAvatar(app: App, actor: Actor, userId: number): Promise<void> {
  requireAccountAbility(actor, userId, 'profile:write');
  await takePicture(app, userId, (tx) => recordChange(app, tx, actor, userId));
}

/** As `removeAvatar` for any account; the caller has judged it, and `record` writes its event. */
export async function takePicture(
  app: App,
  accountId: number,
  record: (tx: Tx) => Promise<void>,
): Promise<void> {
  await app.db.write(async (tx) => {
    if (!(await findById(tx, accountId))?.avatarHash) return;
    await removeAvatarRow(tx, accountId);
    await updateUser(tx, accountId, { avatarHash: null, updatedAt: app.clock.now() });
    await record(tx);
  });
}

/** The picture at an address; throws AppError not_found, also for one that was replaced. */
export async function requireAvatar(
  app: App,
  name: string,
  hash: string,
): Promise<Pick<AvatarRow, 'bytes' | 'mediaType'>> {
  const isAddress = isName(name) && /^[0-9a-f]{64}$/.test(hash);
  const found = isAddress ? await findAvatar(app.db.read, name.toLowerCase(), hash) : undefined;
  if (!found) throw notFound('picture');
  return found;
}
