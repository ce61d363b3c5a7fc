// HTML of texts as mails show it: mail programs know no address but whole ones, and are signed in nowhere.
import type { SafeHtml } from '../../base/html.ts';

const TAG = /<[a-z][^<>]*>/gi;
const LINK = / (href|src)="([^"]*)"/g;
const PICTURE = /^<img[\s/]/i;

/**
 * The same text with whole addresses. `page` is where it stands on the web. Pictures of this site become links where
 * `hidesPictures`, since nobody sees them without signing in. The text is sanitized already.
 */
export function mailHtml(
  html: SafeHtml,
  at: { site: string; page: string; hidesPictures: boolean },
): SafeHtml {
  const whole = html.replace(TAG, (tag) =>
    tag.replace(LINK, (_, name: string, address: string) => ` ${name}="${wholeAddress(address, at)}"`),
  );
  const shown = at.hidesPictures
    ? whole.replace(TAG, (tag) => (PICTURE.test(tag) ? pictureLink(tag, at.site) : tag))
    : whole;
  return shown as SafeHtml;
}

function wholeAddress(address: string, { site, page }: { site: string; page: string }): string {
  if (address.startsWith('//')) return `${new URL(site).protocol}${address}`;
  if (address.startsWith('/')) return site + address;
  if (address.startsWith('#')) return page + address;
  return /^[a-z][a-z0-9+.-]*:/i.test(address) ? address : `${page}/../${address}`;
}

function pictureLink(tag: string, site: string): string {
  const address = / src="([^"]*)"/.exec(tag)?.[1] ?? '';
  if (address !== site && !address.startsWith(`${site}/`)) return tag;
  const label = / alt="([^"]*)"/.exec(tag)?.[1] || 'Picture';
  return `<a href="${address}">${label}</a>`;
}
