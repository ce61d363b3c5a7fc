// Servers that webhooks lead to and that answer as no server should: each costs a bounded time and memory, is told of in the
// log, and holds up nobody else.
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SYSTEM } from '../../../src/base/actor.ts';
import { deliveriesOf, deliveryOf } from '../../../src/features/webhooks/deliveries.service.ts';
import type { Hook } from '../../../src/features/webhooks/hooks.types.ts';
import { type HookSite, hookSite } from './hook-site.ts';

let site: HookSite;
let server: Server;
const sockets = new Set<Socket>();
beforeEach(async () => {
  site = await hookSite({ webhooks: { timeout_seconds: 1 } });
});
afterEach(async () => {
  await site.close();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

/** A server that does as `behave` with every connection, whatever comes over it. */
async function serve(behave: (socket: Socket) => void): Promise<string> {
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    // Who reads nothing hears of no end.
    socket.resume();
    socket.once('close', () => sockets.delete(socket));
    behave(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Answers each request, however it was cut into packets, once with some bytes. */
const answering =
  (...parts: (string | Buffer)[]) =>
  (socket: Socket) =>
    void socket.on('data', () => {
      for (const part of parts) socket.write(part);
    });

/** Sends a part again and again, as fast as it is taken. */
const flooding =
  (start: string, part: string | Buffer, pause = 0) =>
  (socket: Socket) => {
    socket.once('data', async () => {
      socket.write(start);
      while (!socket.destroyed) {
        if (!socket.write(part))
          await Promise.race([new Promise((go) => socket.once('drain', go)), closed(socket)]);
        else await sleep(pause);
      }
    });
  };

const closed = (socket: Socket) => new Promise((go) => socket.once('close', go));

async function lastOf(hook: Hook) {
  const [delivery] = (await deliveriesOf(site.app, hook)).deliveries;
  return deliveryOf(site.app, SYSTEM, hook, delivery?.id ?? 0);
}

const OK = 'HTTP/1.1 200 OK\r\n';

test.each<[string, (socket: Socket) => void, 'waiting' | 'delivered' | 'refused']>([
  ['never answers', () => {}, 'waiting'],
  ['closes at once', (socket) => socket.destroy(), 'waiting'],
  ['closes once it was asked', (socket) => socket.once('data', () => socket.end()), 'waiting'],
  ['speaks no HTTP', answering('SSH-2.0-OpenSSH_10.0\r\n'), 'waiting'],
  ['answers with NUL', answering(Buffer.alloc(4096)), 'waiting'],
  ['sends headers without an end', flooding(OK, `X-More: ${'x'.repeat(900)}\r\n`), 'waiting'],
  ['sends one header without an end', flooding(`${OK}X-More: `, 'x'.repeat(65_536)), 'waiting'],
  ['sends its headers byte by byte', flooding('', 'H', 50), 'waiting'],
  ['says 100 again and again', flooding('', 'HTTP/1.1 100 Continue\r\n\r\n'), 'waiting'],
  ['says 103 again and again', flooding('', 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n', 5), 'waiting'],
  [
    'switches protocols',
    answering('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
    'waiting',
  ],
  ['says 101 alone', answering('HTTP/1.1 101 Switching Protocols\r\n\r\n'), 'waiting'],
  ['says two lengths', answering(`${OK}Content-Length: 1\r\nContent-Length: 5\r\n\r\nabcde`), 'waiting'],
  [
    'answers with a status that is none',
    answering('HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n'),
    'waiting',
  ],
  ['answers with the status 0', answering('HTTP/1.1 000 What\r\nContent-Length: 0\r\n\r\n'), 'waiting'],
  ['breaks its chunks', answering(`${OK}Transfer-Encoding: chunked\r\n\r\nzz\r\nabc`), 'delivered'],
  ['promises more than it sends', answering(`${OK}Content-Length: 1000000000000\r\n\r\nabc`), 'delivered'],
  ['sends its body byte by byte', flooding(`${OK}Content-Length: 1000000\r\n\r\n`, 'x', 20), 'delivered'],
  ['sends a body without an end', flooding(`${OK}\r\n`, Buffer.alloc(1 << 20, 120)), 'delivered'],
  [
    'sends chunks without an end',
    flooding(`${OK}Transfer-Encoding: chunked\r\n\r\n`, `1000\r\n${'x'.repeat(4096)}\r\n`),
    'delivered',
  ],
  [
    'redirects to itself',
    answering('HTTP/1.1 302 Found\r\nLocation: /in\r\nContent-Length: 0\r\n\r\n'),
    'refused',
  ],
])('a server that %s is given up in time and told of', async (_, behave, state) => {
  const hook = await site.hook({ url: `http://${await serve(behave)}/in` });
  const well = await site.hook();
  await site.change('one');
  await site.settle();
  const kept = await lastOf(hook);
  expect(kept.state, kept.error ?? '').toBe(state);
  expect(kept.message?.responseBody?.length ?? 0).toBeLessThanOrEqual(64 * 1024);
  if (state !== 'delivered') expect(kept.error).toBeTruthy();
  expect(await lastOf(well)).toMatchObject({ state: 'delivered' });
  while (sockets.size > 0) await sleep(20);
});

test('what is packed is kept as it came: nothing is unpacked', async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000));
  const head = `${OK}Content-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`;
  const hook = await site.hook({ url: `http://${await serve(answering(head, bomb))}/in` });
  await site.change('one');
  await site.settle();
  const kept = await lastOf(hook);
  expect(kept.state).toBe('delivered');
  expect(kept.message?.responseBody?.length).toBeLessThanOrEqual(64 * 1024);
});

test('a server that takes a connection and begins no TLS is given up in time', async () => {
  const hook = await site.hook({ url: `https://${await serve(() => {})}/in`, verifiesTls: false });
  await site.change('one');
  await site.settle();
  expect(await lastOf(hook)).toMatchObject({ state: 'waiting', attempts: 1 });
  while (sockets.size > 0) await sleep(20);
});

test('thousands of headers are kept up to a bound', async () => {
  const headers = Array.from({ length: 1500 }, (_, at) => `X-${at}: 1`).join('\r\n');
  const hook = await site.hook({
    url: `http://${await serve(answering(`${OK}${headers}\r\nContent-Length: 0\r\n\r\n`))}/in`,
  });
  await site.change('one');
  await site.settle();
  const { message, state } = await lastOf(hook);
  expect(state).toBe('delivered');
  expect(Object.keys(message?.responseHeaders ?? {}).length).toBeLessThanOrEqual(60);
});
