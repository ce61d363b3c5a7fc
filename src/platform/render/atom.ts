// Atom feeds (RFC 4287): everything that comes from people is escaped, every address is absolute.
import { isoTime } from '../../base/time.ts';

export interface FeedEntryModel {
  /** Stable for the thing, whatever it is called later. */
  id: string;
  title: string;
  /** Absolute. */
  href: string;
  /** Milliseconds since 1970. */
  updated: number;
  author: string | undefined;
  /** HTML that was cleaned already. */
  html: string;
}

export interface FeedModel {
  title: string;
  /** Stable for the thing it tells of; its own address where there is none. */
  id?: string;
  /** The address of the page it tells of, and its own; absolute. */
  href: string;
  self: string;
  entries: readonly FeedEntryModel[];
}

const LATEST = Date.parse('9999-12-30T00:00:00Z');

/** A feed as XML. It was updated when its newest entry was. */
export function atomXml({ title, href, self, entries, id = self }: FeedModel): string {
  const updated = entries.reduce((newest, entry) => Math.max(newest, entry.updated), 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="${xml(href)}">`,
    `<id>${xml(id)}</id>`,
    `<title>${xml(title)}</title>`,
    `<updated>${timeOf(updated)}</updated>`,
    `<link rel="self" type="application/atom+xml" href="${xml(self)}"/>`,
    `<link rel="alternate" type="text/html" href="${xml(href)}"/>`,
    ...entries.map(entryXml),
    '</feed>',
    '',
  ].join('\n');
}

function entryXml({ id, title, href, updated, author, html }: FeedEntryModel): string {
  return [
    '<entry>',
    `<id>${xml(id)}</id>`,
    `<title>${xml(title)}</title>`,
    `<updated>${timeOf(updated)}</updated>`,
    `<link rel="alternate" type="text/html" href="${xml(href)}"/>`,
    `<author><name>${xml(author || 'unknown')}</name></author>`,
    `<content type="html">${xml(html)}</content>`,
    '</entry>',
  ].join('\n');
}

function timeOf(instant: number): string {
  return isoTime(Math.min(Math.max(instant, 0), LATEST));
}

/** Text for XML 1.0, which cannot hold most control characters at all. */
export function xml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
