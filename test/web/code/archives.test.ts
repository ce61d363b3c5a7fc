// Archives: git's own bytes, made once for all who ask, kept within bounds, and nothing in them that readers may not see.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { importCommits, runGit } from './import-commits.ts';
import { HEAD, makeRepository } from './repositories.ts';

let t: TestApp;
let open: OpenRepository;
let commit: string;

beforeAll(async () => {
  t = await testApp({ limits: { expensive_at_once: 2 } });
  open = await makeRepository(t, 'ada', 'files', [
    {
      ref: HEAD,
      files: [
        {
          path: '.gitattributes',
          data: 'refs.txt export-subst\nhidden.txt export-ignore\nmany.txt export-subst\n',
        },
        { path: 'refs.txt', data: '$Format:%H %D$ $Format:%(describe)$ $Format:%(describe)$ $Format:%G?$\n' },
        { path: 'many.txt', data: '$Format:%(describe)$$Format:%GG$'.repeat(2000) },
        { path: 'hidden.txt', data: 'not to be exported' },
        { path: 'sub/deep/a.txt', data: 'a' },
        { path: 'sub/out', data: '../../../../etc/passwd', mode: '120000' },
        { path: Buffer.from([0x6f, 0xff, 0x0a]), data: 'odd' },
        { path: '-rf', data: 'odd' },
      ],
    },
  ]);
  commit = runGit(open.dir, 'rev-parse', 'main');
  runGit(open.dir, 'tag', 'v1.0', 'main');
  runGit(open.dir, 'update-ref', 'refs/opencodehub/secret-branch', 'main');
}, 60_000);
afterAll(() => t.close());

const get = (path: string, headers?: Record<string, string>) =>
  t.anonymous.get(`/ada/files/archive/${path}`, headers);
const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer());
const list = (data: Buffer) =>
  execFileSync('tar', ['-tvzf', '-', '--quoting-style=escape'], { input: data, encoding: 'utf8' });
const fileIn = (data: Buffer, name: string) =>
  execFileSync('tar', ['-xzOf', '-', name], { input: data, encoding: 'utf8' });

/** What git itself makes where only branches and tags are seen, as in a clone of everything. */
function byGit(format: string, prefix: string, ...paths: string[]): Buffer {
  runGit(open.dir, 'update-ref', '-d', 'refs/opencodehub/secret-branch');
  const env = {
    PATH: process.env.PATH,
    GIT_DIR: open.dir,
    GIT_CONFIG_NOSYSTEM: '1',
    HOME: '/nonexistent',
    TZ: 'UTC',
  };
  const config = ['-c', 'tar.tar.gz.command=git archive gzip'];
  const args = [...config, 'archive', `--format=${format}`, `--prefix=${prefix}/`, commit, '--', ...paths];
  const made = execFileSync('git', args, { env, maxBuffer: 1e8 });
  runGit(open.dir, 'update-ref', 'refs/opencodehub/secret-branch', 'main');
  return made;
}

/** How many times git makes an archive while `work` runs. */
async function makings(work: () => Promise<unknown>): Promise<number> {
  const { spawn } = t.app.git;
  let count = 0;
  const counting: typeof spawn = (args, options) => {
    if (args[0] === 'archive') count++;
    return spawn(args, options);
  };
  Object.assign(t.app.git, { spawn: counting });
  await work().finally(() => Object.assign(t.app.git, { spawn }));
  return count;
}

describe.each(['zip', 'tar.gz'])('as %s', (format) => {
  test.each([
    ['a branch', 'main', 'files-main'],
    ['a tag', 'v1.0', 'files-1.0'],
  ])('%s has the bytes that git writes, the first time and again', async (_, name, prefix) => {
    const expected = byGit(format, prefix);
    const first = await bytesOf(await get(`${name}.${format}`));
    expect(first.equals(expected)).toBe(true);
    const again = await get(`${name}.${format}`);
    expect(again.headers.get('content-length')).toBe(String(expected.length));
    expect((await bytesOf(again)).equals(expected)).toBe(true);
  });

  test('a commit, and a part of it, too', async () => {
    const whole = await bytesOf(await get(`${commit}.${format}`));
    expect(whole.equals(byGit(format, `files-${commit}`))).toBe(true);
    const part = await get(`main.${format}?path=sub/deep`);
    expect(part.headers.get('content-disposition')).toContain(`files-main-sub-deep.${format}`);
    expect((await bytesOf(part)).equals(byGit(format, 'files-main-sub-deep', 'sub/deep'))).toBe(true);
    expect((await get(`main.${format}?path=nowhere`)).status).toBe(404);
    expect((await get(`main.${format}?path=:(top)*`)).status).toBe(404);
  });

  test('those who ask at once share one making', async () => {
    importCommits(open.dir, [{ ref: `refs/heads/new-${format}`, files: [{ path: 'x', data: format }] }]);
    const made = await makings(async () => {
      const answers = await Promise.all(Array.from({ length: 6 }, () => get(`new-${format}.${format}`)));
      const all = await Promise.all(answers.map(bytesOf));
      expect(new Set(all.map((data) => data.toString('base64'))).size).toBe(1);
      await bytesOf(await get(`new-${format}.${format}`));
    });
    expect(made).toBe(1);
  });
});

