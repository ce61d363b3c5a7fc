// What keeps slow clients and too many of them from taking the web server down.
import type { IncomingMessage, Server, ServerOptions } from 'node:http';
import type { Socket } from 'node:net';
import { SECOND } from '../../base/time.ts';
import type { Config } from '../../platform/config/config.schema.ts';
import type { Log } from '../../platform/observability/log.ts';
import { isTrusted } from '../../platform/web/client-address.ts';

/** Longer than the idle time of common proxies (60 s), so that they never write into a connection just closed. */
const KEEP_ALIVE = 75 * SECOND;
/** Pages and API calls without a byte moved either way. */
const PAGE_IDLE = 60 * SECOND;
/** Bytes per second below which a form is not worth waiting for. */
const SLOWEST_BODY = 16 * 1024;
const WARN_EVERY = 10 * SECOND;
const MAX_HEADER_BYTES = 32 * 1024;
/** The timers of requests whose bodies are awaited. */
const patient = new WeakMap<object, NodeJS.Timeout>();

/**
 * Options of the HTTP server. Requests have no total time, since pushes take as long as they take: headers and pages
 * have their own limits, transfers an idle one.
 */
export function timeoutsOf(config: Config): ServerOptions {
  const headersTimeout = config.server.slow_client_seconds * SECOND;
  return {
    headersTimeout,
    requestTimeout: 0,
    // Refused by listen-refusals.ts, with the headers that all answers have.
    requireHostHeader: false,
    keepAliveTimeout: KEEP_ALIVE,
    connectionsCheckingInterval: Math.min(headersTimeout, 5 * SECOND),
    maxHeaderSize: MAX_HEADER_BYTES,
    noDelay: true,
  };
}

/** Refuses connections beyond the configured numbers; addresses of trusted proxies count only towards the total. */
export function limitConnections(server: Server, settings: Config['server'], log: Log): void {
  const open = new Map<string, number>();
  server.maxConnections = settings.max_connections;
  server.maxHeadersCount = 200;
  let warned = 0;
  server.on('drop', () => {
    // A flood of connections must not become a flood of lines.
    if (Date.now() - warned < WARN_EVERY) return;
    warned = Date.now();
    log.warn({ limit: settings.max_connections }, 'connections are refused: too many are open');
  });
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress;
    if (address === undefined || isTrusted(address, settings.trusted_proxies)) return;
    const count = (open.get(address) ?? 0) + 1;
    open.set(address, count);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left === 0) open.delete(address);
      else open.set(address, left);
    });
    if (count > settings.max_connections_per_address) socket.destroy();
  });
}

/** Ends a page or API request whose body comes too slowly or whose connection stands still. Not for git transfers. */
export function limitSlowness(request: IncomingMessage, settings: Config['server']): void {
  request.socket.setTimeout(PAGE_IDLE);
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced === 0 && request.headers['transfer-encoding'] === undefined) return;
  const bytes = Math.min(announced || settings.max_body_bytes, settings.max_body_bytes);
  const patience = settings.slow_client_seconds * SECOND + (bytes / SLOWEST_BODY) * SECOND;
  const timer = setTimeout(() => request.socket.destroy(), patience);
  patient.set(request, timer);
  request.once('close', () => clearTimeout(timer));
}

/** Lets the body of a request come for as long as it moves at all: uploads of any size by people who signed in. */
export function giveTime(request: object | undefined): void {
  if (request) clearTimeout(patient.get(request));
}
