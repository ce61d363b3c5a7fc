// The pages of a repository with ordinary content.
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { changeRepository } from '../../../src/features/repos/repos.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { importCommits, runGit } from './import-commits.ts';
import { HEAD, makeRepository } from './repositories.ts';

let t: TestApp;
let open: OpenRepository;

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const LFS = `version https://git-lfs.github.com/spec/v1\noid sha256:${'ab'.repeat(32)}\nsize 12345\n`;
const MIT =
  'MIT License\n\nPermission is hereby granted, free of charge, ...\n\nThe above copyright notice and this permission notice shall ...';

beforeAll(async () => {
  t = await testApp();
  open = await makeRepository(
    t,
    'ada',
    'engine',
    [
      {
        ref: HEAD,
        message: 'Begin the engine\n\nWith a body.\n',
        files: [
          {
            path: 'README.md',
            data: '# Engine\n\nSee [the guide](docs/guide.md) and ![pic](img/a.png).\n\n- [x] done\n',
          },
          { path: 'LICENSE', data: MIT },
          { path: 'docs/guide.md', data: '# Guide\n\n[up](../README.md#engine)\n' },
          { path: 'src/deep/er/main.ts', data: 'export const answer = 42;\r\nlet text = `a\r\nb`;\r\n' },
          { path: 'src/run.sh', data: '#!/bin/sh\necho hi\n', mode: '100755' },
          { path: 'img/a.png', data: PNG },
          {
            path: 'img/logo.svg',
            data: '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
          },
          { path: 'big.bin', data: Buffer.alloc(3000) },
          { path: 'model.lfs', data: LFS },
          { path: 'img/stored.png', data: LFS },
          { path: 'img/linked.png', data: 'a.png', mode: '120000' },
          { path: 'img/empty.md', data: '' },
          { path: 'link', data: 'src/run.sh', mode: '120000' },
          { path: 'outside', data: '../../etc/passwd', mode: '120000' },
          {
            path: '.gitmodules',
            data: '[submodule "x"]\n\tpath = vendor/x\n\turl = https://example.org/x.git\n[submodule "y"]\n\tpath = vendor/y\n\turl = javascript:alert(1)\n',
          },
          { path: 'vendor/x', data: '1'.repeat(40), mode: '160000' },
          { path: 'vendor/y', data: '2'.repeat(40), mode: '160000' },
        ],
      },
      {
        ref: HEAD,
        message: 'Teach it to run :rocket:',
        files: [{ path: 'src/run.sh', data: '#!/bin/sh\necho hello\n', mode: '100755' }],
      },
      {
        ref: 'refs/heads/feature/deep/name',
        from: 'refs/heads/main',
        message: 'On a branch',
        files: [{ path: 'new.txt', data: 'new\n' }],
      },
    ],
    { description: 'Weaves algebraic patterns' },
  );
  await changeRepository(t.app, await t.actor('ada'), open, { website: 'https://example.org/engine' });
  runGit(open.dir, 'tag', 'v1.0', 'main~1');
  runGit(
    open.dir,
    '-c',
    'user.name=Ada',
    '-c',
    'user.email=a@example.org',
    'tag',
    '-a',
    '-m',
    'ten',
    'v1.10',
    'main',
  );
  runGit(open.dir, 'tag', 'v1.9', 'main');
  runGit(open.dir, 'tag', 'main', 'main~1');
}, 60_000);
afterAll(() => t.close());

async function text(path: string): Promise<string> {
  const answer = await t.anonymous.get(path);
  expect(answer.status, path).toBe(200);
  return answer.text();
}

