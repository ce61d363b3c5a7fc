// Raw files. Whatever they hold, they cannot act on this site: types are safe, scripts and frames are off, and what
// browsers neither show nor play is downloaded.
import { notFound } from '../../base/errors.ts';
import { holdsTag } from '../../platform/web/entity-tags.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { parseRange } from './byte-ranges.service.ts';
import type { FoundEntry } from './code.types.ts';
import { addressOf } from './links.present.ts';
import { imageTypeOf, playedTypeOf } from './media.service.ts';
import { displayPath, lastName } from './paths.service.ts';
import { requireEntry, requirePlace } from './places.service.ts';
import { restOfAddress } from './requests.web.ts';
import { blobSource, type FileSource, findSource } from './sources.service.ts';
import { bodyOf } from './streams.service.ts';
import { decodeText, looksLikeText } from './texts.service.ts';

/** Bytes up to which a file is looked at whole, and sent in one piece. */
const IN_MEMORY = 4 * 1024 * 1024;

const SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

export async function getRaw(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const place = await requirePlace(app, open, restOfAddress(c));
  const entry = await requireEntry(app, open, place, 'file');
  if (entry.type === 'tree') return c.redirect(addressOf(open, 'tree', place.at, place.path), 302);
  if (entry.type === 'commit') throw notFound('file');
  return answerRaw(c, open, entry, lastName(place.path));
}

/**
 * Answers with a file's bytes under safe headers; understands If-None-Match, If-Range and one byte range. A pointer of
 * Git LFS is answered with the content it stands for, where that is here.
 */
export async function answerRaw(
  c: WebContext,
  open: OpenRepository,
  entry: FoundEntry,
  name: Buffer,
): Promise<Response> {
  const source = await findSource(c.var.app, open, entry);
  if (!source) throw notFound('file');
  return answerSource(c, source, displayPath(name));
}

/** As `answerRaw`; a pointer of Git LFS is answered as it lies in the repository. */
export async function answerBlob(
  c: WebContext,
  open: OpenRepository,
  entry: FoundEntry,
  name: Buffer,
): Promise<Response> {
  const source = await blobSource(c.var.app, open, entry.oid);
  if (!source) throw notFound('file');
  return answerSource(c, source, displayPath(name));
}

async function answerSource(c: WebContext, source: FileSource, name: string): Promise<Response> {
  const { size } = source;
  // With a pointer's content added later, the same blob is answered with other bytes.
  const tag = `"${source.isResolved ? `lfs-${source.key.replace('sha256:', '')}` : source.oid}"`;
  const headers = new Headers({
    etag: tag,
    'cache-control': 'private, no-cache',
    'content-security-policy': SANDBOX,
    'x-content-type-options': 'nosniff',
    'accept-ranges': 'bytes',
  });
  if (holdsTag(c, tag)) return new Response(null, { status: 304, headers });
  const small = size <= IN_MEMORY ? await source.read() : undefined;
  describe(headers, name, small ?? (await source.start()), small !== undefined);
  const range = parseRange(c.req.header('range'), size, c.req.header('if-range'), tag);
  if (range === 'unsatisfiable') {
    headers.set('content-range', `bytes */${size}`);
    return new Response(null, { status: 416, headers });
  }
  const part = range ?? { from: 0, to: size };
  headers.set('content-length', String(part.to - part.from));
  if (range) headers.set('content-range', `bytes ${part.from}-${part.to - 1}/${size}`);
  const status = range ? 206 : 200;
  if (c.req.method === 'HEAD') return new Response(null, { status, headers });
  const body = small
    ? new Uint8Array(small.subarray(part.from, part.to))
    : bodyOf(c.var, (signal) => source.chunks(part, signal));
  return new Response(body, { status, headers });
}

/** Sets the type: text, a harmless image, a recording, or a download. */
function describe(headers: Headers, name: string, start: Buffer, isWhole: boolean): void {
  const type = imageTypeOf(name) ?? playedTypeOf(name, start);
  if (type === 'application/pdf') allowReader(headers);
  if (type) {
    headers.set('content-type', type);
    return;
  }
  if (looksLikeText(start)) {
    headers.set('content-type', `text/plain; charset=${isWhole ? charsetOf(start) : 'utf-8'}`);
    return;
  }
  headers.set('content-type', 'application/octet-stream');
  const ascii = name.replace(/[^\w.-]+/g, '_').slice(0, 100) || 'file';
  const full = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16)}`,
  );
  headers.set('content-disposition', `attachment; filename="${ascii}"; filename*=UTF-8''${full}`);
}

function charsetOf(data: Buffer): string {
  const encoding = decodeText(data)?.encoding ?? 'UTF-8';
  return encoding === 'Latin-1' ? 'windows-1252' : encoding.toLowerCase();
}

/**
 * A browser's own reader of PDFs does not open in a sandbox. It runs outside of this site's origin, and nothing is
 * loaded or run beside it; only our own pages may frame it.
 */
function allowReader(headers: Headers): void {
  headers.set(
    'content-security-policy',
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'",
  );
  headers.set('x-frame-options', 'SAMEORIGIN');
}
