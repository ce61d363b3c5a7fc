// The second half of a sign-in: the password was right, and the second factor opens the session.
import { SYSTEM } from '../../base/actor.ts';
import { AppError, invalid } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { findUserById } from '../users/users.service.ts';
import type { UserRow } from '../users/users.types.ts';
import type { Client } from './clients.types.ts';
import { knownDeviceOf } from './devices.service.ts';
import { dropOneTime, findOneTimeToken, noteOneTime, takeOneTime } from './one-time-tokens.service.ts';
import type { OneTimeRow } from './one-time-tokens.types.ts';
import { takeRecoveryCode } from './recovery-codes.service.ts';
import { secondFactorsOf } from './second-factors.service.ts';
import { completeSignIn, fingerprintOf } from './sign-in.service.ts';
import type { SignInOutcome } from './sign-in.types.ts';
import { limitedAttempt } from './sign-in-limits.service.ts';
import { takeTotpCode } from './totp.service.ts';
import { loadTotpCodes } from './totp-codes.service.ts';

/** Wrong codes and passkeys after which the password is asked for again. */
const MOST_FAILURES = 5;

export interface PendingSignIn {
  token: string;
  row: OneTimeRow;
  user: UserRow;
}

/** What the page offers. */
export interface SecondFactorChoices {
  hasTotp: boolean;
  hasPasskeys: boolean;
  hasRecoveryCodes: boolean;
}

/** The sign-in that a browser has begun; undefined when it is over, or the account changed meanwhile. */
export async function findPendingSignIn(
  app: App,
  token: string | undefined,
): Promise<PendingSignIn | undefined> {
  if (token === undefined) return undefined;
  const row = await findOneTimeToken(app, 'sign-in', token);
  const user = row?.userId ? await findUserById(app, row.userId) : undefined;
  if (!row || !user || user.isSuspended || row.data.account !== fingerprintOf(user)) return undefined;
  return { token, row, user };
}

/** The begun sign-in; throws AppError unauthenticated when it is over. */
export async function requirePendingSignIn(app: App, token: string | undefined): Promise<PendingSignIn> {
  const pending = await findPendingSignIn(app, token);
  if (!pending) throw new AppError('unauthenticated', 'This sign-in took too long. Begin again.');
  return pending;
}

/** By what the account can finish its sign-in. */
export async function secondFactorChoices(app: App, user: UserRow): Promise<SecondFactorChoices> {
  const factors = await secondFactorsOf(app, SYSTEM, user.id);
  return {
    hasTotp: factors.totpSince !== undefined,
    hasPasskeys: factors.passkeys.length > 0,
    hasRecoveryCodes: factors.unusedRecoveryCodes > 0,
  };
}

/** A code from the application, or one of the recovery codes. */
export interface TypedCode {
  kind: 'totp' | 'recovery';
  text: string;
}

/**
 * Finishes a sign-in by a code. Throws AppError invalid on `code` or `recovery` for a wrong one, unauthenticated when
 * the sign-in is over (also after too many wrong ones), rate_limited.
 */
export async function finishWithCode(
  app: App,
  token: string | undefined,
  typed: TypedCode,
  client: Client,
  replacedToken: string | undefined,
): Promise<SignInOutcome> {
  const pending = await requirePendingSignIn(app, token);
  const codes = await loadTotpCodes();
  const take = (tx: Tx) =>
    typed.kind === 'totp'
      ? takeTotpCode(app, tx, pending.user.id, typed.text, codes)
      : takeRecoveryCode(app, tx, pending.user, typed.text, client.address);
  const attempt = () => finishPending(app, pending, client, replacedToken, take);
  const { user } = pending;
  const from = { address: client.address, deviceId: await knownDeviceOf(app, user.id, client) };
  const outcome = await limitedAttempt(app, user.id, from, attempt, 'second-factor');
  if (outcome) return outcome;
  await noteWrongFactor(app, pending, client);
  throw wrongCode(typed);
}

/**
 * Opens the session if `take`, in the same transaction, says that the factor is right; undefined when it does not.
 * Throws AppError unauthenticated when the sign-in is over.
 */
export async function finishPending(
  app: App,
  pending: PendingSignIn,
  client: Client,
  replacedToken: string | undefined,
  take: (tx: Tx) => Promise<boolean>,
): Promise<SignInOutcome | undefined> {
  const { user, token } = pending;
  const wrong = new AppError('invalid', 'wrong');
  const claim = async (tx: Tx) => {
    if (!(await takeOneTime(app, tx, 'sign-in', token))) {
      throw new AppError('unauthenticated', 'This sign-in is over. Begin again.');
    }
    if (!(await take(tx))) throw wrong;
  };
  try {
    return await completeSignIn(app, user, client, { hasSecondFactor: true, replacedToken, claim });
  } catch (error) {
    if (error === wrong) return undefined;
    throw error;
  }
}

/** Counts a wrong code or passkey against the begun sign-in, which ends after a few, and keeps it in the audit log. */
export async function noteWrongFactor(app: App, pending: PendingSignIn, client: Client): Promise<void> {
  const { user, row } = pending;
  await app.db.write(async (tx) => {
    await countFailure(app, tx, pending.token, row);
    await app.events.record(tx, {
      kind: 'user.sign_in_failed',
      userId: user.id,
      reason: 'second-factor',
      origin: { name: user.name, via: 'anonymous', address: client.address },
    });
  });
}

async function countFailure(app: App, tx: Tx, token: string, row: OneTimeRow): Promise<void> {
  const now = await findOneTimeToken(app, 'sign-in', token, tx);
  const failures = Number(now?.data.failures ?? MOST_FAILURES) + 1;
  if (failures >= MOST_FAILURES) await dropOneTime(tx, row.id);
  else await noteOneTime(tx, row.id, { ...row.data, failures });
}

function wrongCode(typed: TypedCode): AppError {
  return typed.kind === 'recovery'
    ? invalid({ recovery: 'This is not one of your recovery codes, or it was used before.' })
    : invalid({ code: 'This code is wrong, or it was used already: wait for the next one.' });
}
