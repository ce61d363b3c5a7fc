// Resumable uploads: broken off, continued, refused, taken by others, cut short by what happens meanwhile.
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sweepFiles } from '../../../src/features/releases/assets.service.ts';
import { forgetUploads } from '../../../src/features/releases/uploads.service.ts';
import { type TestApp, testApp, type Visitor } from '../../support/test-app.ts';
import { runGit } from '../code/import-commits.ts';
import { makeScenario, releaseEvents, type Scenario, sendForm } from './scenario.ts';

const DAY = 86_400_000;
const TYPE = 'application/offset+octet-stream';

let t: TestApp;
let s: Scenario;
let id: number;
let now = Date.now();

beforeAll(async () => {
  const settings = { server: { max_body_bytes: 100_000 }, repositories: { max_asset_bytes: 50_000_000 } };
  t = await testApp(settings, { clock: { now: () => now } });
});
afterAll(() => t.close());
beforeEach(async () => {
  s = await makeScenario(t);
  runGit(s.open.dir, 'tag', 'v1', 'main');
  await sendForm(s.writer, `${s.open.path}/releases`, { action: 'publish', tag: 'v1' });
  const page = await (await s.writer.get(`${s.open.path}/releases/tag/v1`)).text();
  id = Number(/name="id" value="(\d+)"/.exec(page)?.[1]);
});

function begin(
  visitor: Visitor,
  size: number,
  name = 'data.bin',
  release: number | '' = id,
): Promise<Response> {
  return visitor.request(`${s.open.path}/releases/uploads${release === '' ? '' : `?release=${release}`}`, {
    method: 'POST',
    headers: {
      'upload-length': String(size),
      'upload-metadata': `filename ${Buffer.from(name).toString('base64')}`,
    },
  });
}

async function address(
  visitor: Visitor,
  size: number,
  name?: string,
  release?: number | '',
): Promise<string> {
  const answer = await begin(visitor, size, name, release);
  expect(answer.status).toBe(201);
  return answer.headers.get('location') ?? '';
}

function send(visitor: Visitor, at: string, offset: number, body: BodyInit, type = TYPE): Promise<Response> {
  const headers = { 'upload-offset': String(offset), 'content-type': type };
  return visitor.request(at, { method: 'PATCH', headers, body, duplex: 'half' } as RequestInit);
}

/** A body that ends with an error after some bytes, as when a connection breaks. */
function broken(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
  let sent = false;
  return new ReadableStream({
    pull(controller) {
      if (sent) return controller.error(new Error('gone'));
      sent = true;
      controller.enqueue(bytes);
    },
  });
}

const offsetOf = async (visitor: Visitor, at: string) => {
  const answer = await visitor.request(at, { method: 'HEAD' });
  return answer.status === 200 ? Number(answer.headers.get('upload-offset')) : answer.status;
};
const download = async (name = 'data.bin') =>
  Buffer.from(await (await t.anonymous.get(`${s.open.path}/releases/download/v1/${name}`)).arrayBuffer());

