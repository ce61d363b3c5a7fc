// Sudo mode: somebody who signed in a while ago proves again, before a dangerous act, that it is still them.
import { doneBy, type UserActor } from '../../base/actor.ts';
import { AppError, invalid } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { findUserById, isUnchanged } from '../users/users.service.ts';
import type { UserRow } from '../users/users.types.ts';
import type { Client } from './clients.types.ts';
import { knownDeviceOf } from './devices.service.ts';
import { noteFailedSignIn } from './failed-sign-ins.service.ts';
import { parseAssertion } from './passkeys.input.ts';
import { countPasskeysOf, listPasskeysOf } from './passkeys.store.ts';
import { checkPassword } from './passwords.service.ts';
import { noteProof } from './sessions.store.ts';
import { limitedAttempt } from './sign-in-limits.service.ts';
import { takeTotpCode } from './totp.service.ts';
import { findTotp } from './totp.store.ts';
import { loadTotpCodes } from './totp-codes.service.ts';
import {
  type AssertionOptions,
  assertionOptions,
  type ChallengeUse,
  verifyAssertion,
} from './webauthn.service.ts';

/** What was typed; the fields bear the names they have in the form. */
export interface GivenProof {
  prove_password?: string;
  prove_code?: string;
  /** What a passkey answered, as JSON. */
  prove_passkey?: string;
}

/** By what an account can prove again who it is. */
export interface ProofChoices {
  name: string;
  password: boolean;
  totp: boolean;
  passkey: boolean;
}

/** What the page offers. */
export async function proofChoices(app: App, actor: UserActor): Promise<ProofChoices> {
  const user = await requireOwn(app, actor);
  const totp = await findTotp(app.db.read, user.id);
  return {
    name: user.name,
    password: user.passwordHash !== null,
    totp: (totp?.confirmedAt ?? null) !== null,
    passkey: (await countPasskeysOf(app.db.read, user.id)) > 0,
  };
}

async function requireOwn(app: App, actor: UserActor): Promise<UserRow> {
  const user = await findUserById(app, actor.userId);
  if (!user || actor.via !== 'session') throw new AppError('unauthenticated', 'Sign in to do this.');
  return user;
}

/**
 * Marks a session as proven now; returns when that was. Throws AppError invalid on the field that was wrong,
 * rate_limited after too many wrong ones.
 */
export async function proveAgain(
  app: App,
  actor: UserActor,
  sessionId: number,
  given: GivenProof,
  client: Client,
): Promise<number> {
  const user = await requireOwn(app, actor);
  const prover: Prover = { app, actor, sessionId, user, client };
  if (given.prove_passkey) return proveByPasskey(prover, given.prove_passkey);
  if (given.prove_code) return proveByCode(prover, given.prove_code);
  if (given.prove_password) return proveByPassword(prover, given.prove_password);
  throw invalid({ prove_password: 'Type your password.' });
}

interface Prover {
  app: App;
  actor: UserActor;
  sessionId: number;
  user: UserRow;
  client: Client;
}

async function proveByPassword(prover: Prover, password: string): Promise<number> {
  const { app, user } = prover;
  const wrong = invalid({ prove_password: 'This is not your password.' });
  if (!(await checkPassword(app, user.name, user, password, await originOf(prover)))) {
    await noteFailedSignIn(app, user.id, prover.client.address);
    throw wrong;
  }
  return note(prover, async (tx) => {
    if (!(await isUnchanged(tx, user))) throw wrong;
  });
}

async function originOf({ app, user, client }: Prover) {
  return { address: client.address, deviceId: await knownDeviceOf(app, user.id, client) };
}

async function proveByCode(prover: Prover, code: string): Promise<number> {
  const { app, user } = prover;
  const codes = await loadTotpCodes();
  const wrong = invalid({ prove_code: 'This code is wrong, or it was used already: wait for the next one.' });
  const attempt = async () => {
    try {
      return await note(prover, async (tx) => {
        if (!(await takeTotpCode(app, tx, user.id, code, codes))) throw wrong;
      });
    } catch (error) {
      if (error === wrong) return undefined;
      throw error;
    }
  };
  const from = await originOf(prover);
  const provenAt = await limitedAttempt(app, user.id, from, attempt, 'second-factor');
  if (provenAt === undefined) {
    await noteRefusal(prover);
    throw wrong;
  }
  return provenAt;
}

/** Wrong codes and passkeys are kept as those of a sign-in are: whoever found an open session may be guessing. */
async function noteRefusal({ app, actor, user }: Prover): Promise<void> {
  const failed = { kind: 'user.sign_in_failed', userId: user.id, reason: 'second-factor' } as const;
  await app.db.write((tx) => app.events.record(tx, { ...failed, ...doneBy(actor) }));
}

const useOf = (userId: number, sessionId: number): ChallengeUse => ({
  kind: 'passkey-proof',
  userId,
  boundTo: `session ${sessionId}`,
});

/** Begins a proof by passkey in a session: what the browser's `navigator.credentials.get` wants, as JSON. */
export async function beginPasskeyProof(
  app: App,
  actor: UserActor,
  sessionId: number,
): Promise<AssertionOptions> {
  const user = await requireOwn(app, actor);
  const known = await listPasskeysOf(app.db.read, user.id);
  if (known.length === 0) throw new AppError('conflict', 'This account has no passkey.');
  return assertionOptions(app, known, 'required', useOf(user.id, sessionId));
}

async function proveByPasskey(prover: Prover, text: string): Promise<number> {
  const { app, user, sessionId } = prover;
  const wrong = invalid({ prove_passkey: 'This passkey could not be verified. Try once more.' });
  const assertion = parseAssertion(text);
  const demand = { use: useOf(user.id, sessionId), userVerification: true, userId: user.id };
  const verified = assertion && (await verifyAssertion(app, assertion, demand));
  if (!verified) {
    await noteRefusal(prover);
    throw wrong;
  }
  return note(prover, async (tx) => {
    if (!(await verified.take(tx))) throw wrong;
  });
}

async function note(prover: Prover, claim: (tx: Tx) => Promise<void>): Promise<number> {
  const { app, actor, sessionId } = prover;
  const provenAt = app.clock.now();
  await app.db.write(async (tx) => {
    await claim(tx);
    await noteProof(tx, sessionId, { provenAt });
    await app.events.record(tx, { kind: 'user.proved_again', ...doneBy(actor), userId: actor.userId });
  });
  return provenAt;
}
