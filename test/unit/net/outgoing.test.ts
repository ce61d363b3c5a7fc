// Connections on behalf of people, against real servers on the loopback interface that play tricks.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { KeptConnection } from '../../../src/platform/net/kept-connection.ts';
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

/** Every way we know to write an address inside, so that no check by its looks would find it. */
const INSIDE = [
  '127.0.0.1',
  'localhost',
  'LOCALHOST',
  '0.0.0.0',
  '0',
  '127.1',
  '127.0.1',
  '127.255.255.254',
  '2130706433',
  '017700000001',
  '0177.0.0.1',
  '0x7f000001',
  '0x7f.0.0.1',
  '0x7F.1',
  '%31%32%37.0.0.1',
  '１２７.０.０.１',
  '127。0。0。1',
  '①②⑦.⓪.⓪.①',
  '[::1]',
  '[::]',
  '[0:0:0:0:0:0:0:1]',
  '[0000:0000:0000:0000:0000:0000:0000:0001]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::127.0.0.1]',
  '[::ffff:0:127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b:1::127.0.0.1]',
  '[2002:7f00:1::]',
  '[2001:0:7f00:1::]',
  '[fe80::1]',
  '[fec0::1]',
  '[fc00::1]',
  '[fd00:ec2::254]',
  '[ff02::1]',
  '[5f00::1]',
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254',
  '2852039166',
  '0xA9FEA9FE',
  '[::ffff:169.254.169.254]',
  '100.64.0.1',
  '100.100.100.200',
  '192.0.0.192',
  '198.18.0.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
];

test.each(INSIDE)('nothing is sent to %s', async (host) => {
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

test.each([
  'http://[fe80::1%25lo]/',
  'http://[::1%25lo0]/',
  'http://127.0.0.1:80@[::1]/',
  'http://a:b@c.example/',
])('an address with a zone or with credentials, %s, is none', async (url) => {
  await expect(closed.fetch(url, { signal: signal() })).rejects.toMatchObject({ code: 'forbidden' });
});

test.each([
  'ftp://example.org/',
  'file:///etc/passwd',
  'gopher://127.0.0.1:70/_x',
  'data:text/plain,x',
  'javascript:1',
])('other schemes, %s, are none', async (url) => {
  await expect(open.fetch(url, { signal: signal() })).rejects.toMatchObject({ code: 'forbidden' });
});

test('a name is resolved once for a connection: it leads elsewhere afterwards to no avail (DNS rebinding)', async () => {
  const port = await serve((_request, response) => response.end('inside'));
  const answers = [['127.0.0.2'], ['127.0.0.1']];
  const asked: string[] = [];
  const judged: string[] = [];
  const rebinding = openOutgoing(
    () => {
      judged.push('now');
      return ['127.0.0.2'];
    },
    async (host) => {
      asked.push(host);
      return answers.shift() ?? [];
    },
  );
  await expect(rebinding.fetch(`http://rebind.example:${port}/`, { signal: signal() })).rejects.toMatchObject(
    { code: 'unavailable' },
  );
  expect(asked).toEqual(['rebind.example']);
  await expect(rebinding.fetch(`http://rebind.example:${port}/`, { signal: signal() })).rejects.toMatchObject(
    { code: 'forbidden' },
  );
  expect(judged).toHaveLength(2);
});

test('one address inside among several condemns a name', async () => {
  const mixed = openOutgoing(
    () => [],
    async () => ['93.184.216.34', '127.0.0.1'],
  );
  await expect(mixed.fetch('http://mixed.example/', { signal: signal() })).rejects.toMatchObject({
    code: 'forbidden',
  });
});

test('a kept connection is used again, made anew where it was closed, and judged when it is made', async () => {
  let connections = 0;
  const port = await serve((request, response) => {
    if (request.url === '/close') response.setHeader('connection', 'close');
    response.end('x');
  });
  const counted = openOutgoing(() => {
    connections += 1;
    return ['127.0.0.1'];
  });
  const connection = new KeptConnection();
  const ports = new Set<number | undefined>();
  for (const path of ['/a', '/b', '/close', '/c']) {
    const { body } = await counted.fetch(`http://127.0.0.1:${port}${path}`, {
      ...{ signal: signal(), method: 'POST', body: 'x', connection },
    });
    ports.add(body.socket.localPort);
    await text(body);
  }
  connection.close();
  expect(connections).toBe(4);
  expect(ports.size).toBe(2);
});

test('a kept connection that the other side closed meanwhile costs no request', async () => {
  let served = 0;
  const port = await serve((request, response) => {
    served += 1;
    response.end('x', () => request.socket.destroy());
  });
  const connection = new KeptConnection();
  for (let i = 0; i < 5; i++) {
    const { body } = await open.fetch(`http://127.0.0.1:${port}/`, {
      ...{ signal: signal(), method: 'POST', body: 'x', connection },
    });
    await text(body);
  }
  connection.close();
  expect(served).toBe(5);
});

test('a redirect is an answer where whoever asks wants it to be', async () => {
  const port = await serve((_request, response) => response.writeHead(302, { location: '/b' }).end());
  const answer = await open.fetch(`http://127.0.0.1:${port}/a`, { signal: signal(), keepsRedirects: true });
  answer.body.resume();
  expect(answer).toMatchObject({ status: 302, url: `http://127.0.0.1:${port}/a` });
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

test.each([undefined, new KeptConnection()])(
  'a server that switches protocols (101) ends the request, which would wait for ever otherwise',
  async (connection) => {
    const switching = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n';
    const server = createSocketServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', () => socket.write(switching));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(
      () => server.close(),
      () => connection?.close(),
    );
    const { port } = server.address() as AddressInfo;
    const asked = open.fetch(`http://127.0.0.1:${port}/`, {
      ...{ method: 'POST', body: 'x', signal: signal() },
      ...(connection ? { connection } : {}),
    });
    await expect(asked).rejects.toMatchObject({ code: 'unavailable' });
  },
);
