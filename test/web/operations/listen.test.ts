// The web server's sockets: TLS pairs, unix sockets, taken ports, limits, and draining. Real sockets throughout.
import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Config, configSchema } from '../../../src/platform/config/config.schema.ts';
import { silentLog } from '../../../src/platform/observability/log.ts';
import { listenWeb, type WebListener } from '../../../src/surfaces/http/listen.ts';
import { limitSlowness } from '../../../src/surfaces/http/listen-limits.ts';
import { makeCertificate } from '../../support/certificates.ts';

let directory: string;
const listeners: WebListener[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'och-listen-'));
});

afterEach(async () => {
  await Promise.all(listeners.splice(0).map((listener) => listener.requests.drain(0)));
  rmSync(directory, { recursive: true, force: true });
});

const hello: RequestListener = (_request, response) => response.end('hello');

function configOf(server: Partial<Config['server']>): Config {
  return configSchema.parse({ server: { port: 0, ...server } });
}

async function listenOn(server: Partial<Config['server']>, handler = hello): Promise<WebListener> {
  const listener = await listenWeb(configOf(server), handler, silentLog());
  listeners.push(listener);
  return listener;
}

function fetchText(options: { port?: number; socketPath?: string }): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', path: '/', agent: false, ...options }, (response) => resolve(text(response))).on(
      'error',
      reject,
    );
  });
}

describe('TLS', () => {
  function peerName(port: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
        resolve(String(socket.getPeerCertificate().subject.CN));
        socket.destroy();
      });
      socket.on('error', reject);
    });
  }

  test('a new certificate is taken over without a restart, a bad one is not', async () => {
    const first = makeCertificate(directory, 'first');
    const second = makeCertificate(directory, 'second');
    const listener = await listenOn({ tls_cert: first.cert, tls_key: first.key });
    const port = listener.port ?? 0;
    expect(await peerName(port)).toBe('first');

    copyFileSync(second.cert, first.cert);
    expect(() => listener.reloadCertificate()).toThrow(/is not the key of/);
    expect(await peerName(port)).toBe('first');

    copyFileSync(second.key, first.key);
    listener.reloadCertificate();
    expect(await peerName(port)).toBe('second');
  });

  test('pairs that cannot work are refused at start, with the file named', async () => {
    const one = makeCertificate(directory, 'one');
    const other = makeCertificate(directory, 'other');
    const missing = join(directory, 'missing.pem');
    const garbage = join(directory, 'garbage.pem');
    writeFileSync(garbage, 'no PEM at all');
    await expect(listenOn({ tls_cert: one.cert, tls_key: other.key })).rejects.toThrow(
      `${other.key} is not the key`,
    );
    await expect(listenOn({ tls_cert: missing, tls_key: one.key })).rejects.toThrow(
      `${missing} (server.tls_cert)`,
    );
    await expect(listenOn({ tls_cert: garbage, tls_key: one.key })).rejects.toThrow(
      `${garbage} is not a PEM`,
    );
    await expect(listenOn({ tls_cert: one.cert, tls_key: garbage })).rejects.toThrow(
      `${garbage} is not an unencr`,
    );
  });

  test('TLS 1.1 is refused', async () => {
    const pair = makeCertificate(directory, 'old');
    const { port } = await listenOn({ tls_cert: pair.cert, tls_key: pair.key });
    const socket = connectTls({
      host: '127.0.0.1',
      port: port ?? 0,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    const outcome = await new Promise((resolve) => {
      socket.once('secureConnect', () => resolve('connected'));
      socket.once('error', () => resolve('refused'));
    });
    socket.destroy();
    expect(outcome).toBe('refused');
  });
});

describe('unix sockets', () => {
  test('serve the owner and the group, and are gone after the end', async () => {
    const path = join(directory, 'web.sock');
    const listener = await listenOn({ unix_socket: path });
    expect(statSync(path).mode & 0o777).toBe(0o660);
    expect(listener.port).toBeUndefined();
    expect(await fetchText({ socketPath: path })).toBe('hello');
    await listener.requests.drain(1000);
    expect(existsSync(path)).toBe(false);
  });

  test('a socket somebody answers stays, a dead one is replaced, a file is never touched', async () => {
    const path = join(directory, 'web.sock');
    const first = await listenOn({ unix_socket: path });
    await expect(listenOn({ unix_socket: path })).rejects.toThrow('Another program answers on');
    expect(await fetchText({ socketPath: path })).toBe('hello');
    await first.requests.drain(0);

    await leaveDeadSocket(path);
    expect(existsSync(path)).toBe(true);
    await listenOn({ unix_socket: path });
    expect(await fetchText({ socketPath: path })).toBe('hello');

    const file = join(directory, 'precious');
    writeFileSync(file, 'kept');
    await expect(listenOn({ unix_socket: file })).rejects.toThrow('is not a socket');
    expect(existsSync(file)).toBe(true);
  });

  // What kill -9 leaves behind: a name that nobody listens on.
  async function leaveDeadSocket(path: string): Promise<void> {
    const { spawnSync } = await import('node:child_process');
    const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', script]);
  }
});

