// The mail that invites somebody into an organization.
import type { App } from '../../platform/app.types.ts';
import type { MailMessage } from '../../platform/mail/mail.ts';
import { mailMessage } from '../../platform/mail/mail-message.ts';

/** The page where an invitation is answered. */
export function invitationPath(token: string): string {
  return `/invitations/${token}`;
}

export interface InvitationMail {
  to: string;
  /** Whom it greets; left out for addresses, whose account nobody looks up. */
  name?: string;
  token: string;
  organizationName: string;
  /** Who invited; undefined for the system. */
  inviter: string | undefined;
  days: number;
}

/** Writes it. */
export function invitationMail(app: App, mail: InvitationMail): MailMessage {
  const { to, name, token, organizationName, days } = mail;
  const inviter = mail.inviter ?? 'An administrator';
  return mailMessage(app, {
    to,
    subject: `${inviter} invited you to join ${organizationName}`,
    ...(name === undefined ? {} : { name }),
    paragraphs: [`${inviter} invited you to join the organization ${organizationName}.`],
    action: { label: 'See the invitation', path: invitationPath(token) },
    closing: [
      `The link works for ${days} days and is for you alone: do not pass it on.`,
      'If you did not expect this mail, ignore it.',
    ],
  });
}
