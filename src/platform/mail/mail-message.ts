// Writes mails: one content, shown as plain text and by templates/mail/message.eta as HTML. Links are absolute and lead to
// the configured address of this site alone, never to a host that some request named.
import type { App } from '../app.types.ts';
import type { MailMessage } from './mail.ts';

export interface MailContent {
  /** One address. */
  to: string;
  subject: string;
  /** Whom the mail greets; leave it out where the reader may not know the account. */
  name?: string;
  paragraphs: string[];
  /** Shown as a small table: what happened, when, where. */
  facts?: [label: string, value: string][];
  /** The one link; `path` begins with a slash. */
  action?: { label: string; path: string };
  /** What stands below the link. */
  closing?: string[];
}

/** Writes a mail in both parts. */
export function mailMessage(app: Pick<App, 'render' | 'publicUrl'>, content: MailContent): MailMessage {
  const site = app.publicUrl();
  const { to, subject, name, paragraphs, facts = [], closing = [] } = content;
  const action = content.action && { label: content.action.label, href: site + content.action.path };
  const model = { subject, name, paragraphs, facts, action, closing, site };
  return { to, subject, text: textOf(model), html: app.render.fragment('mail/message', model) };
}

interface Model {
  name: string | undefined;
  paragraphs: string[];
  facts: [string, string][];
  action: { label: string; href: string } | undefined;
  closing: string[];
  site: string;
}

function textOf({ name, paragraphs, facts, action, closing, site }: Model): string {
  const blocks = [
    ...(name === undefined ? [] : [`Hello ${name},`]),
    ...paragraphs,
    ...(facts.length === 0 ? [] : [facts.map(([label, value]) => `${label}: ${value}`).join('\n')]),
    ...(action ? [`${action.label}:\n${action.href}`] : []),
    ...closing,
    // What follows this line is a signature to mail programs (RFC 3676 section 4.3).
    `-- \nSent by ${site}`,
  ];
  return `${blocks.join('\n\n')}\n`;
}
