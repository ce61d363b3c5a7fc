// Signing in with a passkey: alone, where it verifies its person by itself, or as the second factor after the password.
import { sha256Hex } from '../../base/crypto.ts';
import { AppError, invalid } from '../../base/errors.ts';
import { MINUTE } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { lineOf } from '../../platform/cache/rate-limiter.ts';
import { findUserById } from '../users/users.service.ts';
import type { Client } from './clients.types.ts';
import { type Assertion, parseAssertion } from './passkeys.input.ts';
import { findPasskeyByHash, listPasskeysOf } from './passkeys.store.ts';
import { finishPending, noteWrongFactor, requirePendingSignIn } from './second-factor-sign-in.service.ts';
import { completeSignIn } from './sign-in.service.ts';
import type { SignInOutcome } from './sign-in.types.ts';
import { noteFailure } from './sign-in-limits.service.ts';
import {
  type AssertionOptions,
  assertionOptions,
  type ChallengeUse,
  verifyAssertion,
} from './webauthn.service.ts';

/** Challenges that an address may ask for; each costs a row for a while. */
const CHALLENGES = { burst: 60, per: 15 * MINUTE };

const ALONE: ChallengeUse = { kind: 'passkey-sign-in', boundTo: 'nothing' };
const pendingUse = (userId: number, rowId: number): ChallengeUse => ({
  kind: 'passkey-sign-in',
  userId,
  boundTo: `sign-in ${rowId}`,
});

/** Begins a sign-in by passkey alone. Throws AppError rate_limited. */
export async function beginPasskeySignIn(app: App, address: string): Promise<AssertionOptions> {
  limitChallenges(app, address);
  return assertionOptions(app, [], 'required', ALONE);
}

function limitChallenges(app: App, address: string): void {
  app.limits.take({ key: `passkey-challenges:${lineOf(address)}`, ...CHALLENGES });
}

/**
 * Signs in whoever holds a passkey that has verified them. Throws AppError unauthenticated, forbidden when suspended,
 * rate_limited after too many refused ones.
 */
export async function signInWithPasskey(
  app: App,
  text: string,
  client: Client,
  replacedToken: string | undefined,
): Promise<SignInOutcome> {
  const assertion = parseAssertion(text);
  const demand = { use: ALONE, userVerification: true, userId: undefined };
  const verified = assertion && (await verifyAssertion(app, assertion, demand));
  const user = verified && (await findUserById(app, verified.passkey.userId));
  if (!user) {
    noteFailure(app, client.address);
    await noteRefusedPasskey(app, assertion, client);
    throw unknownPasskey();
  }
  return completeSignIn(app, user, client, {
    hasSecondFactor: true,
    replacedToken,
    async claim(tx) {
      if (!(await verified.take(tx))) throw unknownPasskey();
    },
  });
}

/** Refused proofs of passkeys that are known here are in the audit log; others are nobody's. */
async function noteRefusedPasskey(app: App, assertion: Assertion | undefined, client: Client): Promise<void> {
  const passkey = assertion && (await findPasskeyByHash(app.db.read, sha256Hex(assertion.id)));
  const user = passkey && (await findUserById(app, passkey.userId));
  if (!user) return;
  const origin = { name: user.name, via: 'anonymous', address: client.address } as const;
  await app.db.write((tx) =>
    app.events.record(tx, { kind: 'user.sign_in_failed', userId: user.id, reason: 'passkey', origin }),
  );
}

function unknownPasskey(): AppError {
  return new AppError('unauthenticated', 'This passkey is not known here, or could not be verified.');
}

/** Begins the second half of a sign-in by passkey. Throws AppError unauthenticated when the sign-in is over, rate_limited. */
export async function beginSecondPasskey(
  app: App,
  token: string | undefined,
  address: string,
): Promise<AssertionOptions> {
  limitChallenges(app, address);
  const { user, row } = await requirePendingSignIn(app, token);
  const known = await listPasskeysOf(app.db.read, user.id);
  if (known.length === 0) throw new AppError('conflict', 'This account has no passkey.');
  return assertionOptions(app, known, 'preferred', pendingUse(user.id, row.id));
}

/** Finishes a sign-in by passkey. Throws AppError invalid on `passkey`, unauthenticated when the sign-in is over. */
export async function finishWithPasskey(
  app: App,
  token: string | undefined,
  text: string,
  client: Client,
  replacedToken: string | undefined,
): Promise<SignInOutcome> {
  const pending = await requirePendingSignIn(app, token);
  const { user, row } = pending;
  const assertion = parseAssertion(text);
  const use = pendingUse(user.id, row.id);
  const demand = { use, userVerification: false, userId: user.id };
  const verified = assertion && (await verifyAssertion(app, assertion, demand));
  const outcome = verified && (await finishPending(app, pending, client, replacedToken, verified.take));
  if (outcome) return outcome;
  await noteWrongFactor(app, pending, client);
  throw invalid({ passkey: 'This passkey could not be verified. Try once more.' });
}
