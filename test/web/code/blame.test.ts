// Who last changed each line, against git itself and against what people push to break it.
import { createGunzip } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { importCommits, runGit } from './import-commits.ts';
import { HEAD, makeRepository } from './repositories.ts';

let t: TestApp;
let open: OpenRepository;
const SOURCE = Array.from({ length: 12 }, (_, n) => `let line${n} = ${n};`);
const text = (lines: readonly string[]) => `${lines.join('\n')}\n`;
const changed = (...at: number[]) =>
  text(SOURCE.map((line, n) => (at.includes(n) ? `${line} // new` : line)));

beforeAll(async () => {
  t = await testApp();
  open = await makeRepository(t, 'olga', 'engine', [
    {
      ref: HEAD,
      message: 'First',
      time: 1_500_000_000,
      files: [{ path: 'old name.ts', data: text(SOURCE) }],
    },
    {
      ...{ ref: HEAD, message: 'Move', time: 1_500_100_000, deletes: ['old name.ts'] },
      files: [{ path: 'dir/new.ts', data: text(SOURCE) }],
    },
    {
      ...{ ref: HEAD, message: 'Second <b>', time: 1_600_000_000, author: 'Olga <olga@example.org>' },
      files: [{ path: 'dir/new.ts', data: changed(3, 4) }],
    },
    {
      ref: HEAD,
      message: 'Format',
      time: 1_700_000_000,
      files: [{ path: 'dir/new.ts', data: changed(3, 4, 8) }],
    },
    { ref: HEAD, message: 'Elsewhere', time: 1_700_100_000, files: [{ path: 'x', data: 'x\n' }] },
  ]);
}, 60_000);
afterAll(() => t.close());

interface Row {
  line: number;
  title: string;
  oid: string;
  span: number;
  prior: string | undefined;
}

/** The groups of a page, by the line they begin at. */
function groupsOf(html: string): Row[] {
  return [...html.matchAll(/<tr id="L(\d+)" class="blame-start">(.*?)<\/tr>/gs)].map(
    ([, line, row = '']) => ({
      line: Number(line),
      span: Number(/rowspan="(\d+)"/.exec(row)?.[1]),
      oid: /commit\/([0-9a-f]+)"/.exec(row)?.[1] ?? '',
      title: /class="blame-title"[^>]*>(.*?)<\/a>/.exec(row)?.[1] ?? '',
      prior: /class="blame-prior" href="([^"]*)"/.exec(row)?.[1],
    }),
  );
}

async function blame(path: string) {
  const answer = await t.anonymous.get(`/olga/engine/blame/${path}`);
  const html = await answer.text();
  return { status: answer.status, html, groups: groupsOf(html) };
}

it('groups the lines of a commit, each with who, what and a way to before', async () => {
  const { groups, html } = await blame('main/dir/new.ts');
  expect(groups.map(({ line, span, title }) => [line, span, title])).toEqual([
    [1, 3, 'First'],
    [4, 2, 'Second &lt;b&gt;'],
    [6, 3, 'First'],
    [9, 1, 'Format'],
    [10, 3, 'First'],
  ]);
  expect(html).toMatch(/<span class="hljs-keyword">let<\/span> line0/);
  expect(html).toContain('<span class="sr-only">olga</span>');
  expect(html).toContain('id="L12"');
  expect(html).toMatch(/blame-heat-\d/);
});

it('leads to what was there before, under the name it had', async () => {
  const { groups } = await blame('main/dir/new.ts');
  const before = await t.anonymous.get(groups[1]?.prior ?? '');
  expect(before.status).toBe(200);
  const earlier = groupsOf(await before.text());
  expect(earlier.map(({ line, title }) => [line, title])).toEqual([[1, 'First']]);
  const move = await blame(`${runGit(open.dir, 'rev-parse', `${HEAD}~3`)}/dir/new.ts`);
  expect(move.groups.map(({ title }) => title)).toEqual(['First']);
  importCommits(open.dir, [
    {
      ref: 'refs/heads/renamed',
      from: HEAD,
      deletes: ['dir/new.ts'],
      files: [{ path: 'ä b.ts', data: changed(0, 3, 4, 8) }],
    },
  ]);
  const renamed = await blame('renamed/%C3%A4%20b.ts');
  expect(renamed.groups[0]?.prior).toMatch(/\/blame\/[0-9a-f]{40}\/dir\/new\.ts$/);
});

