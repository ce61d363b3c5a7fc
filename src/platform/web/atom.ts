// Answers with Atom feeds, tagged so that readers who hold one already are sent nothing.
import { sha256Hex } from '../../base/crypto.ts';
import { atomXml, type FeedModel } from '../render/atom.ts';
import { holdsTag } from './entity-tags.ts';
import type { WebContext } from './web.types.ts';

export type { FeedEntryModel, FeedModel } from '../render/atom.ts';

/** The feed as it depends on who asks, or that it has not changed. */
export function answerFeed(c: WebContext, model: FeedModel): Response {
  const text = atomXml(model);
  const tag = `"${sha256Hex(text).slice(0, 32)}"`;
  const headers = {
    etag: tag,
    'content-type': 'application/atom+xml; charset=utf-8',
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
