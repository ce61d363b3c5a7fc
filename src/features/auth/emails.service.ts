// One's own e-mail addresses: listing, adding, removing, keeping them private. An added address counts once a link sent
// there was used. Where no mail can be sent it is added unproved, and only an administrator can vouch for it.
import { type Actor, doneBy } from '../../base/actor.ts';
import { isEmailAddress } from '../../base/email.ts';
import { invalid, isAppError, notFound } from '../../base/errors.ts';
import { requireSiteAbility } from '../../base/judgement.ts';
import { HOUR } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import {
  addressesOf,
  holderOf,
  holdProved,
  holdUnproved,
  releaseClaim,
  setHidesEmail,
} from '../users/addresses.service.ts';
import { isNoReplyAddress, noReplyAddressOf } from '../users/emails.service.ts';
import type { EmailRow } from '../users/emails.types.ts';
import { requireAccountAbility } from '../users/users.policy.ts';
import { findUserById } from '../users/users.service.ts';
import type { UserRow } from '../users/users.types.ts';
import {
  type EmailChangeData,
  mailAddressTaken,
  mailVerification,
  VERIFICATION_LIFETIME,
  type VerificationData,
} from './account-mails.service.ts';
import type { OwnEmails } from './emails.types.ts';
import { dropOneTime, dropOneTimes, makeOneTime, oneTimesOf } from './one-time-tokens.service.ts';
import { mayMail } from './sign-in-limits.service.ts';

const MOST_PER_USER = 20;
const ADDITIONS = { burst: 20, per: HOUR };

/** Everything about one's own addresses. */
export async function listEmails(app: App, actor: Actor, userId: number): Promise<OwnEmails> {
  requireAccountAbility(actor, userId, 'emails:read');
  const user = await requireUser(app, userId);
  const rows = await addressesOf(app, userId);
  const waiting = await oneTimesOf(app, userId, 'verify-email');
  const shown = new Map(waiting.map((row) => [(row.data as VerificationData).email.toLowerCase(), row]));
  for (const row of rows) shown.delete(row.emailKey);
  return {
    emails: rows.map(({ id, email, emailKey, verifiedAt }) => ({
      id,
      email,
      isPrimary: emailKey === user.emailKey,
      isVerified: verifiedAt !== null,
    })),
    waiting: [...shown.values()].map(({ id, data, expiresAt }) => ({
      id,
      email: (data as VerificationData).email,
      expiresAt,
    })),
    change: await changeOf(app, userId),
    hidesEmail: user.hidesEmail,
    noReplyAddress: noReplyAddressOf(app, user),
  };
}

async function changeOf(app: App, userId: number): Promise<OwnEmails['change']> {
  const links = (await oneTimesOf(app, userId, 'change-email')).map((row) => row.data as EmailChangeData);
  const [first] = links;
  return first && { to: first.to, missing: links.map((link) => link[link.side]) };
}

async function requireUser(app: App, userId: number): Promise<UserRow> {
  const user = await findUserById(app, userId);
  if (user?.kind !== 'user') throw notFound('account');
  return user;
}

/**
 * Adds an address: by a link sent there, or at once and unproved where no mail can be sent. With mails the answer is the
 * same whether somebody else has it. Throws AppError invalid on `email`, rate_limited.
 */
export async function addEmail(app: App, actor: Actor, userId: number, typed: string): Promise<void> {
  requireAccountAbility(actor, userId, 'emails:manage');
  const user = await requireUser(app, userId);
  const email = typed.trim();
  await refuseEmail(app, user, email);
  app.limits.take({ key: `emails:user:${userId}`, ...ADDITIONS });
  if (app.mail.isConfigured()) await addByMail(app, actor, user, email);
  else await addUnproved(app, actor, user, email);
}

async function refuseEmail(app: App, user: UserRow, email: string): Promise<void> {
  if (!isEmailAddress(email))
    throw invalid({ email: 'This is not an e-mail address. It looks like name@example.org.' });
  if (isNoReplyAddress(app, email))
    throw invalid({ email: 'This address receives nothing. Choose one you read.' });
  const own = await addressesOf(app, user.id);
  const waiting = await oneTimesOf(app, user.id, 'verify-email');
  if (own.some((row) => row.emailKey === email.toLowerCase() && row.verifiedAt !== null))
    throw invalid({ email: 'You have this address already.' });
  if (own.length + waiting.length >= MOST_PER_USER)
    throw invalid({ email: `An account has at most ${MOST_PER_USER} addresses. Remove some first.` });
}

