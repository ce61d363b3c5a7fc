// Raw files and archives: types, tags, ranges, streams.
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { runGit } from './import-commits.ts';
import { HEAD, makeRepository } from './repositories.ts';

let t: TestApp;
let open: OpenRepository;

const LARGE = Buffer.alloc(9 * 1024 * 1024, 'abcdefghijklmnopqrstuvwxyz');

beforeAll(async () => {
  t = await testApp();
  open = await makeRepository(t, 'ada', 'files', [
    {
      ref: HEAD,
      files: [
        { path: 'small.txt', data: '0123456789' },
        { path: 'empty', data: '' },
        { path: 'large.txt', data: LARGE },
        { path: 'large.bin', data: Buffer.concat([Buffer.alloc(10), LARGE]) },
        { path: 'page.html', data: '<b>x</b>' },
        { path: 'doc.pdf', data: Buffer.from('%PDF-1.4\n\0\0') },
        { path: 'fake.pdf', data: '<script>alert(1)</script>' },
        { path: 'film.mp4', data: Buffer.from('\0\0\0\x18ftypisom\0\0\0\0') },
        { path: 'page.mp4', data: '<html><script>alert(1)</script>' },
        { path: 'naïve "x".bin', data: Buffer.alloc(4) },
        { path: 'a.png', data: Buffer.alloc(4) },
        { path: 'a.json', data: '{}' },
      ],
    },
  ]);
  runGit(open.dir, 'update-ref', 'refs/heads/odd/na"me;x', 'refs/heads/main');
  runGit(open.dir, 'tag', 'v1.0', 'main');
}, 60_000);
afterAll(() => t.close());

const get = (path: string, headers: Record<string, string> = {}) =>
  t.anonymous.get(`/ada/files/raw/main/${path}`, headers);
const bytes = async (answer: Response) => Buffer.from(await answer.arrayBuffer());

test.each([
  ['small.txt', 'text/plain; charset=utf-8', null],
  ['page.html', 'text/plain; charset=utf-8', null],
  ['a.json', 'text/plain; charset=utf-8', null],
  ['a.png', 'image/png', null],
  ['large.txt', 'text/plain; charset=utf-8', null],
  ['doc.pdf', 'application/pdf', null],
  ['fake.pdf', 'text/plain; charset=utf-8', null],
  ['film.mp4', 'video/mp4', null],
  ['page.mp4', 'text/plain; charset=utf-8', null],
  ['large.bin', 'application/octet-stream', 'attachment; filename="large.bin"; filename*=UTF-8\'\'large.bin'],
  [
    'na%C3%AFve%20%22x%22.bin',
    'application/octet-stream',
    'attachment; filename="na_ve_x_.bin"; filename*=UTF-8\'\'na%C3%AFve%20%22x%22.bin',
  ],
])('%s is %s', async (path, type, disposition) => {
  const answer = await get(path);
  expect(answer.headers.get('content-type')).toBe(type);
  expect(answer.headers.get('content-disposition')).toBe(disposition);
  await answer.body?.cancel();
});

describe.each(['small.txt', 'large.txt'])('ranges of %s', (path) => {
  const whole = path === 'small.txt' ? Buffer.from('0123456789') : LARGE;
  const size = whole.length;
  it.each([
    ['bytes=0-0', 0, 1],
    ['bytes=2-5', 2, 6],
    ['bytes=7-', 7, size],
    ['bytes=-3', size - 3, size],
    ['bytes=0-99999999999', 0, size],
  ])('%s', async (range, from, to) => {
    const answer = await get(path, { range });
    expect(answer.status).toBe(206);
    expect(answer.headers.get('content-range')).toBe(`bytes ${from}-${to - 1}/${size}`);
    expect((await bytes(answer)).equals(whole.subarray(from, to))).toBe(true);
  });

  it.each(['bytes=5-2', 'bytes=a-b', 'lines=1-2', 'bytes=0-1,3-4', 'bytes=-'])(
    '%s means the whole',
    async (range) => {
      const answer = await get(path, { range });
      expect(answer.status).toBe(200);
      expect((await bytes(answer)).equals(whole)).toBe(true);
    },
  );

  it('says when there is nothing there', async () => {
    const answer = await get(path, { range: `bytes=${size}-` });
    expect([answer.status, answer.headers.get('content-range')]).toEqual([416, `bytes */${size}`]);
  });

  it('honours If-None-Match, If-Range and HEAD', async () => {
    const etag = (await get(path)).headers.get('etag') ?? '';
    expect((await get(path, { 'if-none-match': etag })).status).toBe(304);
    expect((await get(path, { range: 'bytes=0-1', 'if-range': etag })).status).toBe(206);
    expect((await get(path, { range: 'bytes=0-1', 'if-range': '"other"' })).status).toBe(200);
    const head = await t.anonymous.request(`/ada/files/raw/main/${path}`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(size)]);
  });
});

test('an empty file is empty', async () => {
  const answer = await get('empty');
  expect([answer.status, (await bytes(answer)).length]).toEqual([200, 0]);
});

test('a download that is given up leaves no process behind', async () => {
  const answer = await get('large.txt');
  const reader = answer.body?.getReader();
  await reader?.read();
  await reader?.cancel();
  await expect.poll(() => running('cat-file blob'), { timeout: 10_000 }).toBe(0);
});

test.each(['zip', 'tar.gz'])('an archive as %s holds the files under a safe prefix', async (format) => {
  const answer = await t.anonymous.get(`/ada/files/archive/odd/na%22me;x.${format}`);
  expect(answer.headers.get('content-disposition')).toBe(
    `attachment; filename="files-odd-na-me-x.${format}"`,
  );
  const data = await bytes(answer);
  const listed =
    format === 'zip'
      ? data.toString('latin1')
      : execFileSync('tar', ['-tzf', '-'], { input: data, encoding: 'latin1' });
  expect(listed).toContain('files-odd-na-me-x/small.txt');
  const tag = await t.anonymous.get(`/ada/files/archive/refs/tags/v1.0.${format}`);
  expect(tag.headers.get('content-disposition')).toBe(`attachment; filename="files-1.0.${format}"`);
  const etag = tag.headers.get('etag') ?? '';
  await tag.body?.cancel();
  const again = await t.anonymous.get(`/ada/files/archive/refs/tags/v1.0.${format}`, {
    'if-none-match': etag,
  });
  expect(again.status).toBe(304);
});

/** Processes of this repository's git whose command line holds these words. */
function running(words: string): number {
  const listed = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
  const oid = runGit(open.dir, 'rev-parse', 'refs/heads/main:large.txt');
  return listed.split('\n').filter((line) => line.includes(words) && line.includes(oid)).length;
}
