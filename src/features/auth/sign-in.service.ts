// Signing in to the web: every way of it proves who somebody is and ends in `completeSignIn`.
import { sha256Hex } from '../../base/crypto.ts';
import { AppError } from '../../base/errors.ts';
import { MINUTE } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { isAwaitingVerification } from '../users/addresses.service.ts';
import { findUserByLogin, isUnchanged } from '../users/users.service.ts';
import type { UserRow } from '../users/users.types.ts';
import type { Client } from './clients.types.ts';
import { knownDeviceOf } from './devices.service.ts';
import { noteFailedSignIn } from './failed-sign-ins.service.ts';
import { requestVerification } from './mail-requests.service.ts';
import { makeOneTime } from './one-time-tokens.service.ts';
import { checkPassword, renewHash } from './passwords.service.ts';
import { openSession } from './sessions.service.ts';
import type { SignInOutcome } from './sign-in.types.ts';

/** How long somebody whose password was right may take to give the second factor. */
const PENDING_LIFETIME = 10 * MINUTE;

export interface SignInProof {
  /** Whether it was, or included, a second factor. */
  hasSecondFactor?: boolean;
  /** The session the browser came with, which ends. */
  replacedToken?: string | undefined;
  /** Runs first in the transaction that opens the session and may refuse: where what proves only once is used up. */
  claim?: (tx: Tx) => Promise<void>;
}

/**
 * Signs in somebody who has proved to be `user`: opens a session, or begins a sign-in that waits for the second factor
 * where the account has one and the proof held none. Throws AppError forbidden for a suspended account and for
 * a new one whose address must be proved first, unauthenticated when its password, suspension or second factors changed since `user` was read.
 */
export async function completeSignIn(
  app: App,
  user: UserRow,
  client: Client,
  proof: SignInProof = {},
): Promise<SignInOutcome> {
  if (user.kind !== 'user') throw wrong();
  if (user.isSuspended) throw new AppError('forbidden', 'This account is suspended. Ask an administrator.');
  if (await isAwaitingVerification(app, user)) throw await awaiting(app, user, client);
  const { hasSecondFactor = false, replacedToken } = proof;
  if (user.hasSecondFactor && !hasSecondFactor) return beginSecondFactor(app, user, proof);
  const session = await openSession(app, user.id, client, {
    replacedToken,
    hasSecondFactor,
    async claim(tx) {
      // A changed password or a new second factor ended all sessions or guards them: none may begin with the old proof.
      if (!(await isUnchanged(tx, user))) throw wrong();
      await proof.claim?.(tx);
    },
  });
  return { kind: 'session', ...session };
}

/** Told only to whoever proved to be the account's person, and helps them on. */
async function awaiting(app: App, user: UserRow, client: Client): Promise<AppError> {
  await requestVerification(app, user, client.address);
  return new AppError(
    'forbidden',
    'Confirm your e-mail address first: open the link in the mail that we sent there. A new one is on its way.',
  );
}

async function beginSecondFactor(app: App, user: UserRow, proof: SignInProof): Promise<SignInOutcome> {
  const data = { account: fingerprintOf(user), failures: 0 };
  const wanted = { kind: 'sign-in' as const, userId: user.id, data, lifetime: PENDING_LIFETIME };
  const token = await app.db.write(async (tx) => {
    if (!(await isUnchanged(tx, user))) throw wrong();
    await proof.claim?.(tx);
    return makeOneTime(app, tx, wanted);
  });
  return { kind: 'second-factor', token, expiresAt: app.clock.now() + PENDING_LIFETIME };
}

/** What must not have changed between the first and the second factor of one sign-in. */
export function fingerprintOf(user: UserRow): string {
  return sha256Hex(JSON.stringify([user.id, user.passwordHash]));
}

/**
 * Signs in whoever knows the password. Throws AppError unauthenticated for a wrong name or password alike, forbidden
 * for a suspended account (told only to who knows its password), rate_limited after too many failures.
 */
export async function signIn(
  app: App,
  credentials: { login: string; password: string },
  client: Client,
  replacedToken?: string,
): Promise<SignInOutcome> {
  const { login, password } = credentials;
  const found = await findUserByLogin(app, login);
  const deviceId = await knownDeviceOf(app, found?.id ?? 0, client);
  const from = { address: client.address, deviceId };
  const user = await checkPassword(app, login, found, password, from);
  if (!user) {
    await noteFailedSignIn(app, found?.id, client.address);
    throw wrong();
  }
  // Before anything is bound to the hash, as a begun sign-in is.
  const current = await renewHash(app, user, password);
  return completeSignIn(app, current, client, { replacedToken });
}

function wrong(): AppError {
  return new AppError('unauthenticated', 'Wrong username or password.');
}
