// The mails that prove an address or hand out a link. Queued in the transaction that causes them.
import { sha256Hex } from '../../base/crypto.ts';
import { DAY, HOUR } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { mailMessage } from '../../platform/mail/mail-message.ts';
import type { UserRow } from '../users/users.types.ts';
import { dropOneTimes, makeOneTime } from './one-time-tokens.service.ts';

export const VERIFICATION_LIFETIME = DAY;
export const RESET_LIFETIME = HOUR;

type Named = Pick<UserRow, 'id' | 'name'>;

/** What the token of a verification mail says. */
export interface VerificationData extends Record<string, unknown> {
  email: string;
  /** A hash of the browser that asked; that one may be signed in by the link. */
  device?: string;
}

/** Sends the link that proves an address of an account, new or added. */
export async function mailVerification(
  app: App,
  tx: Tx,
  user: Named,
  email: string,
  device?: string,
): Promise<void> {
  const data: VerificationData = { email, ...(device === undefined ? {} : { device: sha256Hex(device) }) };
  const token = await makeOneTime(app, tx, {
    kind: 'verify-email',
    userId: user.id,
    data,
    lifetime: VERIFICATION_LIFETIME,
  });
  const message = mailMessage(app, {
    to: email,
    subject: 'Confirm your e-mail address',
    name: user.name,
    paragraphs: [`Confirm that this address belongs to the account ${user.name}.`],
    action: { label: 'Confirm the address', path: `/verify-email?token=${token}` },
    closing: [
      'The link works once, within 24 hours.',
      'If you did not ask for this, open it and choose “This was not me”, or do nothing.',
    ],
  });
  await app.mail.sendLater(tx, message);
}

/** Tells the owner of an account that somebody registered with its address. */
export async function mailAccountExists(app: App, tx: Tx, owner: Named, email: string): Promise<void> {
  const message = mailMessage(app, {
    to: email,
    subject: 'You already have an account',
    name: owner.name,
    paragraphs: [
      `Somebody, perhaps you, tried to register with this address. It belongs to your account ${owner.name} already, so nothing was changed.`,
      'If it was you, sign in, or ask for a new password there. If it was not, you need not do anything.',
    ],
    action: { label: 'Sign in', path: '/login' },
  });
  await app.mail.sendLater(tx, message);
}

/** Tells the owner of an address that another account tried to add it. */
export async function mailAddressTaken(app: App, tx: Tx, owner: Named, email: string): Promise<void> {
  const message = mailMessage(app, {
    to: email,
    subject: 'Somebody tried to add your e-mail address',
    name: owner.name,
    paragraphs: [
      `Another account tried to add this address. It belongs to your account ${owner.name}, so nothing was changed.`,
      'If that other account is yours too and the address should move there, first remove it from this one.',
    ],
  });
  await app.mail.sendLater(tx, message);
}

/** Sends the link that sets a new password; links sent before stop working. */
export async function mailPasswordReset(app: App, tx: Tx, user: Named, email: string): Promise<void> {
  await dropOneTimes(tx, user.id, 'reset-password');
  const wanted = {
    kind: 'reset-password',
    userId: user.id,
    data: { email },
    lifetime: RESET_LIFETIME,
  } as const;
  const token = await makeOneTime(app, tx, wanted);
  const message = mailMessage(app, {
    to: email,
    subject: 'Choose a new password',
    name: user.name,
    paragraphs: [`Somebody, perhaps you, asked for a new password for the account ${user.name}.`],
    action: { label: 'Choose a new password', path: `/password-reset/new?token=${token}` },
    closing: [
      'The link works once, within an hour. A newer one makes it worthless.',
      'If it was not you, do nothing: your password stays as it is.',
    ],
  });
  await app.mail.sendLater(tx, message);
}
