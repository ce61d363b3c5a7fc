// Files put into texts: uploading them, and showing them so that none can act on this site, whatever it holds.
//   POST  X-File-Name: <percent-encoded>, Content-Type: application/octet-stream, the bytes  -> 201, JSON
//   POST  multipart/form-data, files in `files`                                              -> 201, JSON of all
import { type AppError, invalid, isAppError } from '../../base/errors.ts';
import type { ByteSpan } from '../../platform/storage/storage.ts';
import { attachmentOf } from '../../platform/web/attachments.ts';
import { holdsTag } from '../../platform/web/entity-tags.ts';
import { isForm } from '../../platform/web/forms.ts';
import type { Route, WebContext } from '../../platform/web/web.types.ts';
import { parseRange } from '../code/byte-ranges.service.ts';
import { bodyOf } from '../code/streams.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { attachmentHref } from './attachment-names.service.ts';
import { PLAIN_TEXT, shownAs } from './attachment-types.service.ts';
import { requireAttachment, saveAttachment } from './attachment-uploads.service.ts';
import { attachmentJson } from './attachments.present.ts';
import { readTextForm, saveFiles } from './composer-forms.web.ts';
import type { AttachmentRow } from './issues.types.ts';

const ATTACHMENTS = '/:owner/:repo/attachments';

export const attachmentRoutes: Route<Ability, OpenRepository>[] = [
  {
    method: 'post',
    path: ATTACHMENTS,
    access: 'conversations:comment',
    streams: true,
    handler: postAttachment,
  },
  { method: 'get', path: `${ATTACHMENTS}/:token`, access: 'conversations:read', handler: getAttachment },
];

async function postAttachment(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  if (isForm(c)) {
    const { files } = await readTextForm(c);
    if (files.length === 0) throw invalid({ files: 'Choose at least one file.' });
    const rows = await saveFiles(c, open, files);
    return c.json({ files: rows.map((row) => attachmentJson(open.path, row)) }, 201);
  }
  try {
    const chunks = chunksOf((c.req.raw.body ?? []) as AsyncIterable<Uint8Array>);
    const row = await saveAttachment(app, actor, open, { name: sentName(c), chunks });
    return c.json(attachmentJson(open.path, row), 201);
  } catch (error) {
    // Where the rest of the body is not read, the connection cannot be used again.
    c.header('Connection', 'close');
    const status = isAppError(error) ? STATUSES[error.code] : undefined;
    if (!isAppError(error) || !status) throw error;
    return c.json({ message: error.fields?.files ?? error.message }, status);
  }
}

/** Scripts are told in a sentence what is wrong with a file; what is missing or forbidden answers as everywhere. */
const STATUSES: Partial<Record<AppError['code'], 403 | 413 | 422 | 429 | 503>> = {
  forbidden: 403,
  too_large: 413,
  invalid: 422,
  rate_limited: 429,
  unavailable: 503,
};

async function* chunksOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* source;
}

function sentName(c: WebContext): string {
  const encoded = c.req.header('x-file-name') ?? '';
  try {
    if (encoded.length <= 4096) return decodeURIComponent(encoded);
  } catch {
    // Falls through: it is no percent-encoding.
  }
  throw invalid({ files: 'Name the file: X-File-Name, percent-encoded.' });
}

/** Bytes up to which a part is sent in one piece. */
const IN_MEMORY = 2 * 1024 * 1024;

/** Nothing in it runs, loads or is framed; pictures and videos may be embedded by our own pages. */
const SANDBOX = "default-src 'none'; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'; sandbox";
/** A browser's own reader of PDFs does not open in a sandbox; it runs outside of this site's origin. */
const READER = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'";

async function getAttachment(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const found = await requireAttachment(app, actor, open, c.req.param('token') ?? '');
  if (found.movedTo) return c.redirect(attachmentHref(found.movedTo, found.row), 302);
  return answerFile(c, found.row);
}

/** Understands If-None-Match, If-Range and one byte range. */
async function answerFile(c: WebContext, row: AttachmentRow): Promise<Response> {
  const tag = `"${row.token}"`;
  const headers = headersOf(row, tag);
  if (holdsTag(c, tag)) return new Response(null, { status: 304, headers });
  const range = parseRange(c.req.header('range'), row.sizeBytes, c.req.header('if-range'), tag);
  if (range === 'unsatisfiable') {
    headers.set('content-range', `bytes */${row.sizeBytes}`);
    return new Response(null, { status: 416, headers });
  }
  const { from, to } = range ?? { from: 0, to: row.sizeBytes };
  headers.set('content-length', String(to - from));
  if (range) headers.set('content-range', `bytes ${from}-${to - 1}/${row.sizeBytes}`);
  const status = range ? 206 : 200;
  if (c.req.method === 'HEAD') return new Response(null, { status, headers });
  return new Response(await contentOf(c, row, { start: from, end: to - 1 }), { status, headers });
}

/** A page may show dozens of pictures at once, which take none of the few places for long downloads. */
async function contentOf(c: WebContext, row: AttachmentRow, span: ByteSpan): Promise<BodyInit> {
  if (span.end - span.start >= IN_MEMORY) return bodyOf(c.var, (signal) => bytesOf(c, row, span, signal));
  const parts: Buffer[] = [];
  for await (const part of c.var.app.storage.read(row.storageKey, span)) parts.push(part as Buffer);
  return new Uint8Array(Buffer.concat(parts));
}

function headersOf({ mediaType, name }: AttachmentRow, tag: string): Headers {
  const saved = attachmentOf(name);
  return new Headers({
    etag: tag,
    // Who may read the repository may change: it is asked for each time, and sent only once.
    'cache-control': 'private, no-cache',
    'content-type': mediaType === PLAIN_TEXT ? `${PLAIN_TEXT}; charset=utf-8` : mediaType,
    'content-disposition': shownAs(mediaType) === 'download' ? saved : saved.replace(/^attachment/, 'inline'),
    'content-security-policy': mediaType === 'application/pdf' ? READER : SANDBOX,
    'x-content-type-options': 'nosniff',
    'accept-ranges': 'bytes',
  });
}

async function* bytesOf(
  c: WebContext,
  { storageKey }: AttachmentRow,
  span: ByteSpan,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of c.var.app.storage.read(storageKey, span)) {
    if (signal.aborted) return;
    yield chunk;
  }
}