test('one that is kept answers ranges, conditions and HEAD', async () => {
  const whole = await bytesOf(await get('main.zip'));
  const kept = await get('main.zip');
  const tag = kept.headers.get('etag') ?? '';
  await kept.body?.cancel();
  const part = await get('main.zip', { range: 'bytes=10-19' });
  expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 10-19/${whole.length}`]);
  expect((await bytesOf(part)).equals(whole.subarray(10, 20))).toBe(true);
  expect((await get('main.zip', { range: `bytes=${whole.length}-` })).status).toBe(416);
  expect((await get('main.zip', { range: 'bytes=0-1', 'if-range': '"other"' })).status).toBe(200);
  expect((await get('main.zip', { 'if-none-match': tag })).status).toBe(304);
  const head = await t.anonymous.request('/ada/files/archive/main.zip', { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length')]).toEqual([200, String(whole.length)]);
});

test('HEAD makes nothing', async () => {
  const made = await makings(() =>
    t.anonymous.request('/ada/files/archive/main.tar.gz?path=sub', { method: 'HEAD' }),
  );
  expect(made).toBe(0);
});

test('links stay links, ignored files stay out, and no name leaves the folder', async () => {
  const data = await bytesOf(await get('main.tar.gz'));
  const lines = list(data).trim().split('\n');
  expect(lines.find((line) => line.includes('sub/out'))).toMatch(
    /^l.* -> \.\.\/\.\.\/\.\.\/\.\.\/etc\/passwd$/,
  );
  expect(lines.some((line) => line.includes('hidden.txt'))).toBe(false);
  const names = lines.map((line) => line.split(/ +/)[5] ?? '');
  expect(names.every((name) => name.startsWith('files-main/'))).toBe(true);
});

test('a tree with `..` in it is not archived', async () => {
  const blob = runGit(open.dir, 'rev-parse', 'main:sub/deep/a.txt');
  const inner = runGit(open.dir, 'rev-parse', 'main:sub/deep');
  const raw = Buffer.concat([
    ...[Buffer.from('40000 ..\0'), Buffer.from(inner, 'hex')],
    ...[Buffer.from('100644 f\0'), Buffer.from(blob, 'hex')],
  ]);
  const env = { PATH: process.env.PATH, GIT_DIR: open.dir, HOME: '/nonexistent' };
  const hash = ['hash-object', '-t', 'tree', '-w', '--literally', '--stdin'];
  const tree = execFileSync('git', hash, { env, input: raw, encoding: 'utf8' }).trim();
  const identity = {
    GIT_AUTHOR_NAME: 'x',
    GIT_AUTHOR_EMAIL: 'x',
    GIT_COMMITTER_NAME: 'x',
    GIT_COMMITTER_EMAIL: 'x',
  };
  const evil = execFileSync('git', ['commit-tree', tree, '-m', 'x'], {
    env: { ...env, ...identity },
    encoding: 'utf8',
  });
  const answer = await get(`${evil.trim()}.tar.gz`);
  await expect(answer.arrayBuffer()).rejects.toThrow('could not be completed');
});

test('export-subst names branches and tags, and no hidden ref', async () => {
  const text = fileIn(await bytesOf(await get('v1.0.tar.gz')), 'files-1.0/refs.txt');
  expect(text).toContain(commit);
  expect(text).toContain('tag: v1.0');
  expect(text).not.toContain('secret');
  // Described once: the rest stays as it is written, however often a file asks.
  expect(text).toContain('%(describe)');
});

test('a client that leaves alone takes git along, and nothing is left behind', async () => {
  const views = () => readdirSync(tmpdir()).filter((name) => name.startsWith('och-view-')).length;
  await expect.poll(views).toBe(0);
  const big = Buffer.alloc(30 * 1024 * 1024);
  for (let at = 0; at < big.length; at += 4) big.writeInt32LE(Math.imul(at, 2654435761) | 0, at);
  importCommits(open.dir, [{ ref: 'refs/heads/big', files: [{ path: 'big', data: big }] }]);
  const answer = await get('big.tar.gz');
  const reader = answer.body?.getReader();
  await reader?.read();
  await reader?.cancel();
  const running = () =>
    execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).includes(runGit(open.dir, 'rev-parse', 'big'));
  await expect.poll(running, { timeout: 10_000 }).toBe(false);
  await expect.poll(views, { timeout: 10_000 }).toBe(0);
  expect(await makings(async () => bytesOf(await get('big.tar.gz')))).toBe(1);
});

test('a file that is being sent takes no turn from others', async () => {
  const answers = await Promise.all(Array.from({ length: 6 }, () => get('main.zip')));
  expect((await t.anonymous.get('/ada/files/commits/main')).status).toBe(200);
  for (const answer of answers) await answer.body?.cancel();
});

test('where expensive pages are closed to strangers, archives are', async () => {
  const closed = await testApp({ limits: { anonymous_expensive: false } });
  await makeRepository(closed, 'ada', 'files', [{ ref: HEAD, files: [{ path: 'a', data: 'x' }] }]);
  for (const path of ['archive/main.zip', 'find/main'])
    expect((await closed.anonymous.get(`/ada/files/${path}`)).status).not.toBe(200);
  const ada = await closed.as('ada');
  expect((await ada.get('/ada/files/archive/main.zip')).status).toBe(200);
  await closed.close();
}, 30_000);
