// Symbols: beside a file, and looked up in a repository's index, which follows its default branch.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { advanceSymbolIndex } from '../../../src/features/code/symbol-index.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { importCommits, runGit } from './import-commits.ts';
import { liveParts } from './live-parts.ts';
import { HEAD, makeRepository } from './repositories.ts';

let t: TestApp;
let open: OpenRepository;

const FILES = [
  { path: 'src/engine.ts', data: 'export class Engine {\n  run() {}\n}\nexport const LIMIT = 3;\n' },
  { path: 'src/use.py', data: 'def run():\n  pass\n' },
  { path: 'node_modules/x/index.js', data: 'function vendored() {}\n' },
  { path: 'README.md', data: '# function nothing() {}\n' },
  { path: Buffer.from('src/\xff<script>.go', 'latin1'), data: 'package p\nfunc Odd() {}\n' },
  { path: 'src/deep.js', data: `${'['.repeat(200_000)}` },
];

beforeAll(async () => {
  t = await testApp();
  open = await makeRepository(t, 'ada', 'engine', [{ ref: HEAD, files: FILES }]);
  await makeRepository(
    t,
    'ada',
    'hidden',
    [{ ref: HEAD, files: [{ path: 'secret.ts', data: 'class Secret {}' }] }],
    {
      visibility: 'private',
    },
  );
}, 60_000);
afterAll(() => t.close());

const text = async (path: string) => (await t.anonymous.get(path)).text();
const index = () => advanceSymbolIndex(t.app, open);

test('a name is looked up before there is an index: it says so, and has one made', async () => {
  expect(await text('/ada/engine/symbols?q=Engine')).toContain('are being indexed');
  expect(await text('/ada/engine/symbols?q=Engine&part=1')).toContain('are being indexed');
  await t.app.jobs.drain();
  expect(await text('/ada/engine/symbols?q=Engine')).toContain(
    'href="/ada/engine/blob/main/src/engine.ts#L1"',
  );
}, 60_000);

test('the page without a name does not claim that what is indexed is being indexed', async () => {
  await t.app.jobs.drain();
  const page = await text('/ada/engine/symbols');
  expect(page).toContain('Find a definition');
  expect(page).not.toContain('being indexed');
}, 60_000);

test('every definition of a name is listed, vendored ones and prose are not', async () => {
  expect(await index()).toBe('done');
  const run = await text('/ada/engine/symbols?q=run');
  expect(run).toContain('2 definitions of run');
  expect(run).toContain('/blob/main/src/engine.ts#L2"');
  expect(run).toContain('/blob/main/src/use.py#L1"');
  for (const name of ['vendored', 'nothing', 'Secret', '%'])
    expect(await text(`/ada/engine/symbols?q=${encodeURIComponent(name)}`)).toContain(
      'No definition has this name',
    );
  expect(await text('/ada/engine/symbols?q=Lim')).toContain('No definition');
  expect(await text('/ada/engine/symbols?q=LIM')).toContain('>LIMIT<');
});

test('names of files in any bytes lead to their files', async () => {
  const html = await text('/ada/engine/symbols?q=Odd');
  expect(html).toContain('href="/ada/engine/blob/main/src/%FF%3Cscript%3E.go#L2"');
  expect(liveParts(html)).toEqual([]);
  expect((await t.anonymous.get('/ada/engine/blob/main/src/%FF%3Cscript%3E.go')).status).toBe(200);
});

test.each(['<script>alert(1)</script>', '"><img src=x>', "' OR 1=1 --", 'x'.repeat(5000), '../../x'])(
  'whatever is looked for does no harm: %.40s',
  async (name) => {
    for (const part of ['', '&part=1']) {
      const answer = await t.anonymous.get(`/ada/engine/symbols?q=${encodeURIComponent(name)}${part}`);
      expect(answer.status).toBe(200);
      expect(liveParts(await answer.text())).toEqual([]);
    }
  },
);

