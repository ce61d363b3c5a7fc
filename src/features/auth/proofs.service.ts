// Sudo mode: somebody who signed in a while ago proves again, before a dangerous act, that it is still them.
import { doneBy, type UserActor } from '../../base/actor.ts';
import { AppError, invalid } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { findUserById, isUnchanged } from '../users/users.service.ts';
import type { UserRow } from '../users/users.types.ts';
import type { Client } from './clients.types.ts';
import { knownDeviceOf } from './devices.service.ts';
import { checkPassword } from './passwords.service.ts';
import { noteProof } from './sessions.store.ts';
import { limitedAttempt } from './sign-in-limits.service.ts';
import { takeTotpCode } from './totp.service.ts';
import { findTotp } from './totp.store.ts';
import { loadTotpCodes } from './totp-codes.service.ts';

/** What was typed; the fields bear the names they have in the form. */
export interface GivenProof {
  prove_password?: string;
  prove_code?: string;
}

/** By what an account can prove again who it is. */
export interface ProofChoices {
  name: string;
  password: boolean;
  totp: boolean;
}

/** What the page offers. */
export async function proofChoices(app: App, actor: UserActor): Promise<ProofChoices> {
  const user = await requireOwn(app, actor);
  const totp = await findTotp(app.db.read, user.id);
  return {
    name: user.name,
    password: user.passwordHash !== null,
    totp: (totp?.confirmedAt ?? null) !== null,
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
  if (!(await checkPassword(app, user.name, user, password, await originOf(prover)))) throw wrong;
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
  if (provenAt === undefined) throw wrong;
  return provenAt;
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
