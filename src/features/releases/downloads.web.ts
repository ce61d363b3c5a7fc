// Downloads of releases' files: by tag and name, whole or a range, and never as something a browser would run.
import { notFound } from '../../base/errors.ts';
import { attachmentOf } from '../../platform/web/attachments.ts';
import { holdsTag } from '../../platform/web/entity-tags.ts';
import type { WebContext } from '../../platform/web/web.types.ts';
import { parseRange } from '../code/byte-ranges.service.ts';
import { decodePath } from '../code/paths.service.ts';
import { bodyOf } from '../code/streams.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { countDownload, requireAssetByName } from './assets.service.ts';
import { downloadHref } from './releases.present.ts';
import { findLatestRelease, requireReleaseByTag } from './releases.service.ts';
import type { AssetRow } from './releases.types.ts';
import { restBehind } from './requests.web.ts';

const SANDBOX = "default-src 'none'; sandbox";

/** `/releases/download/<tag>/<name>`: tags may hold slashes, names none. */
export async function getDownload(c: WebContext, open: OpenRepository): Promise<Response> {
  const { app } = c.var;
  const rest = restBehind(c, 'download');
  const slash = rest.lastIndexOf('/');
  if (slash < 0) throw notFound('file');
  const tag = decodePath(rest.slice(0, slash)).toString('utf8');
  const release = await requireReleaseByTag(app, open, tag);
  const name = nameOf(rest.slice(slash + 1));
  return answerAsset(c, await requireAssetByName(app, release.row.id, name));
}

/** `/releases/latest/download/<name>` leads to the file of that name of the latest release. */
export async function getLatestDownload(c: WebContext, open: OpenRepository): Promise<Response> {
  const latest = await findLatestRelease(c.var.app, open);
  if (!latest) throw notFound('release');
  return c.redirect(downloadHref(open, latest.row.tagName, c.req.param('name') ?? ''), 302);
}

function nameOf(encoded: string): string {
  return decodePath(encoded).toString('utf8');
}

/** Answers with a file's bytes; understands If-None-Match, If-Range and one byte range. */
export function answerAsset(c: WebContext, asset: AssetRow): Response {
  const tag = `"${asset.sha256}"`;
  const headers = new Headers({
    etag: tag,
    'cache-control': 'private, no-cache',
    'content-type': 'application/octet-stream',
    'content-disposition': attachmentOf(asset.name),
    'content-security-policy': SANDBOX,
    'x-content-type-options': 'nosniff',
    'accept-ranges': 'bytes',
    'repr-digest': `sha-256=:${Buffer.from(asset.sha256, 'hex').toString('base64')}:`,
  });
  if (holdsTag(c, tag)) return new Response(null, { status: 304, headers });
  const range = parseRange(c.req.header('range'), asset.sizeBytes, c.req.header('if-range'), tag);
  if (range === 'unsatisfiable') {
    headers.set('content-range', `bytes */${asset.sizeBytes}`);
    return new Response(null, { status: 416, headers });
  }
  const { from, to } = range ?? { from: 0, to: asset.sizeBytes };
  headers.set('content-length', String(to - from));
  if (range) headers.set('content-range', `bytes ${from}-${to - 1}/${asset.sizeBytes}`);
  const status = range ? 206 : 200;
  if (c.req.method === 'HEAD') return new Response(null, { status, headers });
  if (from === 0) countDownload(c.var.app, asset.id);
  if (to === from) return new Response(null, { status, headers });
  const body = bodyOf(c.var, (signal) => bytesOf(c, asset, { start: from, end: to - 1 }, signal));
  return new Response(body, { status, headers });
}

async function* bytesOf(
  c: WebContext,
  { storageKey }: AssetRow,
  span: { start: number; end: number },
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of c.var.app.storage.read(storageKey, span)) {
    if (signal.aborted) return;
    yield chunk;
  }
}
