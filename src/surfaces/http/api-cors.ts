// Which web pages elsewhere may call the API from browsers. There are no cookies here, so a page learns nothing that the
// credentials it holds itself would not give it.
import { cors } from 'hono/cors';
import type { WebContext } from '../../platform/web/web.types.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const ACCEPTED = ['Authorization', 'Content-Type', 'If-None-Match', 'Sudo'];
const SHOWN = [
  'ETag',
  'Link',
  'Location',
  'Retry-After',
  'X-Request-Id',
  'X-Total-Count',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
];

const middleware = cors({
  origin: (origin, c) => {
    const { cors_origins: allowed } = (c as WebContext).var.app.config.api;
    if (allowed.includes('*')) return '*';
    return allowed.includes(origin) ? origin : undefined;
  },
  allowMethods: METHODS,
  allowHeaders: ACCEPTED,
  exposeHeaders: SHOWN,
  maxAge: 600,
});

/** Adds what browsers ask for, and answers their question beforehand where any origin is allowed at all. */
export async function answerCors(c: WebContext, next: () => Promise<void>): Promise<Response | undefined> {
  if (c.var.app.config.api.cors_origins.length === 0) {
    await next();
    return undefined;
  }
  return (await middleware(c, next)) ?? undefined;
}