async function addByMail(app: App, actor: Actor, user: UserRow, email: string): Promise<void> {
  const held = await holderOf(app, email);
  const isTaken = held !== undefined && held.userId !== user.id && held.verifiedAt !== null;
  const owner = isTaken ? await findUserById(app, held.userId) : undefined;
  const mails = mayMail(app, isTaken ? 'exists' : 'verify', email.toLowerCase());
  await app.db.write(async (tx) => {
    await dropWaiting(app, tx, user.id, email);
    if (owner || !mails) await keepWaiting(app, tx, user.id, email);
    if (owner && mails) await mailAddressTaken(app, tx, owner, email);
    if (!owner && mails) await mailVerification(app, tx, user, email);
    await app.events.record(tx, { kind: 'email.added', ...doneBy(actor), userId: user.id, email });
  });
}

/** Shows an address as waiting, by a link that nobody is sent. */
async function keepWaiting(app: App, tx: Tx, userId: number, email: string): Promise<void> {
  const data: VerificationData = { email };
  await makeOneTime(app, tx, { kind: 'verify-email', userId, data, lifetime: VERIFICATION_LIFETIME });
}

async function dropWaiting(app: App, tx: Tx, userId: number, email: string): Promise<void> {
  for (const row of await oneTimesOf(app, userId, 'verify-email', tx)) {
    const { email: other } = row.data as VerificationData;
    if (other.toLowerCase() === email.toLowerCase()) await dropOneTime(tx, row.id);
  }
}

async function addUnproved(app: App, actor: Actor, user: UserRow, email: string): Promise<void> {
  const taken = invalid({ email: 'An account has this address already.' });
  if (await holderOf(app, email)) throw taken;
  try {
    await app.db.write(async (tx) => {
      await holdUnproved(app, tx, user.id, email);
      await app.events.record(tx, { kind: 'email.added', ...doneBy(actor), userId: user.id, email });
    });
  } catch (error) {
    throw isAppError(error, 'conflict') ? taken : error;
  }
}

/** Takes back an addition that waits for its link. */
export async function cancelEmail(app: App, actor: Actor, userId: number, email: string): Promise<void> {
  requireAccountAbility(actor, userId, 'emails:manage');
  await app.db.write((tx) => dropWaiting(app, tx, userId, email));
}

/** Removes one of one's addresses; throws AppError not_found, conflict for the primary one. */
export async function removeEmail(app: App, actor: Actor, userId: number, emailId: number): Promise<string> {
  requireAccountAbility(actor, userId, 'emails:manage');
  const row = await requireOwnEmail(app, userId, emailId);
  const user = await requireUser(app, userId);
  if (row.emailKey === user.emailKey)
    throw invalid({ email: 'The primary address cannot be removed. Make another one primary first.' });
  await app.db.write(async (tx) => {
    await releaseClaim(app, tx, row);
    // Links that were sent there must not outlive it.
    for (const kind of ['change-email', 'reset-password'] as const) await dropOneTimes(tx, userId, kind);
    await app.events.record(tx, { kind: 'email.removed', ...doneBy(actor), userId, email: row.email });
  });
  return row.email;
}

/** One of an account's addresses; throws AppError not_found. */
export async function requireOwnEmail(app: App, userId: number, emailId: number): Promise<EmailRow> {
  const row = (await addressesOf(app, userId)).find((one) => one.id === emailId);
  if (!row) throw notFound('e-mail address');
  return row;
}

/** Lets commits made on the web carry the no-reply address, or the primary one. */
export async function setEmailPrivacy(
  app: App,
  actor: Actor,
  userId: number,
  hidesEmail: boolean,
): Promise<void> {
  requireAccountAbility(actor, userId, 'emails:manage');
  await app.db.write(async (tx) => {
    await setHidesEmail(app, tx, userId, hidesEmail);
    const changes = ['hidesEmail'];
    await app.events.record(tx, { kind: 'user.updated', ...doneBy(actor), userId, changes });
  });
}

/**
 * Says for somebody that an address is theirs: for administrators, where no mail can. Throws AppError
 * invalid on `email` when another account proved to own it.
 */
export async function vouchForEmail(app: App, actor: Actor, userId: number, typed: string): Promise<void> {
  requireSiteAbility(actor, 'site:administer');
  const user = await requireUser(app, userId);
  const email = typed.trim();
  if (!isEmailAddress(email) || isNoReplyAddress(app, email))
    throw invalid({ email: 'This is not an e-mail address. It looks like name@example.org.' });
  await app.db.write(async (tx) => {
    if (!(await holdProved(app, tx, user.id, email)))
      throw invalid({ email: 'An account has this address already.' });
    await app.events.record(tx, { kind: 'email.verified', ...doneBy(actor), userId, email });
  });
}
