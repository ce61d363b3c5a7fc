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

/** What the token of one of the two mails about a new primary address says. */
export interface EmailChangeData extends Record<string, unknown> {
  from: string;
  to: string;
  /** Which of the two addresses this link was sent to. */
  side: 'from' | 'to';
  /** Set once the other link was used. */
  otherConfirmed?: boolean;
}

/** Sends one link to each of the two addresses: the change happens when both were used. */
export async function mailEmailChange(
  app: App,
  tx: Tx,
  user: Named,
  from: string,
  to: string,
): Promise<void> {
  for (const side of ['from', 'to'] as const) {
    const data: EmailChangeData = { from, to, side };
    const token = await makeOneTime(app, tx, {
      kind: 'change-email',
      userId: user.id,
      data,
      lifetime: VERIFICATION_LIFETIME,
    });
    const message = mailMessage(app, {
      to: side === 'from' ? from : to,
      subject: 'Confirm the change of your e-mail address',
      name: user.name,
      paragraphs: [`The account ${user.name} is to use another primary e-mail address.`],
      facts: [
        ['Until now', from],
        ['From then on', to],
      ],
      action: { label: 'Confirm the change', path: `/email-change?token=${token}` },
      closing: [
        'Both addresses get such a link, and both must be used within 24 hours.',
        'If it was not you, do nothing, and change your password: somebody else is signed in as you.',
      ],
    });
    await app.mail.sendLater(tx, message);
  }
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