it('is the same from a branch that only changed other files, and remembered', async () => {
  const one = await blame('main/dir/new.ts');
  const again = await blame(`${runGit(open.dir, 'rev-parse', `${HEAD}^`)}/dir/new.ts`);
  expect(again.groups.map(({ oid }) => oid)).toEqual(one.groups.map(({ oid }) => oid));
  expect(await t.app.files.evict()).toBeGreaterThan(0);
});

describe('.git-blame-ignore-revs', () => {
  it('is respected unless asked otherwise, and a bad one breaks nothing', async () => {
    const format = runGit(open.dir, 'rev-parse', `${HEAD}^`);
    const tree = runGit(open.dir, 'rev-parse', `${HEAD}^{tree}`);
    const list = `# formatting\n${format} # why\nnonsense\n--output=x\n${'f'.repeat(40)}\n${tree}\n${format.slice(0, 10)}\n`;
    importCommits(open.dir, [
      { ref: 'refs/heads/ignoring', from: HEAD, files: [{ path: '.git-blame-ignore-revs', data: list }] },
    ]);
    const passed = await blame('ignoring/dir/new.ts');
    expect(passed.groups.map(({ title }) => title)).toEqual(['First', 'Second &lt;b&gt;', 'First']);
    expect(passed.html).toContain('are passed over');
    const all = await blame('ignoring/dir/new.ts?ignore=0');
    expect(all.groups.map(({ title }) => title)).toContain('Format');
    expect((await blame('main/dir/new.ts')).html).not.toContain('passed over');
  });
});

describe('files', () => {
  const files = [
    { path: 'bin', data: Buffer.from([1, 0, 2, 3]) },
    { path: 'empty', data: '' },
    { path: '-rf', data: 'a\n' },
    { path: ':(top)x', data: 'a\n' },
    { path: '<script>.js', data: 'alert("<script>")\n' },
    { path: 'nl\nname', data: 'a\n' },
    { path: Buffer.from([0x61, 0xff]), data: 'a\n' },
    { path: 'cr.txt', data: 'one\rtwo\r\nthree\nno end' },
    { path: 'latin1', data: Buffer.from('caf\xe9\n', 'latin1') },
    { path: 'link', data: 'bin', mode: '120000' as const },
    { path: 'huge', data: Buffer.alloc(9 * 1024 * 1024, 'x\n') },
  ];
  beforeAll(() => importCommits(open.dir, [{ ref: 'refs/heads/odd', message: 'Odd', files }]));

  it.each([
    ['bin', 200, 'This is a binary file'],
    ['empty', 200, 'This file is empty'],
    ['-rf', 200, 'id="L1"'],
    [':(top)x', 200, 'id="L1"'],
    ['%3Cscript%3E.js', 200, '&lt;script&gt;'],
    ['nl%0Aname', 200, 'id="L1"'],
    ['a%FF', 200, 'is not UTF-8'],
    ['latin1', 200, 'café'],
    ['link', 200, 'symbolic link'],
    ['huge', 200, 'too large'],
    ['nothing', 404, 'does not exist'],
  ])('%s', async (name, status, words) => {
    const answer = await blame(`odd/${name}`);
    expect(answer.status).toBe(status);
    expect(answer.html).toContain(words);
    expect(answer.html).not.toContain('<script>"');
  });

  it('are counted in git’s lines', async () => {
    const { html } = await blame('odd/cr.txt');
    expect([...html.matchAll(/<tr id="L\d+"/g)]).toHaveLength(3);
    expect(html).toContain('one\u240dtwo');
  });

  it('with many lines are shown in pages that go on', async () => {
    const data = text(Array.from({ length: 12_001 }, (_, n) => `${n}`));
    importCommits(open.dir, [
      { ref: 'refs/heads/long', message: 'Long', files: [{ path: 'long.txt', data }] },
    ]);
    const first = await blame('long/long.txt');
    expect(first.groups).toMatchObject([{ line: 1, span: 5000 }]);
    expect(first.html).toContain('?page=2');
    const last = await blame('long/long.txt?page=3');
    expect(last.groups).toMatchObject([{ line: 10_001, span: 2001 }]);
    expect((await blame('long/long.txt?page=99')).groups).toMatchObject([{ line: 10_001 }]);
  });
});

