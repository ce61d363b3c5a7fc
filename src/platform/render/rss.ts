// RSS feeds (RSS 2.0, with the author in Dublin Core's words): the same entries as in Atom, escaped alike.
import { type FeedEntryModel, type FeedModel, xml } from './atom.ts';

const LATEST = Date.parse('9999-12-30T00:00:00Z');

/** A feed as XML. It was built when its newest entry was. */
export function rssXml({ title, href, self, entries }: FeedModel): string {
  const updated = entries.reduce((newest, entry) => Math.max(newest, entry.updated), 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/">',
    '<channel>',
    `<title>${xml(title)}</title>`,
    `<link>${xml(href)}</link>`,
    `<description>${xml(title)}</description>`,
    `<lastBuildDate>${timeOf(updated)}</lastBuildDate>`,
    `<atom:link rel="self" type="application/rss+xml" href="${xml(self)}"/>`,
    ...entries.map((entry) => itemXml(entry, href)),
    '</channel>',
    '</rss>',
    '',
  ].join('\n');
}

function itemXml({ id, title, href, updated, author, html }: FeedEntryModel, base: string): string {
  return [
    '<item>',
    `<guid isPermaLink="false">${xml(id)}</guid>`,
    `<title>${xml(title)}</title>`,
    `<link>${xml(href)}</link>`,
    `<pubDate>${timeOf(updated)}</pubDate>`,
    `<dc:creator>${xml(author || 'unknown')}</dc:creator>`,
    `<description>${xml(absolute(html, base))}</description>`,
    '</item>',
  ].join('\n');
}

/** RSS knows no base of addresses: those that begin with a slash get the site's in front. The HTML is ours and clean. */
function absolute(html: string, base: string): string {
  const { origin } = new URL(base);
  return html.replace(/(<(?:a|img)\b[^<>]{0,4000}?\s(?:href|src)=")\/(?!\/)/g, `$1${origin}/`);
}

/** RFC 822, as RSS asks for. */
function timeOf(instant: number): string {
  return new Date(Math.min(Math.max(instant, 0), LATEST)).toUTCString();
}
