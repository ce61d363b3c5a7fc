// Resumable uploads over HTTP: the core of the tus protocol 1.0.0 (https://tus.io/protocols/resumable-upload) with its
// extensions creation and termination, for browsers here and, with a token, for programs below /api/v1.
//   POST   Upload-Length, Upload-Metadata: filename <base64>   -> 201, Location
//   HEAD   -> 200, Upload-Offset, Upload-Length
//   PATCH  Upload-Offset, Content-Type: application/offset+octet-stream, the bytes -> 204, Upload-Offset
//   DELETE -> 204
import { AppError, invalid, isAppError } from '../../base/errors.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { tamedAssetName } from './releases.input.ts';
import type { UploadRow } from './releases.types.ts';
import { beginUpload, cancelUpload, continueUpload, requireUpload, settleUpload } from './uploads.service.ts';

const VERSION = '1.0.0';
const TYPE = 'application/offset+octet-stream';

export async function postUpload(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  const row = await beginUpload(app, actor, open, {
    releaseId: releaseOf(c),
    name: nameOf(c.req.header('upload-metadata') ?? ''),
    sizeBytes: wholeNumber(c.req.header('upload-length'), 'Upload-Length'),
  });
  const at = c.req.path.startsWith('/api/')
    ? `/api/v1/repos${open.path}/uploads/${row.token}`
    : `${open.path}/releases/uploads/${row.token}`;
  return answer(row.receivedBytes, 201, { location: at });
}

export async function getUpload(c: WebContext, open: OpenRepository): Promise<Response> {
  await settleUpload(c.var.app, c.req.param('token') ?? '');
  const row = await uploadOf(c, open);
  return answer(row.receivedBytes, 200, { 'upload-length': String(row.sizeBytes) });
}

export async function patchUpload(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app, actor } = c.var;
  if ((c.req.header('content-type') ?? '') !== TYPE)
    throw invalid({ 'Content-Type': `Send the bytes as ${TYPE}.` });
  const offset = wholeNumber(c.req.header('upload-offset'), 'Upload-Offset');
  const token = c.req.param('token') ?? '';
  try {
    const chunks = (c.req.raw.body ?? []) as AsyncIterable<Uint8Array>;
    return answer(await continueUpload(app, actor, open, token, { offset, chunks: chunksOf(chunks) }), 204);
  } catch (error) {
    // Where the rest of the body is not read, the connection cannot be used again.
    c.header('Connection', 'close');
    if (isAppError(error, 'conflict')) await tellOffset(c, open);
    throw error;
  }
}

async function* chunksOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* source;
}

/** Whoever sent from a wrong place learns of the right one at once. */
async function tellOffset(c: WebContext, open: OpenRepository): Promise<void> {
  const { receivedBytes } = await uploadOf(c, open);
  c.header('Upload-Offset', String(receivedBytes));
  c.header('Tus-Resumable', VERSION);
}

export async function deleteUpload(c: WebContext, open: OpenRepository): Promise<Response> {
  await cancelUpload(c.var.app, c.var.actor, open, c.req.param('token') ?? '');
  return new Response(null, { status: 204, headers: { 'tus-resumable': VERSION } });
}

function uploadOf(c: WebContext, open: OpenRepository): Promise<UploadRow> {
  return requireUpload(c.var.app, c.var.actor, open, c.req.param('token') ?? '');
}

function answer(offset: number, status: number, more: Record<string, string> = {}): Response {
  const headers = {
    'tus-resumable': VERSION,
    'upload-offset': String(offset),
    'cache-control': 'no-store',
    ...more,
  };
  return new Response(null, { status, headers });
}

/** The release: in the path of the API, in the query on the web; without one it is still being written. */
function releaseOf(c: WebContext): number | undefined {
  const text = c.req.param('id') ?? c.req.query('release') ?? '';
  if (text === '') return undefined;
  return wholeNumber(text, 'release');
}

function wholeNumber(text: string | undefined, name: string): number {
  if (/^\d{1,15}$/.test(text ?? '')) return Number(text);
  throw invalid({ [name]: 'Give a whole number.' });
}

/** `filename <base64>`, among others, with commas between them. */
function nameOf(metadata: string): string {
  if (metadata.length > 4096) throw new AppError('too_large', 'Upload-Metadata has at most 4 KiB.');
  for (const pair of metadata.split(',')) {
    const [key, value = ''] = pair.trim().split(/ +/);
    if (key === 'filename' || key === 'name')
      return tamedAssetName(Buffer.from(value, 'base64').toString('utf8'));
  }
  throw invalid({ name: 'Name the file: Upload-Metadata: filename <base64>.' });
}