it('leads from directories to their page', async () => {
  const answer = await t.anonymous.get('/olga/engine/blame/main/dir');
  expect([answer.status, answer.headers.get('location')]).toEqual([302, '/olga/engine/tree/main/dir']);
});

describe('a blame that takes long', () => {
  it('agrees with git, line by line, when it is streamed', async () => {
    const { wide, expected } = await manyChanges();
    for (const encoding of ['gzip', 'identity']) {
      const answer = await t.anonymous.get('/olga/wide/blame/main/f.txt', { 'accept-encoding': encoding });
      const html = await textOf(answer);
      const lines: string[] = [];
      for (const { line, span, oid } of groupsOf(html))
        for (let n = 0; n < span; n++) lines[line + n - 1] = oid;
      expect(lines).toEqual(expected);
      expect(html.trimEnd()).toMatch(/<\/html>$/);
    }
    expect(runGit(wide.dir, 'rev-list', '--count', HEAD)).toBe('400');
  }, 60_000);

  it('lets go of git and of its place when the client leaves', async () => {
    const { turnstileOf } = await import('../../../src/platform/web/expensive.ts');
    for (let n = 0; n < 12; n++) {
      const gone = new AbortController();
      const answer = await t.anonymous.request(
        `/olga/wide/blame/main~${n}/f.txt`.replace(/main~\d+/, await ancestor(n)),
        {
          signal: gone.signal,
        },
      );
      await answer.body?.cancel();
      gone.abort();
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(turnstileOf(t.app).readings()).toEqual({ inside: 0, waiting: 0 });
  }, 60_000);

  async function ancestor(n: number): Promise<string> {
    const { dir } = await repository();
    return runGit(dir, 'rev-parse', `${HEAD}~${n}`);
  }
});

let made: OpenRepository | undefined;
async function repository(): Promise<OpenRepository> {
  if (made) return made;
  const lines = Array.from({ length: 600 }, (_, n) => `line ${n}`);
  const commits = Array.from({ length: 400 }, (_, n) => {
    for (let k = 0; k < 4; k++) lines[(n * 37 + k * 131) % lines.length] = `line changed by ${n} ${k}`;
    return { ref: HEAD, message: `Change ${n}`, files: [{ path: 'f.txt', data: text(lines) }] };
  });
  made = await makeRepository(t, 'olga', 'wide', commits);
  return made;
}

async function manyChanges() {
  const wide = await repository();
  const listed = runGit(wide.dir, 'blame', '--porcelain', HEAD, '--', 'f.txt');
  const expected = [...listed.matchAll(/^([0-9a-f]{40}) \d+ \d+/gm)].map(([, oid]) => oid);
  return { wide, expected };
}

async function textOf(answer: Response): Promise<string> {
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (answer.headers.get('content-encoding') !== 'gzip') return bytes.toString('utf8');
  const unpack = createGunzip();
  unpack.end(bytes);
  const chunks: Buffer[] = [];
  for await (const chunk of unpack as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

it('a list of ignored commits that is one long comment does not keep the server busy', async () => {
  const data = `${'#'.repeat(250_000)}\rx\n`;
  importCommits(open.dir, [
    { ref: 'refs/heads/comment', from: HEAD, files: [{ path: '.git-blame-ignore-revs', data }] },
  ]);
  expect((await t.anonymous.get(`${open.path}/blame/comment/dir/new.ts`)).status).toBe(200);
});
