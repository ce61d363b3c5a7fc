// The last step before an answer leaves: its tag, so that what is known is not sent again, and its compression.
import { hash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { holdsTag } from '../../platform/web/entity-tags.ts';
import type { WebContext } from '../../platform/web/web.types.ts';

const COMPRESSED_FROM = 1024;
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };
const GZIP = { level: 6 };

const compress = { br: promisify(brotliCompress), gzip: promisify(gzip) };

type Encoding = 'br' | 'gzip';

/** Tags and compresses pages and JSON. Everything else (files, streams) leaves as its handler made it. */
export async function finishAnswer(c: WebContext): Promise<void> {
  const { headers, status } = c.res;
  if (!headers.has('cache-control')) headers.set('cache-control', 'private, no-cache');
  const text = await textOf(c);
  if (text === undefined) return;
  addVary(headers, 'Accept-Encoding');
  if (!c.req.path.startsWith('/api/')) addVary(headers, 'Cookie');
  if (status === 200 && mayBeTagged(c, headers)) {
    const tag = c.var.json?.tag ?? `W/"${hash('sha256', text, 'base64url').slice(0, 27)}"`;
    headers.set('etag', tag);
    if (holdsTag(c, tag)) return replace(c, null, 304, headers);
  }
  const encoding =
    text.length < COMPRESSED_FROM ? undefined : acceptedEncoding(c.req.header('accept-encoding'));
  if (encoding === undefined) return replace(c, text, status, headers);
  headers.set('content-encoding', encoding);
  headers.delete('content-length');
  const bytes = encoding === 'br' ? await compress.br(text, BROTLI) : await compress.gzip(text, GZIP);
  replace(c, new Uint8Array(bytes), status, headers);
}

/** The best encoding both sides know; brotli before gzip. */
export function acceptedEncoding(header: string | undefined): Encoding | undefined {
  const accepted = new Set<string>();
  for (const part of (header ?? '').toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map((word) => word.trim());
    if (!parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))) accepted.add(name);
  }
  if (accepted.has('br')) return 'br';
  return accepted.has('gzip') ? 'gzip' : undefined;
}

async function textOf(c: WebContext): Promise<string | undefined> {
  const { headers, status } = c.res;
  if (headers.has('content-encoding') || (status >= 300 && status < 400) || status === 204) return undefined;
  const type = headers.get('content-type') ?? '';
  if (type.startsWith('text/html')) return c.var.html;
  if (!type.startsWith('application/json')) return undefined;
  return (status === 200 ? c.var.json?.text : undefined) ?? (await c.res.text());
}

function mayBeTagged(c: WebContext, headers: Headers): boolean {
  const reading = c.req.method === 'GET' || c.req.method === 'HEAD';
  return reading && !headers.has('etag') && !headers.get('cache-control')?.includes('no-store');
}

function replace(
  c: WebContext,
  body: string | Uint8Array<ArrayBuffer> | null,
  status: number,
  headers: Headers,
): void {
  if (status === 304) for (const name of ['content-type', 'content-length']) headers.delete(name);
  // Emptied first: Hono would merge the headers of the answer before.
  c.res = undefined;
  c.res = new Response(body, { status, headers });
}

function addVary(headers: Headers, name: string): void {
  const known = headers.get('vary');
  if (!known?.toLowerCase().includes(name.toLowerCase()))
    headers.set('vary', known ? `${known}, ${name}` : name);
}
