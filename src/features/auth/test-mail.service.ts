// The administrator's test of the mail server.
import { type Actor, doneBy } from '../../base/actor.ts';
import { isEmailAddress } from '../../base/email.ts';
import { invalid } from '../../base/errors.ts';
import { requireSiteAbility } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import { mailMessage } from '../../platform/mail/mail-message.ts';

/**
 * Sends a test mail now. Throws AppError invalid on `to`, unavailable with what the mail server said.
 */
export async function sendTestMail(app: App, actor: Actor, to: string): Promise<void> {
  requireSiteAbility(actor, 'site:administer');
  const address = to.trim();
  if (!isEmailAddress(address))
    throw invalid({ to: 'This is not an e-mail address. It looks like name@example.org.' });
  const { host } = new URL(app.publicUrl());
  const message = mailMessage(app, {
    to: address,
    subject: `A test from ${host}`,
    paragraphs: [`This mail shows that ${host} can send mails.`],
  });
  await app.mail.send(message);
  await app.db.write(async (tx) => {
    await app.events.record(tx, { kind: 'mail.tested', ...doneBy(actor), to: address });
  });
}