describe('home', () => {
  it('shows files with their last commits, README, licence, counts and clone addresses', async () => {
    await text('/ada/engine');
    const html = await text('/ada/engine');
    const parts = [
      'Weaves algebraic patterns',
      'href="https://example.org/engine"',
      'href="/ada/engine/tree/main/src"',
      'href="/ada/engine/blob/main/README.md"',
      'Teach it to run 🚀',
      'Begin the engine',
      'MIT licence',
      'href="/ada/engine/blob/main/docs/guide.md"',
      'src="/ada/engine/raw/main/img/a.png"',
      'http://127.0.0.1:3000/ada/engine.git',
      '<strong>2</strong> branches',
      'v1.10',
      'Shell',
    ];
    expect(parts.filter((part) => !html.includes(part))).toEqual([]);
    expect(html).not.toContain('late-fragment');
    expect(html.indexOf('>src<')).toBeLessThan(html.indexOf('>LICENSE<'));
  });

  it('shows a commit at once that was just pushed', async () => {
    importCommits(open.dir, [
      { ref: HEAD, from: 'refs/heads/main', message: 'Brand new', files: [{ path: 'fresh.txt', data: 'x' }] },
    ]);
    const html = await text('/ada/engine');
    expect(html).toContain('Brand new');
    expect(html).toContain('fresh.txt');
    expect(await text('/ada/engine/commits/main')).toContain('Brand new');
    expect(await text('/ada/engine/blob/main/fresh.txt')).toContain('>x<');
  });

  it('answers a known page with 304', async () => {
    await text('/ada/engine');
    const first = await t.anonymous.get('/ada/engine');
    const etag = first.headers.get('etag') ?? '';
    expect((await t.anonymous.get('/ada/engine', { 'if-none-match': etag })).status).toBe(304);
  });

  it('leads from the clone address to the page', async () => {
    const answer = await t.anonymous.get('/ada/engine.git');
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/ada/engine']);
  });
});

describe('directories', () => {
  it('lists a directory under a branch whose name has slashes', async () => {
    expect(await text('/ada/engine/tree/feature/deep/name')).toContain(
      '<title>ada/engine at feature/deep/name · OpenCodeHub</title>',
    );
    const html = await text('/ada/engine/tree/feature/deep/name/src/deep');
    expect(html).toContain('href="/ada/engine/tree/feature/deep/name/src/deep/er"');
    expect(html).toContain('href="/ada/engine/tree/feature/deep/name/src" rel="up"');
  });

  it('links submodules only where a browser should go', async () => {
    const html = await text('/ada/engine/tree/main/vendor');
    expect(html).toContain('href="https://example.org/x"');
    expect(html).toContain('1111111');
    expect(html).not.toContain('javascript:');
  });

  it('leads from a directory to a file and back', async () => {
    const file = await t.anonymous.get('/ada/engine/tree/main/README.md');
    expect([file.status, file.headers.get('location')]).toEqual([302, '/ada/engine/blob/main/README.md']);
    const directory = await t.anonymous.get('/ada/engine/blob/main/src');
    expect([directory.status, directory.headers.get('location')]).toEqual([302, '/ada/engine/tree/main/src']);
  });

  it('gives the last commits alone for the request that comes after the page', async () => {
    const html = await text('/ada/engine/tree-commits/main/src');
    expect(html).toMatch(
      /^\s*<div class="latest-commit">.*Teach it to run.*<\/div>\s*<div class="file-box">\s*<table class="file-table"/s,
    );
    expect(html).not.toContain('late-fragment');
  });

  it('tells a branch from a tag of the same name', async () => {
    expect(await text('/ada/engine/blob/main/src/run.sh')).toContain('hello');
    expect(await text('/ada/engine/blob/refs/tags/main/src/run.sh')).not.toContain('hello');
    expect(await text('/ada/engine/tags')).toContain('href="/ada/engine/tree/refs/tags/main"');
  });
});

describe('files', () => {
  it('colours code line by line, whatever its line ends', async () => {
    const html = await text('/ada/engine/blob/main/src/deep/er/main.ts');
    expect(html).toContain(
      '<tr id="L1"><td class="blob-num"><a href="#L1" data-line="1" aria-label="Line 1"></a></td><td class="blob-code"><span class="hljs-keyword">export</span>',
    );
    expect(html).toContain('<tr id="L3">');
    expect(html).not.toContain('<tr id="L4">');
    expect(html).toContain('3 lines');
  });

  it('renders Markdown, and its source when asked', async () => {
    const html = await text('/ada/engine/blob/main/docs/guide.md');
    expect(html).toContain('<h1 id="user-content-guide">');
    expect(html).toContain('href="/ada/engine/blob/main/README.md#user-content-engine"');
    expect(await text('/ada/engine/blob/main/docs/guide.md?plain=1')).toContain('<tr id="L1">');
  });

  it.each([
    ['img/a.png', '<img src="/ada/engine/raw/main/img/a.png"'],
    ['big.bin', 'binary file'],
    ['img/logo.svg', '<img src="/ada/engine/raw/main/img/logo.svg"'],
    ['img/logo.svg?plain=1', '<tr id="L1">'],
    ['model.lfs', 'Stored with Git LFS'],
    ['img/stored.png', 'Stored with Git LFS'],
    ['img/linked.png', '<a class="mono" href="/ada/engine/blob/main/img/a.png">a.png</a>'],
    ['img/empty.md', 'This file is empty.'],
    ['link', '<a class="mono" href="/ada/engine/blob/main/src/run.sh">src/run.sh</a>'],
    ['outside', 'which is not in this repository'],
    ['src/run.sh', 'Executable file'],
  ])('shows %s for what it is', async (path, part) => {
    expect(await text(`/ada/engine/blob/main/${path}`)).toContain(part);
  });

  it('has a permanent link', async () => {
    const oid = runGit(open.dir, 'rev-parse', 'refs/heads/main');
    expect(await text('/ada/engine/blob/main/src/run.sh')).toContain(
      `href="/ada/engine/blob/${oid}/src/run.sh"`,
    );
    expect(await text(`/ada/engine/blob/${oid}/src/run.sh`)).toContain('hello');
    expect(await text(`/ada/engine/blob/${oid.slice(0, 10)}/src/run.sh`)).toContain('hello');
  });
});

