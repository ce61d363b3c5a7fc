// Bodies of requests: how large they may be.
import { AppError } from '../../base/errors.ts';
import { formatBytes } from '../../platform/render/numbers.ts';
import type { WebContext } from '../../platform/web/web.types.ts';

/** Throws AppError too_large before a body beyond the limit is kept in memory, whether it tells its length or not. */
export async function limitBody(c: WebContext, limit: number): Promise<void> {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return;
  const length = c.req.header('content-length');
  if (c.req.header('transfer-encoding') === undefined) {
    if (Number(length ?? 0) > limit) throw tooLarge(limit);
  } else {
    const bytes = await readWithin(c, limit);
    c.req.raw = new Request(c.req.url, {
      method: c.req.method,
      headers: c.req.raw.headers,
      body: bytes.length > 0 ? bytes : null,
    });
  }
}

async function readWithin(c: WebContext, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    size += chunk.length;
    if (size > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(limit: number): AppError {
  return new AppError('too_large', `More than ${formatBytes(limit)} were sent, which is the limit here.`);
}
