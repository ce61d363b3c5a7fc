// Opens the web server's port or unix socket: HTTP or HTTPS, with limits against slow and many clients.
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { AppError } from '../../base/errors.ts';
import type { Config } from '../../platform/config/config.schema.ts';
import type { Log } from '../../platform/observability/log.ts';
import { type RequestTracker, trackRequests } from './lifecycle-drain.ts';
import { limitConnections, timeoutsOf } from './listen-limits.ts';
import { answerMalformed, refuseOdd } from './listen-refusals.ts';
import { readTlsPair } from './listen-tls.ts';
import { claimSocket, openSocketToGroup } from './listen-unix.ts';

/** Where something listens. */
export type Place = { host: string; port: number; flag: '--port' | '--ssh-port' } | { path: string };

export interface WebListener {
  readonly server: Server;
  readonly requests: RequestTracker;
  /** The port it got; undefined on a unix socket. */
  readonly port: number | undefined;
  /** Reads the certificate again; the one in use is kept, and AppError invalid thrown, when the new pair is bad. */
  reloadCertificate(): void;
}

/**
 * Listens as configured and hands each request to `handler`, also those that wait for `100 Continue`, which is the
 * handler's to send. Throws AppError with a remedy when it cannot.
 */
export async function listenWeb(config: Config, handler: RequestListener, log: Log): Promise<WebListener> {
  const { server: settings } = config;
  const server = createWebServer(config, log);
  const requests = trackRequests(server);
  limitConnections(server, settings, log);
  answerMalformed(server);
  const guarded = refuseOdd(server, handler);
  server.on('request', guarded);
  server.on('checkContinue', guarded);
  const socketPath = settings.unix_socket;
  if (socketPath !== '') await claimSocket(socketPath);
  await listen(
    server,
    socketPath === '' ? { host: settings.listen, port: settings.port, flag: '--port' } : { path: socketPath },
  );
  // Unheard, a connection that could not be accepted for want of memory would end the process.
  server.on('error', (err) => log.error({ err }, 'a connection could not be accepted'));
  if (socketPath !== '') openSocketToGroup(socketPath);
  return {
    server,
    requests,
    port: socketPath === '' ? (server.address() as AddressInfo).port : undefined,
    reloadCertificate() {
      if (settings.tls_cert === '') return;
      (server as TlsServer).setSecureContext(readTlsPair(settings, log));
    },
  };
}

function listen(server: Server, place: Place): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(describeListenFailure(error, place));
    server.once('error', fail);
    server.listen(place, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

function createWebServer(config: Config, log: Log): Server {
  const options = timeoutsOf(config);
  if (config.server.tls_cert === '') return createServer(options);
  const handshakeTimeout = config.server.slow_client_seconds * 1000;
  const pair = readTlsPair(config.server, log);
  return createTlsServer({ ...options, ...pair, handshakeTimeout });
}

/** By the code of the failure; PLACE becomes what else to choose. */
const REASONS: Record<string, string> = {
  EADDRINUSE: 'is taken by another program: stop that one or choose PLACE',
  EACCES: 'may not be opened by this user: choose a port above 1023 or grant CAP_NET_BIND_SERVICE',
  EADDRNOTAVAIL: 'is not an address of this machine: choose 127.0.0.1, 0.0.0.0 or one of its own',
  ENOTFOUND: 'is not an address of this machine: choose 127.0.0.1, 0.0.0.0 or one of its own',
  ENOENT: 'lies in a directory that does not exist: create it first',
  EROFS: 'lies on a read-only file system: choose another path',
};

/** A failure to listen, as an AppError with the remedy where the reason is a known one. */
export function describeListenFailure(error: unknown, place: Place): unknown {
  const reason = REASONS[(error as NodeJS.ErrnoException).code ?? ''];
  if (!reason) return error;
  const subject = 'path' in place ? `The socket ${place.path}` : `Port ${place.port} of ${place.host}`;
  const remedy = 'path' in place ? 'another path' : `another port with ${place.flag}`;
  return new AppError('unavailable', `${subject} ${reason.replace('PLACE', remedy)}.`, { cause: error });
}
