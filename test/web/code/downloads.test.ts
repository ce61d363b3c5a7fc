// Long downloads over real sockets: how many one visitor may hold open, and when a place is free again.
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { getRequestListener } from '@hono/node-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { runGit } from './import-commits.ts';
import { HEAD, makeRepository } from './repositories.ts';

const PLACES = 3;
const LARGE = Buffer.alloc(40 * 1024 * 1024, 'not to be held in any buffer of a socket\n');

let t: TestApp;
let open: OpenRepository;
let server: Server;
let commit: string;

beforeAll(async () => {
  t = await testApp({ git: { concurrent_per_user: PLACES }, server: { trusted_proxies: ['127.0.0.1'] } });
  const files = [
    { path: 'large.txt', data: LARGE },
    { path: 'small.txt', data: 'small' },
  ];
  open = await makeRepository(t, 'ada', 'heavy', [{ ref: HEAD, files }]);
  commit = runGit(open.dir, 'rev-parse', 'refs/heads/main');
  server = createServer(getRequestListener(t.web.fetch));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
}, 60_000);
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await t.close();
});

/** Begins a download and reads nothing of it. */
function begin(
  path: string,
  address: string,
  headers: Record<string, string> = {},
): Promise<IncomingMessage> {
  const { port } = server.address() as AddressInfo;
  const options = {
    ...{ host: '127.0.0.1', port, path: `/ada/heavy/${path}`, agent: false },
    headers: { 'x-forwarded-for': address, ...headers },
  };
  return new Promise((resolve, reject) => get(options, resolve).on('error', reject));
}

async function statusOf(path: string, address: string, headers?: Record<string, string>): Promise<number> {
  const answer = await begin(path, address, headers);
  answer.destroy();
  return answer.statusCode ?? 0;
}

const KINDS = () => [
  'raw/main/large.txt',
  `commit/${commit}.diff`,
  `commit/${commit}.patch`,
  'archive/main.tar.gz',
];

test('downloads that stand still take the visitor’s places, and nobody else’s', async () => {
  const stalled = await Promise.all(
    KINDS()
      .slice(0, PLACES)
      .map((path) => begin(path, '192.0.2.1')),
  );
  expect(stalled.map((answer) => answer.statusCode)).toEqual([200, 200, 200]);
  for (const path of KINDS()) {
    const refused = await begin(path, '192.0.2.1');
    expect([path, refused.statusCode, refused.headers['retry-after']]).toEqual([path, 429, '5']);
    refused.destroy();
  }
  expect(await statusOf('raw/main/small.txt', '192.0.2.1')).toBe(200);
  expect(await statusOf('raw/main/large.txt', '192.0.2.2')).toBe(200);
  const authorization = `token ${await t.token('ada')}`;
  const api = await fetch(
    `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/repos/ada/heavy/raw/large.txt`,
    { headers: { authorization, 'x-forwarded-for': '192.0.2.1' } },
  );
  expect(api.status).toBe(200);
  await api.body?.cancel();
  for (const answer of stalled) answer.destroy();
  await expect.poll(() => statusOf('raw/main/large.txt', '192.0.2.1'), { timeout: 20_000 }).toBe(200);
}, 60_000);

test('one IPv6 line counts as one visitor', async () => {
  const stalled = await Promise.all(
    ['2001:db8::1', '2001:db8::2', '2001:db8::3'].map((address) => begin('raw/main/large.txt', address)),
  );
  expect(await statusOf('raw/main/large.txt', '2001:db8::4')).toBe(429);
  expect(await statusOf('raw/main/large.txt', '2001:db8:0:1::1')).toBe(200);
  for (const answer of stalled) answer.destroy();
  await expect.poll(() => statusOf('raw/main/large.txt', '2001:db8::4'), { timeout: 20_000 }).toBe(200);
}, 60_000);

test('a download read to its end, a part and a look give their place back', async () => {
  for (let round = 0; round <= PLACES; round++) {
    const whole = await begin('raw/main/large.txt', '192.0.2.3');
    expect((await buffer(whole)).length).toBe(LARGE.length);
    const part = await begin('raw/main/large.txt', '192.0.2.3', { range: 'bytes=5-9' });
    expect([part.statusCode, (await buffer(part)).length]).toEqual([206, 5]);
    const tag = whole.headers.etag ?? '';
    expect(await statusOf('raw/main/large.txt', '192.0.2.3', { 'if-none-match': tag })).toBe(304);
  }
}, 60_000);

test('a download that breaks off gives its place back', async () => {
  const { spawn } = t.app.git;
  const broken: typeof spawn = (args, options) =>
    spawn(args[0] === 'diff-tree' ? ['diff-tree', '--no-such-option'] : args, options);
  Object.assign(t.app.git, { spawn: broken });
  for (let round = 0; round <= PLACES; round++) {
    const path = `/ada/heavy/commit/${commit}.diff`;
    const answer = await t.anonymous.get(path);
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow('could not be completed');
  }
  Object.assign(t.app.git, { spawn });
});
