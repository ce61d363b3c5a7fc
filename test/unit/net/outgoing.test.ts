// Connections on behalf of people, against real servers on the loopback interface that play tricks.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openOutgoing } from '../../../src/platform/net/outgoing.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function serve(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
  host = '127.0.0.1',
) {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const signal = () => AbortSignal.timeout(10_000);
const closed = openOutgoing(() => []);
const open = openOutgoing(() => ['127.0.0.1']);

test.each([
  '127.0.0.1',
  'localhost',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '2130706433',
  '0x7f000001',
  '017700000001',
  '127.1',
])('nothing is sent to %s', async (host) => {
  let asked = 0;
  const port = await serve((_request, response) => {
    asked += 1;
    response.end('secret');
  });
  await expect(closed.fetch(`http://${host}:${port}/`, { signal: signal() })).rejects.toMatchObject({
    code: 'forbidden',
  });
  expect(asked).toBe(0);
});

test('a redirect into the own network is not followed, nor one to another scheme', async () => {
  for (const location of [
    'http://127.0.0.2:1/',
    'file:///etc/passwd',
    'http://[::1]/',
    'http://a:b@127.0.0.1/',
    '//10.0.0.1/',
  ]) {
    const port = await serve((_request, response) => response.writeHead(302, { location }).end());
    await expect(open.fetch(`http://127.0.0.1:${port}/`, { signal: signal() })).rejects.toMatchObject({
      code: 'forbidden',
    });
  }
});

test('credentials do not follow a redirect to another host or port', async () => {
  const seen: (string | undefined)[] = [];
  const other = await serve((request, response) => {
    seen.push(request.headers.authorization);
    response.end('there');
  });
  const port = await serve((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(302, { location: `http://127.0.0.1:${other}/x` }).end();
  });
  const answer = await open.fetch(`http://127.0.0.1:${port}/`, {
    secretHeaders: { authorization: 'Basic c2VjcmV0' },
    signal: signal(),
  });
  answer.body.resume();
  expect(answer).toMatchObject({ status: 200, url: `http://127.0.0.1:${other}/x` });
  expect(seen).toEqual(['Basic c2VjcmV0', undefined]);
});

test('redirects end, and names that nobody has are told of', async () => {
  const port = await serve((_request, response) => response.writeHead(302, { location: '/again' }).end());
  await expect(open.fetch(`http://127.0.0.1:${port}/`, { signal: signal() })).rejects.toThrow(
    'redirects too often',
  );
  await expect(open.fetch('http://no-such-host.invalid/', { signal: signal() })).rejects.toThrow('not found');
  await expect(open.fetch('http://127.0.0.1:1/', { signal: signal() })).rejects.toThrow(
    'refuses connections',
  );
});

test('a body is sent once and as it is, also through a redirect that asks for it again', async () => {
  const got: string[] = [];
  const port = await serve(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    got.push(`${request.method} ${request.url} ${Buffer.concat(chunks).toString()}`);
    if (request.url === '/a') response.writeHead(307, { location: '/b' }).end();
    else if (request.url === '/c') response.writeHead(303, { location: '/d' }).end();
    else response.end();
  });
  for (const path of ['/a', '/c'])
    (
      await open.fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: 'x', signal: signal() })
    ).body.resume();
  expect(got).toEqual(['POST /a x', 'POST /b x', 'POST /c x', 'GET /d ']);
});
