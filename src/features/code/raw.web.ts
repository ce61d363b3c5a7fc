// Raw files. Whatever they hold, they cannot act on this site: types are safe, scripts and frames are off, and what
// is neither text nor an image is downloaded.
import { notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { holdsTag } from '../../platform/web/entity-tags.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { imageTypeOf } from './blobs.service.ts';
import { type ByteRange, parseRange } from './byte-ranges.service.ts';
import type { FoundEntry } from './code.types.ts';
import { addressOf } from './links.present.ts';
import { displayPath, lastName } from './paths.service.ts';
import { requireEntry, requirePlace } from './places.service.ts';
import { restOfAddress } from './requests.web.ts';
import { bodyOf, outputOf } from './streams.service.ts';
import { decodeText, looksLikeText } from './texts.service.ts';

/** Bytes up to which a blob is read into memory; larger ones are streamed from a process. */
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

/** Answers with a blob's bytes under safe headers; understands If-None-Match, If-Range and one byte range. */
export async function answerRaw(
  c: WebContext,
  open: OpenRepository,
  entry: FoundEntry,
  name: Buffer,
): Promise<Response> {
  const { app } = c.var;
  const tag = `"${entry.oid}"`;
  const info = await app.git.objects(open.dir).info(entry.oid);
  if (!info) throw notFound('file');
  const headers = new Headers({
    etag: tag,
    'cache-control': 'private, no-cache',
    'content-security-policy': SANDBOX,
    'x-content-type-options': 'nosniff',
    'accept-ranges': 'bytes',
  });
  if (holdsTag(c, tag)) return new Response(null, { status: 304, headers });
  const small = info.size <= IN_MEMORY ? await readWhole(app, open, entry) : undefined;
  const start = small ?? (await firstBytes(app, open, entry));
  describe(headers, displayPath(name), start, small !== undefined);
  const range = parseRange(c.req.header('range'), info.size, c.req.header('if-range'), tag);
  if (range === 'unsatisfiable') {
    headers.set('content-range', `bytes */${info.size}`);
    return new Response(null, { status: 416, headers });
  }
  const part = range ?? { from: 0, to: info.size };
  headers.set('content-length', String(part.to - part.from));
  if (range) headers.set('content-range', `bytes ${part.from}-${part.to - 1}/${info.size}`);
  const status = range ? 206 : 200;
  if (c.req.method === 'HEAD') return new Response(null, { status, headers });
  const body = small
    ? new Uint8Array(small.subarray(part.from, part.to))
    : bodyOf(c.var, (signal) => partOf(blobChunks(app, open, entry, signal), part));
  return new Response(body, { status, headers });
}

/** Sets the type: text, a harmless image, or a download. */
function describe(headers: Headers, name: string, start: Buffer, isWhole: boolean): void {
  const image = imageTypeOf(name);
  if (image) {
    headers.set('content-type', image);
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

async function readWhole(app: App, open: OpenRepository, entry: FoundEntry): Promise<Buffer> {
  const object = await app.git.objects(open.dir).read(entry.oid, IN_MEMORY);
  return object?.data ?? Buffer.alloc(0);
}

async function firstBytes(app: App, open: OpenRepository, entry: FoundEntry): Promise<Buffer> {
  for await (const chunk of blobChunks(app, open, entry)) return chunk;
  return Buffer.alloc(0);
}

function blobChunks(
  app: App,
  open: OpenRepository,
  entry: FoundEntry,
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  return outputOf(() => app.git.spawn(['cat-file', 'blob', entry.oid], { dir: open.dir }), signal);
}

/** The bytes of a range out of chunks that begin at the blob's start. */
async function* partOf(source: AsyncGenerator<Buffer>, part: ByteRange): AsyncGenerator<Uint8Array> {
  let at = 0;
  for await (const chunk of source) {
    const from = Math.max(0, part.from - at);
    const to = Math.min(chunk.length, part.to - at);
    if (from < to) yield chunk.subarray(from, to);
    at += chunk.length;
    if (at >= part.to) return;
  }
  throw new Error('git cat-file ended before the end of the blob');
}
