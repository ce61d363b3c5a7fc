// Answers with feeds, in Atom or RSS, tagged so that readers who hold one already are sent nothing.
import { sha256Hex } from '../../base/crypto.ts';
import { atomXml, type FeedModel } from '../render/atom.ts';
import { rssXml } from '../render/rss.ts';
import { holdsTag } from './entity-tags.ts';
import type { WebContext } from './web.types.ts';

export type { FeedEntryModel, FeedModel } from '../render/atom.ts';

export type FeedFormat = 'atom' | 'rss';

/** The ending that an address of a feed has in a format. */
export const FEED_ENDING = /\.(atom|rss)$/;

/** The format that the end of an address asks for. */
export function formatOf(address: string): FeedFormat {
  return address.endsWith('.rss') ? 'rss' : 'atom';
}

/** The feed as it depends on who asks, or that it has not changed. */
export function answerFeed(c: WebContext, model: FeedModel, format: FeedFormat = 'atom'): Response {
  const text = format === 'rss' ? rssXml(model) : atomXml(model);
  const tag = `"${sha256Hex(text).slice(0, 32)}"`;
  const headers = {
    etag: tag,
    'content-type': `application/${format}+xml; charset=utf-8`,
    'cache-control': 'private, no-cache',
    vary: 'Cookie, Authorization',
  };
  if (holdsTag(c, tag)) return new Response(null, { status: 304, headers });
  return new Response(text, { status: 200, headers });
}

/** A name that stays when a thing is renamed (RFC 4151, tag: URIs), such as `event/12`. */
export function feedId(c: WebContext, what: string): string {
  return `tag:${new URL(c.var.app.publicUrl()).hostname},2026:${what}`;
}
