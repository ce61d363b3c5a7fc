// Mails that tell somebody of what happened to their account, so that a stranger's act does not stay unnoticed. A reaction
// that runs twice sends two copies under one Message-ID, which mail programs show as one mail.
import type { App } from '../../platform/app.types.ts';
import { type MailContent, mailMessage } from '../../platform/mail/mail-message.ts';
import { primaryEmailOf } from '../users/emails.service.ts';
import { findUserById } from '../users/users.service.ts';

export interface Notice {
  subject: string;
  /** What happened, in a sentence. */
  text: string;
  facts?: [label: string, value: string][];
  action?: MailContent['action'];
}

/** What an event is told of by: its id and when it happened. */
interface Happened {
  id: number;
  createdAt: number;
}

/** Tells an account of an event, at its primary address if that was proved. */
export async function mailNotice(app: App, userId: number, event: Happened, notice: Notice): Promise<void> {
  const user = await findUserById(app, userId);
  const primary = user && (await primaryEmailOf(app, user));
  if (user && primary?.isVerified) await mailNoticeTo(app, primary.email, user.name, event, notice);
}

/** Tells an account of an event at a certain address. */
export async function mailNoticeTo(
  app: App,
  to: string,
  name: string,
  event: Happened,
  { subject, text, facts = [], action }: Notice,
): Promise<void> {
  const when: [string, string] = ['When', new Date(event.createdAt).toUTCString()];
  const written = mailMessage(app, {
    to,
    subject,
    name,
    paragraphs: [text],
    facts: [...facts, when],
    ...(action ? { action } : {}),
    closing: [
      'If it was you, there is nothing to do.',
      'If it was not, change your password at once, end the other sessions, and look through the keys and tokens of your account.',
    ],
  });
  const id = app.secrets.authenticate('mail id', `${event.id} ${to}`).slice(0, 40);
  await app.db.write((tx) => app.mail.sendLater(tx, { ...written, id }));
}