describe('an upload', () => {
  it('that broke off goes on and arrives byte for byte, far beyond what a form may hold', async () => {
    const data = randomBytes(3_000_000);
    const at = await address(s.writer, data.length);
    expect((await send(s.writer, at, 0, broken(new Uint8Array(data.subarray(0, 700_001))))).status).toBe(422);
    expect(await offsetOf(s.writer, at)).toBe(700_001);
    expect((await send(s.writer, at, 700_001, data.subarray(700_001, 2_000_000))).status).toBe(204);
    const last = await send(s.writer, at, 2_000_000, data.subarray(2_000_000));
    expect(last.headers.get('upload-offset')).toBe('3000000');
    expect((await download()).equals(data)).toBe(true);
    const page = await (await t.anonymous.get(`${s.open.path}/releases`)).text();
    expect(page).toContain(createHash('sha256').update(data).digest('hex'));
    expect(await offsetOf(s.writer, at)).toBe(404);
    expect(await releaseEvents(t, s.open)).toEqual(['release.published', 'release_asset.added']);
  });

  it('is continued from where it stands only, by one request at a time', async () => {
    const at = await address(s.writer, 10);
    const wrong = await send(s.writer, at, 5, 'xxxxx');
    expect([wrong.status, wrong.headers.get('upload-offset')]).toEqual([409, '0']);
    let release: () => void = () => undefined;
    const held = new ReadableStream<Uint8Array>({
      async start(controller) {
        controller.enqueue(Buffer.from('01234'));
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        controller.close();
      },
    });
    const first = send(s.writer, at, 0, held);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await send(s.writer, at, 0, 'abcde')).status).toBe(409);
    release();
    expect((await first).status).toBe(204);
    expect((await send(s.writer, at, 5, '56789')).status).toBe(204);
    expect((await download()).toString()).toBe('0123456789');
  });

  it('cannot be larger than announced, nor announced larger than is allowed', async () => {
    expect((await begin(s.writer, 50_000_001)).status).toBe(413);
    const at = await address(s.writer, 4);
    expect((await send(s.writer, at, 0, 'too long')).status).toBe(413);
    expect(await offsetOf(s.writer, at)).toBe(0);
    expect((await send(s.writer, at, 0, 'good')).status).toBe(204);
    expect((await download()).toString()).toBe('good');
  });

  it('of no bytes is a file at once', async () => {
    await address(s.writer, 0, 'empty');
    expect(await download('empty')).toHaveLength(0);
  });

  it('is its sender’s alone: another writer, a reader and nobody cannot touch it', async () => {
    const at = await address(s.writer, 4);
    for (const [visitor, status] of [
      [s.ada, 404],
      [s.reader, 403],
      [t.anonymous, 401],
    ] as const) {
      expect((await send(visitor, at, 0, 'evil')).status).toBe(status);
      expect((await visitor.request(at, { method: 'DELETE' })).status).toBe(status);
      expect((await begin(visitor, 1)).status).toBe(visitor === s.ada ? 201 : status);
    }
    const other = await makeScenario(t);
    const elsewhere = at.replace(s.open.path, other.open.path);
    expect(await offsetOf(s.writer, elsewhere)).toBe(404);
    expect(await offsetOf(s.writer, `${at.slice(0, -64)}${'0'.repeat(64)}`)).toBe(404);
    expect(await offsetOf(s.writer, at)).toBe(0);
  });

  it('of another site’s making is refused, also when it claims to be a form', async () => {
    const at = await address(s.writer, 4);
    const headers = { 'upload-offset': '0', 'content-type': TYPE, 'sec-fetch-site': 'cross-site' };
    expect((await s.writer.request(at, { method: 'PATCH', headers, body: 'evil' })).status).toBe(403);
    const form = { 'upload-offset': '0', 'content-type': 'application/x-www-form-urlencoded' };
    const large = await s.writer.request(at, {
      method: 'PATCH',
      headers: { ...form, 'content-length': '200000' },
      body: 'x',
    });
    expect(large.status).toBe(413);
    expect((await send(s.writer, at, 0, 'good', 'text/plain')).status).toBe(422);
  });

  it('whose release is deleted in the middle ends, and leaves nothing', async () => {
    const before = (await t.app.storage.list('assets', Date.now() + DAY)).length;
    const at = await address(s.writer, 10);
    await send(s.writer, at, 0, '01234');
    await s.writer.post(`${s.open.path}/releases/deletion`, { id: String(id) });
    expect((await send(s.writer, at, 5, '56789')).status).toBe(404);
    expect((await t.app.storage.list('assets', Date.now() + DAY)).length).toBe(before);
  });

  it('whose sender loses the right in the middle ends', async () => {
    const at = await address(s.writer, 10);
    const { takeAccess } = await import('../../../src/features/repos/collaborators.service.ts');
    await takeAccess(t.app, await t.actor('ada'), s.open, (await t.actor('writer')).userId);
    expect((await send(s.writer, at, 0, '0123456789')).status).toBe(403);
  });

  it('is cancelled, and forgotten when nothing comes for days', async () => {
    const at = await address(s.writer, 10);
    await send(s.writer, at, 0, '01234');
    expect((await s.writer.request(at, { method: 'DELETE' })).status).toBe(204);
    expect(await offsetOf(s.writer, at)).toBe(404);
    const other = await address(s.writer, 10, 'other');
    await send(s.writer, other, 0, '01234');
    await forgetUploads(t.app);
    expect(await offsetOf(s.writer, other)).toBe(5);
    now += 4 * DAY;
    await forgetUploads(t.app);
    now -= 4 * DAY;
    expect(await offsetOf(s.writer, other)).toBe(404);
  });

  it('cannot take the name of a file that is there, not even when both began at once', async () => {
    const [one, two] = [await address(s.writer, 1, 'same'), await address(s.ada, 1, 'same')];
    expect((await send(s.writer, one, 0, '1')).status).toBe(204);
    expect((await send(s.ada, two, 0, '2')).status).toBe(422);
    expect((await begin(s.writer, 1, 'same')).status).toBe(422);
    expect((await download('same')).toString()).toBe('1');
  });

  it.each(['..', '', '/', 'a\0'.slice(0, 1).repeat(300)])('cannot be named %j', async (name) => {
    expect((await begin(s.writer, 1, name)).status).toBe(422);
  });

  it('keeps no more than the last part of a path', async () => {
    await address(s.writer, 0, '../../etc/shadow');
    expect(await download('shadow')).toHaveLength(0);
  });
});

