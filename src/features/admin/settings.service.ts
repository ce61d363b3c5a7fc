// The configuration in force, and mails that administrators send to see whether they arrive.
import { type Actor, doneBy } from '../../base/actor.ts';
import { isEmailAddress } from '../../base/email.ts';
import { invalid } from '../../base/errors.ts';
import { requireSiteAbility } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import { configSections, isLive } from '../../platform/config/config-keys.ts';
import { type ShownSetting, showConfig } from '../../platform/config/show-config.ts';
import { mailMessage } from '../../platform/mail/mail-message.ts';

export interface ShownSection {
  name: string;
  doc: string;
  settings: (ShownSetting & { doc: string; isLive: boolean })[];
}

/** Every setting in force with where it came from, by section; secrets are hidden. */
export function settingsInForce(app: App, actor: Actor): ShownSection[] {
  requireSiteAbility(actor, 'site:administer');
  const shown = new Map(showConfig(app).map((setting) => [setting.key, setting]));
  return configSections().map((section) => ({
    name: section.name,
    doc: section.doc,
    settings: section.keys.flatMap((key) => {
      const setting = shown.get(key.name);
      return setting ? [{ ...setting, doc: key.doc, isLive: isLive(key) }] : [];
    }),
  }));
}

export interface WrittenMail {
  to: string;
  subject: string;
  /** Paragraphs are parted by empty lines. */
  text: string;
}

const TEST: Omit<WrittenMail, 'to'> = {
  subject: 'Test mail',
  text: 'Somebody who administers this site asked for this mail to see whether it arrives. It did.',
};

/**
 * Sends a mail at once, the test mail unless `written` says more. Throws AppError invalid on `to`, unavailable with what
 * the mail server said.
 */
export async function sendMailNow(
  app: App,
  actor: Actor,
  written: Pick<WrittenMail, 'to'> & Partial<WrittenMail>,
): Promise<void> {
  requireSiteAbility(actor, 'site:administer');
  const { to, subject, text } = { ...TEST, ...written };
  if (!isEmailAddress(to))
    throw invalid({ to: 'This is not an e-mail address. It looks like name@example.org.' });
  const paragraphs = text.split(/\n{2,}/).map((paragraph) => paragraph.trim());
  await app.mail.send(mailMessage(app, { to, subject, paragraphs: paragraphs.filter(Boolean) }));
  await app.db.write((tx) => app.events.record(tx, { kind: 'mail.tested', ...doneBy(actor), to }));
}
