// Choosing a new password by a link sent to a proved address. It ends all sessions and gets round no second factor.
import { ANONYMOUS, doneBy } from '../../base/actor.ts';
import { AppError, invalid } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { storeMustChangePassword } from '../users/account-flags.service.ts';
import { holderOf } from '../users/addresses.service.ts';
import { hashPassword } from '../users/password-hashes.service.ts';
import { findUserById, passwordWeakness, storePasswordHash } from '../users/users.service.ts';
import type { UserRow } from '../users/users.types.ts';
import { mailPasswordReset } from './account-mails.service.ts';
import { forgetDevices } from './devices.service.ts';
import { dropOneTimes, findOneTimeToken, takeOneTime } from './one-time-tokens.service.ts';
import { endSessionsIn } from './sessions.service.ts';
import { mayMail } from './sign-in-limits.service.ts';

/** Sends the link if an account proved to own the address; says nothing of whether. */
export async function mailPasswordResetTo(app: App, email: string, address: string): Promise<void> {
  const held = await holderOf(app, email);
  if (!held || held.verifiedAt === null) return;
  const user = await findUserById(app, held.userId);
  if (user?.kind !== 'user' || user.isSuspended || !mayMail(app, 'reset', held.emailKey)) return;
  await app.db.write(async (tx) => {
    await mailPasswordReset(app, tx, user, held.email);
    const who = doneBy({ ...ANONYMOUS, address });
    await app.events.record(tx, { kind: 'user.password_reset_requested', ...who, userId: user.id });
  });
}

/** Whose password a link sets, without using it up; undefined for a dead link. */
export async function findPasswordReset(app: App, token: string): Promise<UserRow | undefined> {
  const row = await findOneTimeToken(app, 'reset-password', token);
  const user = row?.userId == null ? undefined : await findUserById(app, row.userId);
  return user?.kind === 'user' && !user.isSuspended ? user : undefined;
}

/**
 * Uses a link up and sets the password. All sessions end, half-finished sign-ins and other links with them, and every
 * browser is an unknown one again. Throws AppError not_found for a dead link, invalid on `password`, which leaves it alive.
 */
export async function resetPassword(
  app: App,
  token: string,
  password: string,
  address: string,
): Promise<UserRow> {
  const user = await findPasswordReset(app, token);
  if (!user) throw deadLink();
  const weakness = passwordWeakness(app, user, password);
  if (weakness) throw invalid({ password: weakness });
  const hash = await hashPassword(app, password);
  await app.db.write(async (tx) => {
    const row = await takeOneTime(app, tx, 'reset-password', token);
    if (row?.userId !== user.id) throw deadLink();
    // Deleted or suspended while the password was hashed.
    const now = await findUserById(app, user.id, tx);
    if (now?.kind !== 'user' || now.isSuspended) throw deadLink();
    await storePasswordHash(app, tx, user.id, hash);
    if (user.mustChangePassword) await storeMustChangePassword(app, tx, user.id, false);
    await dropOneTimes(tx, user.id, 'reset-password');
    await dropOneTimes(tx, user.id, 'sign-in');
    await forgetDevices(tx, user.id);
    const actor = { ...ANONYMOUS, address };
    await endSessionsIn(app, tx, actor, user.id, undefined);
    await app.events.record(tx, { kind: 'user.password_changed', ...doneBy(actor), userId: user.id });
  });
  return user;
}

function deadLink(): AppError {
  return new AppError('not_found', 'This link was used already, or is older than an hour.');
}
