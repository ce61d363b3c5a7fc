// Git over SSH: listens, limits connections before any cryptography, and hands sessions of known people on.
import { type AddressInfo, createServer, type Server as NetServer, type Socket } from 'node:net';
import ssh2, { type Connection } from 'ssh2';
import { freeSpent, noteGarbage } from '../../base/spent-buffers.ts';
import { noteSshKeyUse } from '../../features/auth/ssh-keys.service.ts';
import { noteDeployKeyUse } from '../../features/repos/deploy-keys.service.ts';
import type { App } from '../../platform/app.types.ts';
import { openHostKeys } from './host-keys.ts';
import { ALGORITHMS } from './ssh-algorithms.ts';
import { authenticator, type SshIdentity } from './ssh-authentication.ts';
import { serveSession } from './ssh-session.ts';

export interface SshServer {
  /** The port it listens on. */
  readonly port: number;
  /** Takes nothing new, lets sessions finish for at most `graceMs`, then ends every connection. */
  close(graceMs: number): Promise<void>;
}

const HANDSHAKE = 30_000;
/** A connection that stays without a session, e.g. of a client that shares connections. */
const WITHOUT_SESSION = 10 * 60_000;
const KEEP_ALIVE = 30_000;
const KEEP_ALIVES_UNANSWERED = 4;
const MOST_CONNECTIONS = 2000;
const MOST_SESSIONS_PER_CONNECTION = 10;

/** Smaller packets may be needed again, e.g. for the signature of a handshake. */
const SMALLEST_OF_A_TRANSFER = 8192;

interface Book {
  app: App;
  connections: Set<Connected>;
  perAddress: Map<string, number>;
}

interface Connected {
  socket: Socket;
  address: string;
  sessions: number;
  stopping: boolean;
  /** Cuts whoever does not prove in time who they are. */
  handshake: NodeJS.Timeout;
}

/** Starts the SSH server of the configuration; host keys are made at the first start. */
export async function openSshServer(app: App): Promise<SshServer> {
  const book: Book = { app, connections: new Set(), perAddress: new Map() };
  const hostKeys = await openHostKeys(app.paths.keys);
  const protocol = new ssh2.Server({
    hostKeys,
    algorithms: ALGORITHMS,
    ident: 'OpenCodeHub',
    keepaliveInterval: KEEP_ALIVE,
    keepaliveCountMax: KEEP_ALIVES_UNANSWERED,
  });
  const waiting = new Map<string, Connected>();
  protocol.on('connection', (connection, info) => {
    const connected = waiting.get(`${info.ip} ${info.port}`);
    if (connected) welcome(book, connected, connection);
    else connection.end();
  });
  const listener = createServer({ noDelay: true }, (socket) => {
    const connected = admit(book, socket);
    if (!connected) return;
    const key = `${socket.remoteAddress} ${socket.remotePort}`;
    waiting.set(key, connected);
    socket.once('close', () => waiting.delete(key));
    protocol.injectSocket(socket);
  });
  listener.maxConnections = MOST_CONNECTIONS;
  await listen(listener, app.config.ssh);
  listener.on('error', (err) => app.log.error({ err }, 'an SSH connection could not be accepted'));
  return {
    port: (listener.address() as AddressInfo).port,
    close: (graceMs) => stop(listener, book, graceMs),
  };
}

function listen(listener: NetServer, ssh: { listen: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(ssh.port, ssh.listen, resolve);
  });
}

/** Counts a new connection, or cuts it when its address has too many. */
function admit(book: Book, socket: Socket): Connected | undefined {
  const address = socket.remoteAddress?.replace(/^::ffff:(?=\d+\.)/i, '');
  const count = (address === undefined ? 0 : book.perAddress.get(address)) ?? 0;
  if (address === undefined || count >= book.app.config.ssh.max_connections_per_address) {
    socket.destroy();
    return undefined;
  }
  const handshake = setTimeout(() => socket.destroy(), HANDSHAKE).unref();
  const connected: Connected = { socket, address, sessions: 0, stopping: false, handshake };
  book.perAddress.set(address, count + 1);
  book.connections.add(connected);
  // ls-remote takes six times as long without.
  socket.setNoDelay(true);
  freePackets(socket);
  socket.once('close', () => {
    clearTimeout(handshake);
    book.connections.delete(connected);
    const left = (book.perAddress.get(address) ?? 1) - 1;
    if (left > 0) book.perAddress.set(address, left);
    else book.perAddress.delete(address);
  });
  socket.on('error', () => {});
  return connected;
}

/** ssh2 makes two buffers for each packet of a transfer: the ciphered one is freed once it has left, the plain one is garbage. */
function freePackets(socket: Socket): void {
  const write: (bytes: Uint8Array, done?: () => void) => boolean = socket.write.bind(socket);
  socket.write = (bytes: unknown) => {
    const packet = bytes as Buffer;
    if (packet.length < SMALLEST_OF_A_TRANSFER) return write(packet);
    noteGarbage(packet.length);
    return write(packet, () => freeSpent(packet));
  };
}

function welcome(book: Book, connected: Connected, connection: Connection): void {
  const { app } = book;
  const { address } = connected;
  let identity: SshIdentity | undefined;
  connection.on('error', (error) => app.log.debug({ address, err: error }, 'an SSH connection failed'));
  connection.on(
    'authentication',
    authenticator(
      app,
      (proven) => {
        identity = proven;
      },
      () => connection.end(),
    ),
  );
  connection.on('ready', () => {
    clearTimeout(connected.handshake);
    if (!identity) return void connection.end();
    serveSessions(app, connected, connection, identity);
    noteUse(app, identity).catch((error: unknown) =>
      app.log.warn({ err: error }, 'the use of an SSH key could not be noted'),
    );
  });
}

function noteUse(app: App, { actor, keyId }: SshIdentity): Promise<void> {
  return actor.kind === 'deploy-key' ? noteDeployKeyUse(app, keyId) : noteSshKeyUse(app, keyId);
}

function serveSessions(app: App, connected: Connected, connection: Connection, identity: SshIdentity): void {
  const { socket, address } = connected;
  const idle = setTimeout(() => {
    if (connected.sessions === 0) connection.end();
  }, WITHOUT_SESSION).unref();
  socket.once('close', () => clearTimeout(idle));
  connection.on('session', (accept, reject) => {
    if (connected.stopping || connected.sessions >= MOST_SESSIONS_PER_CONNECTION) return void reject();
    connected.sessions += 1;
    serveSession({ app, socket, address, identity }, accept(), () => {
      connected.sessions -= 1;
      idle.refresh();
      if (connected.stopping && connected.sessions === 0) connection.end();
    });
  });
  // Forwarding of ports, sockets, agents and displays has no listener: ssh2 refuses it.
}

async function stop(listener: NetServer, book: Book, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
  for (const connected of book.connections) {
    connected.stopping = true;
    if (connected.sessions === 0) connected.socket.destroy();
  }
  const cut = setTimeout(() => {
    for (const { socket } of book.connections) socket.destroy();
  }, graceMs);
  await closed;
  clearTimeout(cut);
}
