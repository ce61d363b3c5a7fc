// Making another address the primary one. Where mails can be sent, the old and the new address each get a link, and the
// change happens when both were used: whoever sits at an open session cannot take the account away.
import { type Actor, doneBy } from '../../base/actor.ts';
import { AppError, invalid, notFound } from '../../base/errors.ts';
import { requireSiteAbility } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { addressesOf, makePrimary } from '../users/addresses.service.ts';
import { primaryEmailOf } from '../users/emails.service.ts';
import type { EmailRow } from '../users/emails.types.ts';
import { requireAccountAbility } from '../users/users.policy.ts';
import { findUserById } from '../users/users.service.ts';
import type { UserRow } from '../users/users.types.ts';
import { type EmailChangeData, mailEmailChange } from './account-mails.service.ts';
import { requireOwnEmail } from './emails.service.ts';
import {
  dropOneTimes,
  findOneTimeToken,
  noteOneTime,
  oneTimesOf,
  takeOneTime,
} from './one-time-tokens.service.ts';
import { mayMail } from './sign-in-limits.service.ts';

/**
 * Asks for another primary address, or makes it so at once where nothing can or need be asked: without mails, or while
 * the account has no proved primary address. Says whether it happened. Throws AppError invalid on `email`.
 */
export async function changePrimaryEmail(
  app: App,
  actor: Actor,
  userId: number,
  emailId: number,
): Promise<'changed' | 'asked'> {
  requireAccountAbility(actor, userId, 'emails:manage');
  const row = await requireOwnEmail(app, userId, emailId);
  const user = await findUserById(app, userId);
  if (!user) throw notFound('account');
  if (row.emailKey === user.emailKey) throw invalid({ email: 'This is your primary address already.' });
  if (app.mail.isConfigured() && row.verifiedAt === null)
    throw invalid({ email: 'Confirm this address first: only one that you read can be primary.' });
  const primary = await primaryEmailOf(app, user);
  if (app.mail.isConfigured() && primary?.isVerified) {
    await askBoth(app, user, row);
    return 'asked';
  }
  await app.db.write((tx) => writePrimary(app, tx, actor, user, row));
  return 'changed';
}

/** Makes a proved address of somebody their primary one, asking nobody: for administrators. Throws AppError not_found. */
export async function makePrimaryOf(app: App, actor: Actor, userId: number, email: string): Promise<void> {
  requireSiteAbility(actor, 'site:administer');
  await app.db.write(async (tx) => {
    const user = await findUserById(app, userId, tx);
    const key = email.trim().toLowerCase();
    const row = (await addressesOf(app, userId, tx)).find((one) => one.emailKey === key);
    if (!user || !row || row.verifiedAt === null) throw notFound('e-mail address');
    if (row.emailKey !== user.emailKey) await writePrimary(app, tx, actor, user, row);
  });
}

async function askBoth(app: App, user: UserRow, row: EmailRow): Promise<void> {
  if (!mayMail(app, 'change', user.emailKey))
    throw new AppError('rate_limited', 'Too many mails were sent for this. Try again in an hour.', {
      retryAfter: 3600,
    });
  await app.db.write(async (tx) => {
    await dropOneTimes(tx, user.id, 'change-email');
    await mailEmailChange(app, tx, user, user.email, row.email);
  });
}

/** Takes back a change that waits for its links. */
export async function cancelEmailChange(app: App, actor: Actor, userId: number): Promise<void> {
  requireAccountAbility(actor, userId, 'emails:manage');
  await app.db.write((tx) => dropOneTimes(tx, userId, 'change-email'));
}

export interface EmailChange {
  name: string;
  from: string;
  to: string;
}

/** What a link stands for, without using it up; undefined for a dead one. */
export async function findEmailChange(app: App, token: string): Promise<EmailChange | undefined> {
  const row = await findOneTimeToken(app, 'change-email', token);
  const user = row?.userId == null ? undefined : await findUserById(app, row.userId);
  if (!row || user?.kind !== 'user') return undefined;
  const { from, to } = row.data as EmailChangeData;
  return { name: user.name, from, to };
}

/**
 * Uses one of the two links up. `missing` is the address whose link must still be used; undefined: the address was
 * changed. Throws AppError not_found for a dead link, also when the other one has died.
 */
export async function confirmEmailChange(
  app: App,
  actor: Actor,
  token: string,
): Promise<{ to: string; missing: string | undefined }> {
  return app.db.write(async (tx) => {
    const link = await takeOneTime(app, tx, 'change-email', token);
    if (!link || link.userId === null) throw deadLink();
    const data = link.data as EmailChangeData;
    if (!data.otherConfirmed) return { to: data.to, missing: await noteFirst(app, tx, link.userId, data) };
    const rows = await addressesOf(app, link.userId, tx);
    const row = rows.find((one) => one.email === data.to && one.verifiedAt !== null);
    const from = rows.find((one) => one.email === data.from);
    const user = from && (await holderInside(app, tx, link.userId, from));
    if (!row || !user) throw deadLink();
    await writePrimary(app, tx, actor, user, row);
    return { to: data.to, missing: undefined };
  });
}

/** The account, if the address is still its primary one. */
async function holderInside(app: App, tx: Tx, userId: number, from: EmailRow): Promise<UserRow | undefined> {
  const user = await findUserById(app, userId, tx);
  return user?.emailKey === from.emailKey ? user : undefined;
}

async function noteFirst(app: App, tx: Tx, userId: number, data: EmailChangeData): Promise<string> {
  const [other] = await oneTimesOf(app, userId, 'change-email', tx);
  if (!other) throw deadLink();
  const left = other.data as EmailChangeData;
  await noteOneTime(tx, other.id, { ...left, otherConfirmed: true });
  return data.side === 'from' ? data.to : data.from;
}

function deadLink(): AppError {
  return new AppError('not_found', 'This link was used already, or is older than a day.');
}

async function writePrimary(app: App, tx: Tx, actor: Actor, user: UserRow, row: EmailRow): Promise<void> {
  await makePrimary(app, tx, row);
  for (const kind of ['change-email', 'reset-password'] as const) await dropOneTimes(tx, user.id, kind);
  const change = { kind: 'email.primary_changed', from: user.email, to: row.email } as const;
  await app.events.record(tx, { ...change, ...doneBy(actor), userId: user.id });
}
