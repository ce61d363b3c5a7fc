// Who asks, from where, under which id; and the line in the log and the readings when it is answered.
import { randomUUID } from 'node:crypto';
import type { App } from '../../platform/app.types.ts';
import { type Addressed, clientOf, isTrusted } from '../../platform/web/client-address.ts';
import type { WebContext } from '../../platform/web/web.types.ts';

const REQUEST_ID = /^[\w.:-]{8,64}$/;
/** Routes machines call all day, and files: logged for those who look closely only. */
const QUIET = new Set(['/healthz', '/readyz', '/metrics', '/assets/:file']);

/** Sets what every later step knows about the request. */
export function identifyRequest(c: WebContext, app: App): void {
  const incoming = incomingOf(c);
  const client = clientOf(incoming, app.config.server);
  c.set('app', app);
  c.set('actor', { kind: 'anonymous', address: client.address });
  c.set('session', undefined);
  c.set('address', client.address);
  c.set('secure', client.secure);
  c.set('host', client.host === '' ? new URL(c.req.url).host : client.host);
  c.set('csrf', '');
  c.set('route', 'unmatched');
  c.set('requestId', requestIdOf(c, app, incoming));
}

/** Writes the access log line and the readings. Never a query string: it may hold a token. */
export function recordRequest(c: WebContext, milliseconds: number): void {
  const { app, route, actor, requestId, address } = c.var;
  const { method } = c.req;
  const path = loggedPath(c.req.path);
  const { status } = c.res;
  app.metrics.requests.observe({ route, method, status: String(status) }, milliseconds / 1000);
  const level = QUIET.has(route) ? 'debug' : 'info';
  if (!app.log.isLevelEnabled(level)) return;
  const user = actor.kind === 'user' ? actor.name : undefined;
  const ms = Math.round(milliseconds * 10) / 10;
  app.log[level]({ requestId, method, path, route, status, ms, user, address }, 'request');
}

/** Paths of links that hold a secret, whatever comes behind it and whether a route fits. */
const SECRET = /^(\/+(?:invitations|notifications\/+unsubscribe)\/+)[^/]+/i;

/** A path as the log may keep it: without the secret of an invitation's link or a mail's. */
export function loggedPath(path: string): string {
  return path.replace(SECRET, '$1…');
}

function incomingOf(c: WebContext): Addressed {
  const incoming = c.env?.incoming as Addressed | undefined;
  return { headers: incoming?.headers ?? {}, socket: incoming?.socket ?? {} };
}

/** A proxy's own request id is kept, so that its log and ours can be read together. */
function requestIdOf(c: WebContext, app: App, incoming: Addressed): string {
  const given = c.req.header('x-request-id');
  const peer = clientOf(incoming, { trusted_proxies: [] }).address;
  const believed = given !== undefined && isTrusted(peer, app.config.server.trusted_proxies);
  return believed && REQUEST_ID.test(given) ? given : randomUUID();
}