test('a push is followed: what changed is indexed anew, what is gone is forgotten', async () => {
  importCommits(open.dir, [
    {
      ref: HEAD,
      from: HEAD,
      files: [
        { path: 'src/engine.ts', data: '\n\nexport class Engine {}\nexport class Motor {}\n' },
        { path: 'src/other.rs', data: 'fn fresh() {}\n' },
      ],
    },
  ]);
  const behind = await text('/ada/engine/symbols?q=Engine');
  expect(behind).toContain('newest commits are still being indexed');
  expect(behind).not.toContain('/blob/main/');
  expect(await index()).toBe('done');
  expect(await text('/ada/engine/symbols?q=Engine')).toContain('/blob/main/src/engine.ts#L3"');
  expect(await text('/ada/engine/symbols?q=LIMIT')).toContain('No definition');
  expect(await text('/ada/engine/symbols?q=fresh')).toContain('/blob/main/src/other.rs#L1"');
  expect(await text('/ada/engine/symbols?q=run')).toContain('1 definition of run');
  runGit(open.dir, 'update-ref', HEAD, `${HEAD}~1`);
  expect(await index()).toBe('done');
  expect(await text('/ada/engine/symbols?q=fresh')).toContain('No definition');
  expect(await text('/ada/engine/symbols?q=LIMIT')).toContain('#L4"');
}, 60_000);

test('a server that stops in the middle goes on where it was', async () => {
  const many = await makeRepository(t, 'ada', 'many', [
    {
      ref: HEAD,
      files: Array.from({ length: 100 }, (_, index) => ({
        path: `f${index}.lua`,
        data: `function f${index}() end\n`,
      })),
    },
  ]);
  const stop = new AbortController();
  stop.abort();
  expect(await advanceSymbolIndex(t.app, many, stop.signal)).toBe('more');
  expect(await text('/ada/many/symbols?q=f99')).toContain('are being indexed');
  expect(await advanceSymbolIndex(t.app, many)).toBe('done');
  expect(await text('/ada/many/symbols?q=f99')).toContain('/blob/main/f99.lua#L1"');
}, 60_000);

test('the panel beside a file lists its symbols, now or by its fragment', async () => {
  const oid = runGit(open.dir, 'rev-parse', HEAD);
  const fragment = await text(`/ada/engine/blob-symbols/${oid}/src/engine.ts`);
  expect(fragment).toContain('<a href="#L1"><span class="symbol-kind symbol-class" title="class">C</span>');
  const page = await text('/ada/engine/blob/main/src/engine.ts');
  expect(page).toContain('data-symbols-src="/ada/engine/symbols"');
  expect(page).toContain('>run</span>');
  expect(await text(`/ada/engine/blob-symbols/${oid}/src/deep.js`)).toContain('No symbols');
  expect(await text('/ada/engine/blob/main/README.md?plain=1')).not.toContain('outline');
}, 60_000);

test('private names do not leak: strangers are told nothing, writers see them', async () => {
  const hidden = '/ada/hidden';
  const stranger = await t.as('eve');
  for (const path of [
    'symbols?q=Secret',
    'symbols?q=Secret&part=1',
    'blob-symbols/main/secret.ts',
    'blob-lines/main/secret.ts',
    'media/main/secret.ts',
    'raw/main/secret.ts',
    'blob/main/secret.ts',
  ]) {
    for (const visitor of [stranger, t.anonymous])
      expect([path, (await visitor.get(`${hidden}/${path}`)).status]).toEqual([path, 404]);
    expect((await (await t.as('ada')).get(`${hidden}/${path}`)).status).toBe(200);
  }
  await t.app.jobs.drain();
  const own = await (await t.as('ada')).get(`${hidden}/symbols?q=Secret`);
  expect(await own.text()).toContain('/ada/hidden/blob/main/secret.ts#L1');
  expect(await text('/ada/engine/symbols?q=Secret')).toContain('No definition');
}, 60_000);
