// Texts for chats: cut to what a message may hold, without what would change how it is read, and escaped for each chat.
import type { Line, Span } from './chat.types.ts';

const LONGEST_TITLE = 200;
const LONGEST_EXCERPT = 500;
/** Control characters, and those that turn the direction of what follows. */
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A name, title or first line, in one line. */
export function titleText(text: unknown, longest = LONGEST_TITLE): string {
  return cut(
    String(text ?? '')
      .slice(0, 4 * longest)
      .replace(UNSEEN, '')
      .replace(/\s+/g, ' ')
      .trim(),
    longest,
  );
}

/** The beginning of what somebody wrote. */
export function excerptOf(text: unknown): string {
  const begun = String(text ?? '')
    .slice(0, 4 * LONGEST_EXCERPT)
    .replace(/\r\n?/g, '\n')
    .replace(UNSEEN, '');
  return cut(begun.trim(), LONGEST_EXCERPT);
}

/** Never within a character that takes two places. */
function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  return `${text
    .slice(0, longest - 1)
    .toWellFormed()
    .replace(/\ufffd$/, '')}…`;
}

/** Everything as it stands, with nothing that a chat would take for markup. */
export function plainLine(line: Line): string {
  return line.map(({ text }) => text).join('');
}

/** HTML of Matrix and Telegram. */
export function htmlLine(line: Line): string {
  return line.map(htmlSpan).join('');
}

function htmlSpan({ text, href, isCode }: Span): string {
  const inner = isCode ? `<code>${escapeHtml(text)}</code>` : escapeHtml(text);
  return href === undefined ? inner : `<a href="${escapeHtml(href)}">${inner}</a>`;
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Slack's own markup: https://docs.slack.dev/messaging/formatting-message-text. What it calls and links stands in angle brackets. */
export function slackLine(line: Line): string {
  return line
    .map(({ text, href, isCode }) => {
      const inner = isCode ? `\`${escapeSlack(text).replaceAll('`', "'")}\`` : escapeSlack(text);
      return href === undefined ? inner : `<${slackHref(href)}|${inner.replaceAll('|', '¦')}>`;
    })
    .join('');
}

export function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function slackHref(href: string): string {
  return escapeSlack(href).replaceAll('|', '%7C');
}

/** Markdown of Discord and Mattermost. */
export function markdownLine(line: Line): string {
  return line
    .map(({ text, href, isCode }) => {
      const inner = isCode ? `\`${text.replaceAll('`', "'")}\`` : escapeMarkdown(text);
      return href === undefined ? inner : `[${inner}](${markdownHref(href)})`;
    })
    .join('');
}

/** Everything that begins markup is escaped, and nobody is called. */
export function escapeMarkdown(text: string): string {
  return uncalled(text.replace(/[\\`*_{}[\]()#+\-.!|<>~:]/g, '\\$&'));
}

/** Behind an `@` stands what parts it from the name: a title calls nobody. */
export function uncalled(text: string): string {
  return text.replaceAll('@', '@\u200b');
}

function markdownHref(href: string): string {
  return href.replaceAll('(', '%28').replaceAll(')', '%29').replaceAll(' ', '%20').replaceAll('\\', '%5C');
}
