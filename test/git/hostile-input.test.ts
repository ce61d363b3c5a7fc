// What attackers send to git's endpoints: broken pkt-lines and packs, path tricks, bombs, forged hook lines. Each gets a
// clear error; nothing lands, nothing is lost, and no process stays.
import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { deflateSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { RepoDir } from '../../src/platform/git/git.types.ts';
import {
  eventually,
  gitOk,
  PASSWORD,
  processesOn,
  type TransportServer,
  transportServer,
  workTree,
} from './support/transport-server.ts';

let server: TransportServer;
let repository: { dir: RepoDir; path: string };
let tip: string;
const ZERO = '0'.repeat(40);

beforeAll(async () => {
  server = await transportServer();
  repository = await server.repository('ada', 'target');
  const tree = await workTree(server.work);
  await gitOk(tree, ['push', '-q', server.urlAs('ada', repository.path), 'main']);
  tip = await gitOk(tree, ['rev-parse', 'main']);
});
afterAll(() => server.close());

afterEach(async () => {
  await eventually(async () => (await processesOn(repository.dir)).length === 0, 'every process ends');
  expect(server.app.git.activity.pushesUnderWay(repository.dir)).toBe(0);
  const refs = await server.app.git.refs(repository.dir, 'refs/');
  expect(refs).toEqual([expect.objectContaining({ name: 'refs/heads/main', oid: tip })]);
  await gitOk(repository.dir, ['fsck', '--strict']);
});

const line = (text: string) => (Buffer.byteLength(text) + 4).toString(16).padStart(4, '0') + text;
const AUTHORIZATION = `Basic ${Buffer.from(`ada:${PASSWORD}`).toString('base64')}`;

async function post(service: string, body: string | Buffer, headers: Record<string, string> = {}) {
  const answer = await fetch(`${server.url}${repository.path}/git-${service}`, {
    method: 'POST',
    body: new Uint8Array(Buffer.from(body)),
    headers: {
      'content-type': `application/x-git-${service}-request`,
      authorization: AUTHORIZATION,
      ...headers,
    },
  });
  return { status: answer.status, text: await answer.text() };
}

function pack(objects: Buffer[]): Buffer {
  const header = Buffer.alloc(12);
  header.write('PACK');
  header.writeUInt32BE(2, 4);
  header.writeUInt32BE(objects.length, 8);
  const body = Buffer.concat([header, ...objects]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}

/** A pack entry: type and size in the variable-length form of gitformat-pack(5), then deflated data. */
function entry(type: number, size: number, data: Buffer): Buffer {
  const bytes: number[] = [];
  let rest = Math.floor(size / 16);
  let byte = (type << 4) | (size % 16);
  while (rest > 0) {
    bytes.push(byte | 0x80);
    byte = rest % 128;
    rest = Math.floor(rest / 128);
  }
  return Buffer.concat([Buffer.from([...bytes, byte]), data]);
}

const blob = (content: Buffer) => entry(3, content.length, deflateSync(content));
const blobId = (content: Buffer) =>
  createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');

function push(
  ref: string,
  newOid: string,
  body: Buffer,
  oldOid = ZERO,
): Promise<{ status: number; text: string }> {
  const command = line(`${oldOid} ${newOid} ${ref}\0 report-status side-band-64k agent=test`);
  return post('receive-pack', Buffer.concat([Buffer.from(`${command}0000`), body]));
}

test.each([
  ['not a length', 'zzzz'],
  ['a length that lies', 'ffff0000'],
  ['a line cut short', '0032want '],
  ['lengths below four', '000100020003'],
  ['an unknown command', '0010command=evil0000'],
  ['nothing at all', ''],
])('bad pkt-lines for upload-pack: %s', async (_what, body) => {
  const v0 = await post('upload-pack', body);
  const v2 = await post('upload-pack', body, { 'git-protocol': 'version=2' });
  for (const answer of [v0, v2]) {
    expect([200, 400]).toContain(answer.status);
    expect(answer.text).not.toContain(server.work);
    expect(answer.text).not.toContain('PACK');
  }
});

test.each([
  ['not a length', 'zzzz'],
  ['no flush', line(`${ZERO} ${'1'.repeat(40)} refs/heads/x\0report-status`)],
  ['no command', '0000'],
  ['a short id', `${line(`0 1 refs/heads/x\0report-status`)}0000`],
])('bad pkt-lines for receive-pack: %s', async (_what, body) => {
  const answer = await post('receive-pack', body);
  expect([200, 400]).toContain(answer.status);
  expect(answer.text).not.toContain(server.work);
});

test('a truncated pack, a pack with a wrong checksum, and a pack of nothing', async () => {
  const content = Buffer.from('hello\n');
  const whole = pack([blob(content)]);
  const wrong = Buffer.from(whole);
  wrong[wrong.length - 1] = (wrong[wrong.length - 1] ?? 0) ^ 1;
  for (const broken of [whole.subarray(0, 20), wrong, Buffer.from('PACK'), Buffer.alloc(0)]) {
    const answer = await push('refs/tags/broken', blobId(content), broken);
    expect(answer.text).toMatch(/unpack (?!ok)|error|fatal|missing/);
  }
});

test('a pack without the objects its commit needs', async () => {
  const commit = Buffer.from(
    `tree ${'1'.repeat(40)}\nauthor A <a@b> 1700000000 +0000\ncommitter A <a@b> 1700000000 +0000\n\nx\n`,
  );
  const id = createHash('sha1').update(`commit ${commit.length}\0`).update(commit).digest('hex');
  const answer = await push('refs/heads/hollow', id, pack([entry(1, commit.length, deflateSync(commit))]));
  expect(answer.text).toMatch(/ng refs\/heads\/hollow missing necessary objects|unpack (?!ok)/);
});

test('objects that fsck refuses: a tree with .git in it', async () => {
  const content = Buffer.from('x');
  const tree = Buffer.concat([Buffer.from('100644 .git\0'), Buffer.from(blobId(content), 'hex')]);
  const id = createHash('sha1').update(`tree ${tree.length}\0`).update(tree).digest('hex');
  const answer = await push(
    'refs/tags/evil',
    id,
    pack([blob(content), entry(2, tree.length, deflateSync(tree))]),
  );
  expect(answer.text).toContain('hasDotgit');
});

test('an object that says it is larger than memory', async () => {
  const tiny = deflateSync(Buffer.alloc(1024));
  const answer = await push('refs/tags/bomb', '1'.repeat(40), pack([entry(1, 2 ** 45, tiny)]));
  expect(answer.text).toMatch(/out of memory|too large|exceeds|inflate|unpack (?!ok)/i);
});

test('a tree of 256 megabytes in 256 kilobytes', async () => {
  const size = 256 * 1024 * 1024;
  const answer = await push(
    'refs/tags/zeros',
    '1'.repeat(40),
    pack([entry(2, size, deflateSync(Buffer.alloc(size)))]),
  );
  expect(answer.text).toMatch(/unpack (?!ok)|ng refs\/tags\/zeros/);
});

test('a delta that grows beyond all bounds', async () => {
  const base = Buffer.alloc(65_536, 'a');
  // Copies the whole base 60,000 times: 4 GB out of 240 KB.
  const result = 65_536 * 60_000;
  const size = (value: number) => {
    const bytes: number[] = [];
    for (let rest = value; ; rest = Math.floor(rest / 128)) {
      if (rest < 128) return Buffer.from([...bytes, rest]);
      bytes.push((rest % 128) | 0x80);
    }
  };
  // Opcode 0x80 with no operands: offset 0, size 0x10000.
  const delta = Buffer.concat([size(base.length), size(result), Buffer.alloc(60_000, 0x80)]);
  const refDelta = Buffer.concat([Buffer.from(blobId(base), 'hex'), deflateSync(delta)]);
  const answer = await push(
    'refs/tags/delta',
    '1'.repeat(40),
    pack([blob(base), entry(7, delta.length, refDelta)]),
  );
  expect(answer.text).toMatch(/unpack (?!ok)|ng refs\/tags\/delta/);
});

test('ref names that are no names, or forge lines for the hook', async () => {
  const content = Buffer.from('forged\n');
  const forged = `refs/heads/a\n${ZERO} ${tip} refs/heads/b`;
  for (const ref of [
    'refs/heads/../../HEAD',
    'refs/heads/x.lock',
    'HEAD',
    '../config',
    forged,
    'refs/heads/a b',
  ]) {
    const answer = await push(ref, blobId(content), pack([blob(content)]));
    expect([ref, answer.text]).toEqual([ref, expect.stringMatching(/\bng |funny refname|fatal|reserved/)]);
  }
});

test('a push that moves a ref from where it is not', async () => {
  const content = Buffer.from('stale\n');
  const answer = await push('refs/heads/main', blobId(content), pack([blob(content)]), '2'.repeat(40));
  expect(answer.text).toMatch(/ng refs\/heads\/main/);
});

test.each([
  '/../../etc/passwd/info/refs?service=git-upload-pack',
  '/ada/..%2f..%2ftarget.git/info/refs?service=git-upload-pack',
  '/ada/%2e%2e/info/refs?service=git-upload-pack',
  '/%2e%2e/target.git/info/refs?service=git-upload-pack',
  '/ada//target.git/info/refs?service=git-upload-pack',
  '/ada/target.git%00/info/refs?service=git-upload-pack',
  "/ada/target'.git/info/refs?service=git-upload-pack",
  '/ada/target.git/../target.git/info/refs?service=git-upload-pack',
  '/ada/target.git/info/refs?service=git-upload-pack%00',
  '/ada/target.git/info/refs?service=../git-upload-pack',
  '/ada/target.git/objects/../config',
  '/ada/target.git/config',
])('path tricks open nothing: %s', async (path) => {
  const answer = await raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 (?:400|401|403|404) /);
  expect(answer).not.toContain('repositoryformatversion');
  expect(answer).not.toContain(tip);
});

test('huge headers and a huge protocol wish', async () => {
  const huge = await raw(
    `GET ${repository.path}/info/refs?service=git-upload-pack HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(200_000)}\r\n\r\n`,
  );
  expect(huge).toMatch(/^HTTP\/1\.1 431 /);
  const wish = await fetch(`${server.url}${repository.path}/info/refs?service=git-upload-pack`, {
    headers: { 'git-protocol': `version=2:${'x'.repeat(8000)}` },
  });
  expect(await wish.text()).toContain('# service=git-upload-pack');
});

test('a gzip bomb as a request is cut off', async () => {
  const { gzipSync } = await import('node:zlib');
  const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, '0'));
  const answer = await post('upload-pack', bomb, { 'content-encoding': 'gzip' }).catch(() => ({ status: 0 }));
  expect([0, 200, 400, 413]).toContain(answer.status);
});

test('an upload that is refused is refused before it is sent', async () => {
  const answer = await raw(
    `POST ${repository.path}/git-receive-pack HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n` +
      'Content-Type: application/x-git-receive-pack-request\r\nContent-Length: 1000000\r\n\r\n',
  );
  expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  expect(answer).not.toContain('100 Continue');
});

/** Sends bytes as they are and returns what comes back until the end, or for a second. */
function raw(request: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    let text = '';
    const end = () => {
      socket.destroy();
      resolve(text);
    };
    const timer = setTimeout(end, 1000);
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.on('error', () => {});
    socket.once('close', () => {
      clearTimeout(timer);
      end();
    });
    socket.write(request);
  });
}
