// Proving who one is by password, and changing it.
import { type Actor, doneBy } from '../../base/actor.ts';
import { AppError, invalid, notFound } from '../../base/errors.ts';
import { requireSiteAbility } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import { storeMustChangePassword } from '../users/account-flags.service.ts';
import { hashPassword, isOutdatedHash, passwordMatches } from '../users/password-hashes.service.ts';
import { requireAccountAbility } from '../users/users.policy.ts';
import { findUserById, isUnchanged, passwordWeakness, storePasswordHash } from '../users/users.service.ts';
import type { UserRow } from '../users/users.types.ts';
import { noteFailedSignIn } from './failed-sign-ins.service.ts';
import { dropOneTimes } from './one-time-tokens.service.ts';
import { endSessionsIn } from './sessions.service.ts';
import { type AttemptOrigin, limitedAttempt } from './sign-in-limits.service.ts';

/**
 * The account, if the password is right; undefined otherwise, after the same work where there is no such account.
 * `login` is what was typed; `user` what was found for it. Throws AppError rate_limited after too many failures.
 */
export async function checkPassword(
  app: App,
  login: string,
  user: UserRow | undefined,
  password: string,
  from: AttemptOrigin,
): Promise<UserRow | undefined> {
  return limitedAttempt(app, user?.id ?? login, from, async () => {
    const matches = await passwordMatches(app, user?.passwordHash, password.slice(0, LONGEST));
    return matches ? user : undefined;
  });
}

/** Beyond every password accepted; bounds the work that a huge one costs. */
const LONGEST = 1024;

/**
 * Makes the hash anew when it was made with weaker parameters than today's, unless the password changed meanwhile.
 * Returns the account with the hash in force.
 */
export async function renewHash(app: App, user: UserRow, password: string): Promise<UserRow> {
  if (user.passwordHash === null || !isOutdatedHash(app, user.passwordHash)) return user;
  const passwordHash = await hashPassword(app, password);
  return app.db.write(async (tx) => {
    if (!(await isUnchanged(tx, user))) return user;
    await storePasswordHash(app, tx, user.id, passwordHash);
    return { ...user, passwordHash };
  });
}

export interface PasswordChange {
  current: string;
  next: string;
  /** The session that makes the change; all others end. */
  sessionId: number | undefined;
  address: string;
}

/**
 * Changes somebody's own password and ends their other sessions. Throws AppError invalid on `current` or `next`,
 * rate_limited after too many wrong ones.
 */
export async function changePassword(
  app: App,
  actor: Actor,
  userId: number,
  change: PasswordChange,
): Promise<void> {
  requireAccountAbility(actor, userId, 'password:change');
  const user = await findUserById(app, userId);
  if (!user) throw notFound('account');
  if (!(await checkPassword(app, user.name, user, change.current, change.address))) {
    await noteFailedSignIn(app, userId, change.address);
    throw invalid({ current: 'This is not your current password.' });
  }
  if (change.next === change.current)
    throw invalid({ next: 'Choose a password other than the current one.' });
  await writePassword(app, actor, user, change.next, 'next', change.sessionId);
}

/**
 * Sets a password without asking for the old one, and ends all sessions: for the command line. Throws AppError
 * invalid on `password`.
 */
export async function setPassword(app: App, actor: Actor, userId: number, password: string): Promise<void> {
  if (actor.kind !== 'system') throw notFound('account');
  const user = await findUserById(app, userId);
  if (!user) throw notFound('account');
  await writePassword(app, actor, user, password, 'password', undefined);
}

/**
 * Sets somebody else's password, which whoever sets it knows: they choose another one before anything else, unless
 * `mustChange` is false. For administrators; one's own is changed by oneself alone. Throws AppError invalid on `password`.
 */
export async function setPasswordOf(
  app: App,
  actor: Actor,
  userId: number,
  password: string,
  mustChange: boolean,
): Promise<void> {
  requireSiteAbility(actor, 'site:administer');
  if (actor.kind === 'user' && actor.userId === userId)
    throw new AppError('forbidden', 'Change your own password in your settings.');
  const user = await findUserById(app, userId);
  if (user?.kind !== 'user') throw notFound('account');
  await writePassword(app, actor, user, password, 'password', undefined, mustChange);
}

/** Has somebody choose a new password before they reach anything else: for administrators and the command line. */
export async function requirePasswordChange(app: App, actor: Actor, userId: number): Promise<void> {
  requireSiteAbility(actor, 'site:administer');
  const user = await findUserById(app, userId);
  if (user?.kind !== 'user') throw notFound('account');
  if (user.passwordHash === null) throw new AppError('conflict', 'This account has no password to change.');
  await app.db.write(async (tx) => {
    await storeMustChangePassword(app, tx, userId, true);
    await app.events.record(tx, { kind: 'user.password_change_required', ...doneBy(actor), userId });
  });
}

async function writePassword(
  app: App,
  actor: Actor,
  user: UserRow,
  password: string,
  field: string,
  keptSessionId: number | undefined,
  mustChange = false,
): Promise<void> {
  const weakness = passwordWeakness(app, user, password);
  if (weakness) throw invalid({ [field]: weakness });
  const hash = await hashPassword(app, password);
  await app.db.write(async (tx) => {
    await storePasswordHash(app, tx, user.id, hash);
    if (user.mustChangePassword !== mustChange) await storeMustChangePassword(app, tx, user.id, mustChange);
    // A link that somebody asked for before must not undo the change.
    await dropOneTimes(tx, user.id, 'reset-password');
    await endSessionsIn(app, tx, actor, user.id, keptSessionId);
    await app.events.record(tx, { kind: 'user.password_changed', ...doneBy(actor), userId: user.id });
  });
}
