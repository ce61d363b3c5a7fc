// The passkeys and security keys of an account: adding, naming and removing them.
import { type Actor, doneBy } from '../../base/actor.ts';
import { AppError, invalid, isAppError, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { requireAccountAbility } from '../users/users.policy.ts';
import { findUserById } from '../users/users.service.ts';
import type { UserRow } from '../users/users.types.ts';
import { parseNewCredential, parsePasskeyName } from './passkeys.input.ts';
import {
  countPasskeysOf,
  findPasskey,
  findPasskeyByHash,
  insertPasskey,
  listPasskeysOf,
  removePasskeyRow,
  renamePasskeyTo,
} from './passkeys.store.ts';
import { makeFirstCodes } from './recovery-codes.service.ts';
import { demandOn, settleAddedFactor, settleSecondFactors } from './second-factors.service.ts';
import type { PasskeyRow } from './second-factors.types.ts';
import { type ChallengeUse, registrationOptions, verifyRegistration } from './webauthn.service.ts';

const MOST_PER_USER = 25;

const useOf = (userId: number, sessionId: number): ChallengeUse => ({
  kind: 'passkey-registration',
  userId,
  boundTo: `session ${sessionId}`,
});

/** Begins adding a passkey in a session: what the browser's `navigator.credentials.create` wants, as JSON. */
export async function beginPasskey(app: App, actor: Actor, userId: number, sessionId: number) {
  const user = await requireManaged(app, actor, userId);
  const known = await listPasskeysOf(app.db.read, userId);
  if (known.length >= MOST_PER_USER) throw tooMany();
  return registrationOptions(app, user, known, useOf(userId, sessionId));
}

async function requireManaged(app: App, actor: Actor, userId: number): Promise<UserRow> {
  requireAccountAbility(actor, userId, 'second-factors:manage');
  const user = await findUserById(app, userId);
  if (user?.kind !== 'user') throw notFound('account');
  return user;
}

function tooMany(): AppError {
  return new AppError('conflict', `An account has at most ${MOST_PER_USER} passkeys. Remove some first.`);
}

export interface NewPasskey {
  name: string;
  /** What the browser made, as JSON. */
  credential: string;
  sessionId: number;
}

/**
 * Adds a passkey. Returns recovery codes when the account had none. Throws AppError invalid on `name` or `passkey`; on the
 * latter also when another account, or this one, has the credential already.
 */
export async function addPasskey(
  app: App,
  actor: Actor,
  userId: number,
  wanted: NewPasskey,
): Promise<{ recoveryCodes: string[] | undefined }> {
  await requireManaged(app, actor, userId);
  const { sessionId } = wanted;
  const name = parsePasskeyName(wanted.name);
  const credential = parseNewCredential(wanted.credential);
  const verified = credential && (await verifyRegistration(app, credential, useOf(userId, sessionId)));
  if (!verified) throw invalid({ passkey: 'The passkey could not be verified. Try once more.' });
  if (await findPasskeyByHash(app.db.read, verified.credentialHash)) throw alreadyKnown();
  const now = app.clock.now();
  try {
    const recoveryCodes = await app.db.write(async (tx) => {
      if ((await countPasskeysOf(tx, userId)) >= MOST_PER_USER) throw tooMany();
      await insertPasskey(tx, { ...verified, userId, name, createdAt: now, lastUsedAt: null });
      await settleAddedFactor(app, tx, actor, userId, sessionId);
      await app.events.record(tx, { kind: 'passkey.added', ...doneBy(actor), userId, name });
      return makeFirstCodes(app, tx, actor, userId);
    });
    return { recoveryCodes };
  } catch (error) {
    const isTaken =
      isAppError(error, 'conflict') && (await findPasskeyByHash(app.db.read, verified.credentialHash));
    throw isTaken ? alreadyKnown() : error;
  }
}

function alreadyKnown(): AppError {
  return invalid({ passkey: 'This passkey is in use already. Add another one.' });
}

/** Names a passkey anew. Throws AppError invalid on `name`, not_found when it is not theirs. */
export async function renamePasskey(
  app: App,
  actor: Actor,
  userId: number,
  id: number,
  typed: string,
): Promise<void> {
  await requirePasskey(app, actor, userId, id);
  const name = parsePasskeyName(typed);
  await app.db.write((tx) => renamePasskeyTo(tx, id, name));
}

/** One of a person's passkeys; throws AppError not_found when it is not theirs. */
export async function requirePasskey(
  app: App,
  actor: Actor,
  userId: number,
  id: number,
): Promise<PasskeyRow> {
  requireAccountAbility(actor, userId, 'second-factors:manage');
  const row = await findPasskey(app.db.read, id);
  if (row?.userId !== userId) throw notFound('passkey');
  return row;
}

/** Removes a passkey. Throws AppError conflict for the last factor of an account that must have one. */
export async function removePasskey(app: App, actor: Actor, userId: number, id: number): Promise<PasskeyRow> {
  const row = await requirePasskey(app, actor, userId, id);
  const demand = await demandOn(app, userId);
  await app.db.write(async (tx) => {
    if (!(await removePasskeyRow(tx, id))) throw notFound('passkey');
    await settleSecondFactors(app, tx, userId, demand);
    await app.events.record(tx, { kind: 'passkey.removed', ...doneBy(actor), userId, name: row.name });
  });
  return row;
}
