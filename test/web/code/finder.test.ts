// The file finder's page and its list alone.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pathsOfTree } from '../../../src/features/code/finder.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { importCommits, runGit } from './import-commits.ts';
import { HEAD, makeRepository } from './repositories.ts';

let t: TestApp;
let open: OpenRepository;

beforeAll(async () => {
  t = await testApp();
  open = await makeRepository(t, 'ada', 'engine', [
    {
      ref: HEAD,
      files: [
        { path: 'src/main.ts', data: 'x' },
        { path: 'src/deep/down/parser-index.ts', data: 'x' },
        { path: '<script>alert(1)</script>.js', data: 'x' },
        { path: Buffer.from([0x6f, 0x64, 0x64, 0xff, 0x0a]), data: 'x' },
        { path: 'module', data: '1'.repeat(40), mode: '160000' },
      ],
    },
    { ref: 'refs/heads/feature/one', from: HEAD, files: [{ path: 'only-here.ts', data: 'x' }] },
  ]);
}, 60_000);
afterAll(() => t.close());

const text = async (path: string) => {
  const answer = await t.anonymous.get(path);
  return { status: answer.status, html: await answer.text() };
};

test('the page works by a plain form, marks letters and links to the file', async () => {
  const { status, html } = await text('/ada/engine/find/main?q=pidx');
  expect(status).toBe(200);
  expect(html).toContain('<form class="code-bar finder-bar" method="get" action="/ada/engine/find/main"');
  expect(html).toContain('href="/ada/engine/blob/main/src/deep/down/parser-index.ts"');
  expect(html).toContain('<mark>p</mark>');
  expect(html).not.toContain('blob/main/src/main.ts');
});

test('the list alone is a fragment', async () => {
  const { status, html } = await text('/ada/engine/find-results/feature/one?q=only');
  expect(status).toBe(200);
  expect(html).toContain('/ada/engine/blob/feature/one/only-here.ts');
  expect(html).not.toContain('<html');
});

test('names in any bytes lead to their files, and nothing in them acts', async () => {
  const { html } = await text('/ada/engine/find/main');
  expect(html).toContain('href="/ada/engine/blob/main/odd%FF%0A"');
  expect(html).not.toContain('<script>alert');
  expect(html).not.toContain('blob/main/module');
  const { html: none } = await text('/ada/engine/find-results/main?q=<b>zzz');
  expect(none).toContain('No file matches “&lt;b&gt;zzz”');
});

test('what does not exist or may not be seen is not found', async () => {
  await makeRepository(t, 'ada', 'secret', [{ ref: HEAD, files: [{ path: 'a', data: 'x' }] }], {
    visibility: 'private',
  });
  expect((await text('/ada/engine/find/nowhere')).status).toBe(404);
  expect((await text('/ada/secret/find/main')).status).toBe(404);
  expect((await text('/ada/secret/find-results/main?q=a')).status).toBe(404);
});

test('tree and file pages lead to it by a key', async () => {
  for (const path of ['/ada/engine', '/ada/engine/tree/main/src', '/ada/engine/blob/main/src/main.ts'])
    expect((await text(path)).html).toMatch(/href="\/ada\/engine\/find\/main"[^>]*data-hotkey="t"/);
});

test('crawlers are told to leave other branches and costly pages alone, and may list the rest', async () => {
  const told = async (path: string) =>
    (await t.anonymous.get(`/ada/engine${path}`)).headers.get('x-robots-tag');
  for (const path of [
    '/tree/feature/one',
    '/blob/feature/one/only-here.ts',
    '/commits/main',
    '/graphs/contributors',
  ])
    expect([path, await told(path)]).toEqual([path, 'noindex, nofollow']);
  for (const path of ['', '/tree/main/src', '/blob/main/src/main.ts'])
    expect([path, await told(path)]).toEqual([path, null]);
});

test('a tree is listed by git once, however many ask at once and later', async () => {
  importCommits(open.dir, [{ ref: HEAD, from: HEAD, files: [{ path: 'fresh.ts', data: 'y' }] }]);
  const { spawn } = t.app.git;
  let listings = 0;
  const counting: typeof spawn = (args, options) => {
    if (args[0] === 'ls-tree' && args.includes('-r')) listings++;
    return spawn(args, options);
  };
  Object.assign(t.app.git, { spawn: counting });
  const tree = runGit(open.dir, 'rev-parse', 'main^{tree}');
  const found = await Promise.all(Array.from({ length: 8 }, () => pathsOfTree(t.app, open.dir, tree)));
  await text('/ada/engine/find-results/main?q=fresh');
  expect([listings, found[0]?.count]).toEqual([1, 5]);
  Object.assign(t.app.git, { spawn });
});