describe('files for a release that is being written', () => {
  it('wait for it, are whole, and become its files with it', async () => {
    runGit(s.open.dir, 'tag', 'v2', 'main');
    const at = await address(s.writer, 4, 'late', '');
    const token = at.split('/').at(-1) ?? '';
    const save = () =>
      sendForm(s.writer, `${s.open.path}/releases`, { action: 'publish', tag: 'v2', upload: token });
    expect((await save()).status).toBe(422);
    await send(s.writer, at, 0, 'file');
    const stolen = { action: 'publish', tag: 'v2', upload: token };
    expect((await sendForm(s.ada, `${s.open.path}/releases`, stolen)).status).toBe(404);
    expect((await save()).status).toBe(303);
    const file = await t.anonymous.get(`${s.open.path}/releases/download/v2/late`);
    expect(await file.text()).toBe('file');
    expect(await offsetOf(s.writer, at)).toBe(404);
  });
});

describe('the sweep', () => {
  it('removes files that nothing points at, and those of uploads and releases never', async () => {
    const at = await address(s.writer, 10);
    await send(s.writer, at, 0, '01234');
    await sendForm(
      s.writer,
      `${s.open.path}/releases/edit/v1`,
      { action: 'publish', tag: 'v1' },
      { kept: 'kept' },
    );
    await t.app.storage.put(
      'assets/00/0123456789',
      (async function* () {
        yield Buffer.from('x');
      })(),
      { maxBytes: 9 },
    );
    now += 30 * DAY;
    await sweepFiles(t.app, new AbortController().signal);
    now -= 30 * DAY;
    expect(await t.app.storage.size('assets/00/0123456789')).toBeUndefined();
    expect((await download('kept')).toString()).toBe('kept');
    expect((await send(s.writer, at, 5, '56789')).status).toBe(204);
  });
});

describe('a download', () => {
  it('answers ranges, tags and counts, not each part', async () => {
    await sendForm(
      s.writer,
      `${s.open.path}/releases/edit/v1`,
      { action: 'publish', tag: 'v1' },
      { 'ten.txt': '0123456789' },
    );
    const at = `${s.open.path}/releases/download/v1/ten.txt`;
    const whole = await t.anonymous.get(at);
    const etag = whole.headers.get('etag') ?? '';
    expect(await whole.text()).toBe('0123456789');
    const part = await t.anonymous.get(at, { range: 'bytes=3-5', 'if-range': etag });
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
      206,
      'bytes 3-5/10',
      '345',
    ]);
    expect(await (await t.anonymous.get(at, { range: 'bytes=-2' })).text()).toBe('89');
    expect((await t.anonymous.get(at, { range: 'bytes=20-' })).status).toBe(416);
    expect((await t.anonymous.get(at, { 'if-none-match': etag })).status).toBe(304);
    const head = await t.anonymous.request(at, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '10']);
    const api = await t.anonymous.get(`/api/v1/repos${s.open.path}/releases/${id}/assets`);
    expect(await api.json()).toMatchObject([{ name: 'ten.txt', size: 10, download_count: 1 }]);
    const latest = await t.anonymous.get(`${s.open.path}/releases/latest/download/ten.txt`);
    expect(latest.headers.get('location')).toBe(at);
  });
});
