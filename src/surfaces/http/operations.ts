// What machines that watch the server ask: is it alive, is it ready, how is it doing.
import type { IncomingMessage } from 'node:http';
import { equalInConstantTime } from '../../base/crypto.ts';
import { notFound } from '../../base/errors.ts';
import { isLoopbackAddress, isLoopbackHost } from '../../base/loopback.ts';
import { SECOND } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp, WebContext } from '../../platform/web/web.types.ts';
import { isStopping } from './lifecycle-state.ts';

type Access = 'anyone' | 'metrics';

const ROUTES: Route<Access, void>[] = [
  {
    method: 'get',
    path: '/healthz',
    access: 'anyone',
    handler: (c) => c.json({ status: 'ok' }),
  },
  { method: 'get', path: '/readyz', access: 'anyone', handler: readiness },
  { method: 'get', path: '/metrics', access: 'metrics', handler: readings },
];

/** Adds /healthz (the process is alive), /readyz (it can serve: 200 or 503) and /metrics (Prometheus text). */
export function mountOperations(web: WebApp): void {
  mountRoutes(web, operationsGate, ROUTES);
}

async function operationsGate(c: WebContext, access: Access): Promise<void> {
  c.header('Cache-Control', 'no-store');
  if (access === 'metrics' && !mayReadMetrics(c)) throw notFound();
}

/** How long a check may take before it counts as failed. */
const PATIENCE = 3 * SECOND;
/** How long an answer serves everybody who asks, since one costs a process and a query. */
const FRESH = 1 * SECOND;

interface Checks {
  at: number;
  database: Promise<boolean>;
  git: Promise<boolean>;
}

const latest = new WeakMap<App, Checks>();

async function readiness(c: WebContext): Promise<Response> {
  const { app } = c.var;
  const { database, git } = checksOf(app);
  const checks = { database: await database, git: await git, accepting: !isStopping(app) };
  const ready = Object.values(checks).every(Boolean);
  return c.json({ status: ready ? 'ready' : 'unavailable', checks }, ready ? 200 : 503);
}

function checksOf(app: App): Checks {
  const known = latest.get(app);
  if (known && Date.now() - known.at < FRESH) return known;
  const checks: Checks = {
    at: Date.now(),
    database: passes(app.db.ping()),
    git: passes(app.git.run(['--version'], { timeout: PATIENCE })),
  };
  latest.set(app, checks);
  return checks;
}

async function passes(check: Promise<unknown>): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), PATIENCE);
  const passed = check.then(
    () => true,
    () => false,
  );
  return Promise.race([passed, late]).finally(() => clearTimeout(timer));
}

async function readings(c: WebContext): Promise<Response> {
  const { registry } = c.var.app.metrics;
  return c.body(await registry.metrics(), 200, { 'Content-Type': registry.contentType });
}

// With a token only the token counts; without one, only who sits on this very machine.
function mayReadMetrics(c: WebContext): boolean {
  const { token } = c.var.app.config.metrics;
  if (token === '') return isDirectFromHere(c.env.incoming);
  return equalInConstantTime(c.req.header('Authorization') ?? '', `Bearer ${token}`);
}

const PROXY_HEADERS = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
];

// The socket's address alone would let the world in through a proxy on this machine. A proxy adds headers, keeps the
// public name in Host, or, configured with nothing at all as nginx may be, speaks HTTP/1.0.
function isDirectFromHere(request: IncomingMessage): boolean {
  const { headers, httpVersion } = request;
  if (httpVersion === '1.0' || PROXY_HEADERS.some((name) => headers[name] !== undefined)) return false;
  const host = URL.parse(`http://${headers.host ?? ''}`)?.hostname ?? '';
  return isLoopbackAddress(request.socket.remoteAddress ?? '') && isLoopbackHost(host);
}
