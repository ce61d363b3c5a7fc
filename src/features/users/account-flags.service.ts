// The two facts about an account that the auth room keeps up to date and every request reads.
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { updateUser } from './users.store.ts';

/** Notes, in the caller's transaction, whether an account has any second factor. */
export async function storeSecondFactorFlag(
  app: App,
  tx: Tx,
  userId: number,
  hasSecondFactor: boolean,
): Promise<void> {
  await updateUser(tx, userId, { hasSecondFactor, updatedAt: app.clock.now() });
}

/** Notes, in the caller's transaction, whether an account must choose a new password before anything else. */
export async function storeMustChangePassword(
  app: App,
  tx: Tx,
  userId: number,
  mustChangePassword: boolean,
): Promise<void> {
  await updateUser(tx, userId, { mustChangePassword, updatedAt: app.clock.now() });
}
