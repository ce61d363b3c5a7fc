// The mail that invites somebody into an organization.
import { escapeHtml } from '../../base/html.ts';
import type { App } from '../../platform/app.types.ts';
import type { MailMessage } from '../../platform/mail/mail.ts';

/** The address of the page where an invitation is answered. */
export function invitationLink(app: App, token: string): string {
  return `${app.publicUrl()}/invitations/${token}`;
}

/** What the mail says; `inviter` is the name of who invited, undefined for the system. */
export function invitationMail(
  app: App,
  invitation: {
    to: string;
    token: string;
    organizationName: string;
    inviter: string | undefined;
    days: number;
  },
): MailMessage {
  const { to, organizationName, days } = invitation;
  const link = invitationLink(app, invitation.token);
  const inviter = invitation.inviter ?? 'An administrator';
  const opening = `${inviter} invited you to join the organization ${organizationName} on ${app.publicUrl()}.`;
  const rest = `The link works for ${days} days and for you alone: do not pass it on. If you did not expect it, ignore this mail.`;
  return {
    to,
    subject: `${inviter} invited you to join ${organizationName}`,
    text: `${opening}\n\nSee the invitation, then accept or decline it:\n${link}\n\n${rest}\n`,
    html:
      `<p>${escapeHtml(opening)}</p>` +
      `<p><a href="${escapeHtml(link)}">See the invitation</a>, then accept or decline it.</p>` +
      `<p>${escapeHtml(rest)}</p>`,
  };
}