describe('history', () => {
  it('lists commits by day, of all and of one path', async () => {
    const all = await text('/ada/engine/commits');
    expect(all).toContain('Commits on');
    expect(all).toContain('With a body.');
    const some = await text('/ada/engine/commits/main/LICENSE');
    expect(some).toContain('Begin the engine');
    expect(some).not.toContain('Teach it');
  });

  it('shows a commit with its changes', async () => {
    const oid = runGit(open.dir, 'rev-parse', 'v1.9');
    const html = await text(`/ada/engine/commit/${oid}`);
    expect(html).toContain('Teach it to run 🚀');
    expect(html).toContain('src/run.sh');
    expect(html).toContain('diff-add');
    expect(html).toContain('<span class="diff-word">');
    expect(await text(`/ada/engine/commit/${oid}.diff`)).toContain('+echo hello');
    expect(await text(`/ada/engine/commit/${oid}.patch`)).toContain('Subject: [PATCH] Teach it to run');
    const root = runGit(open.dir, 'rev-parse', 'v1.0');
    expect(await text(`/ada/engine/commit/${root}`)).toContain('root commit');
  });

  it('lists branches and tags, the highest version first', async () => {
    const branches = await text('/ada/engine/branches/all');
    expect(branches.indexOf('>main<')).toBeLessThan(branches.indexOf('feature/deep/name'));
    expect(branches).toContain('Default');
    const tags = await text('/ada/engine/tags');
    expect(tags.indexOf('v1.10')).toBeLessThan(tags.indexOf('v1.9'));
    expect(await text('/ada/engine/branches?q=deep')).not.toContain('Default');
  });
});

test.each([
  '/ada/engine/tree/nosuch',
  '/ada/engine/tree/main/nosuch',
  '/ada/engine/blob/main/nosuch',
  '/ada/engine/blob/main/src/run.sh/x',
  '/ada/engine/raw/main/nosuch',
  '/ada/engine/commits/nosuch',
  `/ada/engine/commit/${'0'.repeat(40)}`,
  '/ada/engine/commit/main',
  '/ada/engine/commit/--help',
  '/ada/engine/archive/nosuch.zip',
  '/ada/engine/archive/main.rar',
  '/ada/engine/blob/main/vendor/x',
  '/ada/nosuch',
  '/nobody/engine',
])('%s is not there', async (path) => {
  expect((await t.anonymous.get(path)).status).toBe(404);
});

test('an empty repository says how to begin to whoever may push, for its object format', async () => {
  await makeRepository(t, 'ada', 'empty', [], { objectFormat: 'sha256' });
  const own = await (await (await t.as('ada')).get('/ada/empty')).text();
  expect(own).toContain('git init --object-format=sha256 -b main');
  expect(own).toContain('git remote add origin http://127.0.0.1:3000/ada/empty.git');
  const other = await text('/ada/empty');
  expect(other).toContain('This repository is empty');
  expect(other).not.toContain('git remote add');
  const history = await (await (await t.as('ada')).get('/ada/empty/commits')).text();
  expect(history).toContain('git remote add origin http://127.0.0.1:3000/ada/empty.git');
  expect(await text('/ada/empty/commits')).toContain('This repository is empty');
});
