// Proving that an address is read by whoever claims it: a link that works once, and only after a click on its page.
import { ANONYMOUS, doneBy } from '../../base/actor.ts';
import { equalInConstantTime, sha256Hex } from '../../base/crypto.ts';
import { AppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { holderOf, holdProved, isAwaitingVerification, releaseClaim } from '../users/addresses.service.ts';
import { findUserById } from '../users/users.service.ts';
import type { UserRow } from '../users/users.types.ts';
import { mailAccountExists, mailVerification, type VerificationData } from './account-mails.service.ts';
import type { Client } from './clients.types.ts';
import { findOneTimeToken, takeOneTime } from './one-time-tokens.service.ts';
import { mayMail } from './sign-in-limits.service.ts';

export interface Verification {
  email: string;
  user: UserRow;
  /** Whether the account cannot be used before. */
  isNewAccount: boolean;
}

/** What a link stands for, without using it up; undefined for a dead one. */
export async function findVerification(app: App, token: string): Promise<Verification | undefined> {
  const row = await findOneTimeToken(app, 'verify-email', token);
  const user = row?.userId == null ? undefined : await findUserById(app, row.userId);
  if (!row || user?.kind !== 'user') return undefined;
  const { email } = row.data as VerificationData;
  return { email, user, isNewAccount: await isAwaitingVerification(app, user) };
}

/**
 * Uses a link up: the address is proved. `signsIn` tells that the account was new and this is the browser that
 * registered it, so that it may be signed in. Throws AppError not_found for a dead link, conflict when the address was
 * proved by another account meanwhile.
 */
export async function verifyEmail(
  app: App,
  token: string,
  client: Client,
): Promise<Verification & { signsIn: boolean }> {
  const found = await findVerification(app, token);
  if (!found) throw deadLink();
  const { user } = found;
  const data = await app.db.write(async (tx) => {
    const row = await takeOneTime(app, tx, 'verify-email', token);
    if (!row) throw deadLink();
    const taken = row.data as VerificationData;
    if (!(await holdProved(app, tx, user.id, taken.email))) throw takenMeanwhile();
    const event = { kind: 'email.verified', userId: user.id, email: taken.email } as const;
    await app.events.record(tx, { ...event, actorId: user.id, origin: { ...originOf(user, client) } });
    return taken;
  });
  const isSameBrowser =
    data.device !== undefined &&
    client.device !== undefined &&
    equalInConstantTime(data.device, sha256Hex(client.device));
  return { ...found, signsIn: found.isNewAccount && isSameBrowser };
}

function originOf(user: UserRow, client: Client) {
  return { name: user.name, via: 'anonymous', address: client.address } as const;
}

function deadLink(): AppError {
  return new AppError('not_found', 'This link was used already, or is older than a day.');
}

function takenMeanwhile(): AppError {
  return new AppError('conflict', 'Another account has proved this address to be its own.');
}

/** Whoever reads the address says that the account is not theirs: a claim that was never proved is released. */
export async function refuseVerification(app: App, token: string, address: string): Promise<void> {
  await app.db.write(async (tx) => {
    const row = await takeOneTime(app, tx, 'verify-email', token);
    if (!row || row.userId === null) throw deadLink();
    const { email } = row.data as VerificationData;
    const held = await holderOf(app, email, tx);
    if (held?.userId !== row.userId || held.verifiedAt !== null) return;
    await releaseClaim(app, tx, held);
    const who = doneBy({ ...ANONYMOUS, address });
    await app.events.record(tx, { kind: 'email.removed', ...who, userId: row.userId, email });
  });
}

/** As asked for by somebody who named an address: sends a link where an account waits for it, else what helps its owner. */
export async function mailVerificationTo(app: App, email: string): Promise<void> {
  const held = await holderOf(app, email);
  const user = held && (await findUserById(app, held.userId));
  if (!held || !user) return;
  if (await isAwaitingVerification(app, user)) {
    if (mayMail(app, 'verify', held.emailKey))
      await app.db.write((tx) => mailVerification(app, tx, user, held.email));
    return;
  }
  if (held.verifiedAt === null || !mayMail(app, 'exists', held.emailKey)) return;
  await app.db.write((tx) => mailAccountExists(app, tx, user, held.email));
}