test('a taken port is told with what to do', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  await expect(listenOn({ port })).rejects.toMatchObject({
    code: 'unavailable',
    message: `Port ${port} of 127.0.0.1 is taken by another program: stop that one or choose another port with --port.`,
  });
  await expect(listenOn({ listen: '192.0.2.1' })).rejects.toThrow('is not an address of this machine');
  other.close();
});

describe('limits', () => {
  test('connections beyond those one address may hold are closed, others go on', async () => {
    const { port } = await listenOn({ max_connections_per_address: 2 });
    const held = await Promise.all([opened(port), opened(port)]);
    const third = connect(port ?? 0, '127.0.0.1');
    await closed(third);
    held[0]?.destroy();
    await closed(held[0]);
    expect(await untilAnswered(port ?? 0)).toBe('hello');
    held[1]?.destroy();
  });

  test('addresses of trusted proxies are not counted', async () => {
    const { port } = await listenOn({ max_connections_per_address: 1, trusted_proxies: ['127.0.0.0/8'] });
    const held = await Promise.all([opened(port), opened(port)]);
    expect(await fetchText({ port: port ?? 0 })).toBe('hello');
    for (const socket of held) socket.destroy();
  });

  test('headers that never end, and too large ones, are refused', async () => {
    const { port } = await listenOn({ slow_client_seconds: 1 });
    const slow = connect(port ?? 0, '127.0.0.1');
    slow.write('GET / HTTP/1.1\r\nHost: x\r\n');
    expect(await text(slow)).toContain('408 Request Timeout');
    const large = connect(port ?? 0, '127.0.0.1');
    large.on('error', () => undefined);
    large.write(`GET / HTTP/1.1\r\nHost: x\r\nX-Large: ${'a'.repeat(40_000)}\r\n\r\n`);
    expect(await firstLine(large)).toContain('431');
  });

  test('what is no proper HTTP is refused with the headers of every answer', async () => {
    const pair = makeCertificate(directory, 'refusing');
    const plain = await listenOn({});
    const secure = await listenOn({ tls_cert: pair.cert, tls_key: pair.key });
    const odd = [
      ['nonsense\r\n\r\n', 400],
      ['GET / HTTP/1.1\r\n\r\n', 400],
      ['GET / HTTP/1.1\r\nHost: x\r\nExpect: wonders\r\n\r\n', 417],
    ] as const;
    for (const [request, status] of odd) {
      const socket = connect(plain.port ?? 0, '127.0.0.1');
      const answer = await answerTo(socket, request);
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(answer).toContain("content-security-policy: default-src 'none'");
      expect(answer).not.toContain('strict-transport-security');
      const tls = connectTls({ host: '127.0.0.1', port: secure.port, rejectUnauthorized: false });
      const answered = await answerTo(tls, request);
      expect(answered).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(answered).toContain('strict-transport-security: max-age=63072000');
    }
    const old = connect(plain.port ?? 0, '127.0.0.1');
    expect(await answerTo(old, 'GET / HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 .*hello$/s);
  });

  function answerTo(socket: Socket, request: string): Promise<string> {
    socket.on('error', () => undefined);
    socket.write(request);
    return text(socket);
  }

  test('a body that never ends does not hold the request for ever', async () => {
    const config = configOf({ slow_client_seconds: 1 });
    const { port } = await listenOn({ slow_client_seconds: 1 }, (request, response) => {
      limitSlowness(request, config.server);
      request.resume().on('end', () => response.end('done'));
    });
    const socket = connect(port ?? 0, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc');
    await closed(socket);
  });

  async function untilAnswered(port: number): Promise<string> {
    for (;;) {
      const answer = await fetchText({ port }).catch(() => undefined);
      if (answer !== undefined) return answer;
    }
  }
});

describe('draining', () => {
  test('a running answer is finished, new connections are refused, and the end comes with it', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<ServerResponse>();
    const listener = await listenOn({}, (_request, response) => begin(response));
    const answer = fetchText({ port: listener.port ?? 0 });
    const response = await begun;
    const drained = listener.requests.drain(60_000);
    expect(listener.requests.isDraining()).toBe(true);
    await expect(fetchText({ port: listener.port ?? 0 })).rejects.toThrow('ECONNREFUSED');
    response.end('finished');
    expect(await answer).toBe('finished');
    expect(response.getHeader('connection') ?? 'close').toBe('close');
    expect(await drained).toBe(0);
  });

  test('silent connections are closed, and what lasts too long is cut', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<IncomingMessage>();
    const listener = await listenOn({}, (request) => begin(request));
    const idle = await opened(listener.port);
    const endless = fetchText({ port: listener.port ?? 0 }).catch((error: Error) => error);
    await begun;
    const drained = listener.requests.drain(300);
    await closed(idle);
    expect(await drained).toBe(1);
    expect(await endless).toBeInstanceOf(Error);
  });
});

function opened(port: number | undefined): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port ?? 0, '127.0.0.1', () => resolve(socket)).on('error', reject);
  });
}

function closed(socket: Socket | undefined): Promise<void> {
  if (!socket || socket.closed) return Promise.resolve();
  socket.resume().on('error', () => undefined);
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

function firstLine(socket: Socket): Promise<string> {
  return new Promise((resolve) =>
    socket.once('data', (data) => resolve(String(data).split('\r\n')[0] ?? '')),
  );
}
