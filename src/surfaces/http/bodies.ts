// Bodies of requests: how large they may be, and forms that ask for another method.
import { AppError } from '../../base/errors.ts';
import { formatBytes } from '../../platform/render/numbers.ts';
import { isTextForm, readForm } from '../../platform/web/forms.ts';
import type { WebApp, WebContext } from '../../platform/web/web.types.ts';

const OVERRIDES = new Set(['DELETE', 'PUT', 'PATCH']);

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

/** The method that the field `_method` of a posted form asks for, if any. */
export async function overriddenMethod(c: WebContext): Promise<string | undefined> {
  if (c.req.method !== 'POST' || !isTextForm(c)) return undefined;
  const method = (await readForm(c))._method?.toUpperCase();
  return method !== undefined && OVERRIDES.has(method) ? method : undefined;
}

/** Handles a form as if it had been sent by `method`; what was found out about the request stays. */
export async function resumeWithMethod(web: WebApp, c: WebContext, method: string): Promise<Response> {
  const { headers } = c.req.raw;
  const request = new Request(c.req.url, { method, headers, body: await c.req.text() });
  return web.fetch(request, { ...c.env, resumed: c });
}

/** Takes over what is known from the request under which a form came, and hands back what its answer needs. */
export async function resume(c: WebContext, from: WebContext, next: () => Promise<void>): Promise<void> {
  for (const [name, value] of Object.entries(from.var)) c.set(name as 'route', value as string);
  await next();
  from.set('route', c.var.route);
  if (c.var.html !== undefined) from.set('html', c.var.html);
}
