// Languages: counted over the whole tree once, then advanced by what pushes change, to the same numbers.
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { languagesOf } from '../../../src/features/code/commit-facts.service.ts';
import { advanceLanguages, measureLanguages } from '../../../src/features/code/languages.service.ts';
import { linguistRules } from '../../../src/features/code/linguist-attributes.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { isOwnCode } from '../../../src/platform/render/languages.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { importCommits, runGit } from './import-commits.ts';
import { HEAD, makeRepository } from './repositories.ts';

let t: TestApp;
let open: OpenRepository;

beforeAll(async () => {
  t = await testApp();
  open = await makeRepository(t, 'ada', 'engine', [
    { ref: HEAD, files: [{ path: 'a.ts', data: 'let a = 1;\n' }] },
  ]);
}, 60_000);
afterAll(() => t.close());

const head = () => runGit(open.dir, 'rev-parse', 'main');
const measure = () => measureLanguages(t.app.git, open.dir, head());

test('random histories: the advanced count is the full count', async () => {
  let seed = 11;
  const random = (most: number) => {
    seed = (seed * 48271) % 2147483647;
    return seed % most;
  };
  const names = [
    'a.ts',
    'b.py',
    'c.json',
    'd.js',
    'vendor/e.js',
    'docs/f.html',
    'gen/g.ts',
    'x/h.sql',
    'i.h',
    'x/y/j.rb',
  ];
  const lines = [
    'gen/** linguist-generated',
    '*.json linguist-detectable',
    'vendor/e.js -linguist-vendored',
    '*.h linguist-language=C++',
    'x/** linguist-vendored=false',
    '*.sql linguist-detectable=true',
    'docs/* linguist-documentation=false',
  ];
  let [known, from, advanced] = [await measure(), head(), 0];
  for (let push = 0; push < 40; push++) {
    const files = Array.from({ length: 1 + random(3) }, () => ({
      path: names[random(names.length)] ?? 'a.ts',
      data: 'x'.repeat(1 + random(500)),
    }));
    const deletes = random(3) === 0 ? [names[random(names.length)] ?? ''] : [];
    const rules = lines.filter(() => random(2) === 0).join('\n');
    if (push % 7 === 3) files.push({ path: random(2) ? '.gitattributes' : 'x/.gitattributes', data: rules });
    const kept = deletes.filter((path) => !files.some((file) => file.path === path));
    importCommits(open.dir, [{ ref: HEAD, from: HEAD, files, deletes: kept }]);
    const full = await measure();
    const next = await advanceLanguages(t.app.git, open.dir, known, from, head());
    if (next) {
      expect(next).toEqual(full);
      advanced++;
    }
    [known, from] = [full, head()];
  }
  expect(advanced).toBeGreaterThan(25);
}, 120_000);

test('attributes decide which files count, and as what', async () => {
  const rules =
    'x.json linguist-detectable\nown/** -linguist-vendored\n*.foo linguist-language=Ruby\nskip.py linguist-vendored\n';
  importCommits(open.dir, [
    {
      ref: 'refs/heads/rules',
      files: [
        { path: '.gitattributes', data: rules },
        { path: 'x.json', data: '{}' },
        { path: 'own/vendor/a.js', data: 'x'.repeat(7) },
        { path: 'other/vendor/a.js', data: 'x'.repeat(100) },
        { path: 'some.foo', data: 'x'.repeat(5) },
        { path: 'skip.py', data: 'x'.repeat(100) },
        { path: 'link.rb', data: 'some.foo', mode: '120000' },
      ],
    },
  ]);
  const { bytes } = await measureLanguages(t.app.git, open.dir, runGit(open.dir, 'rev-parse', 'rules'));
  expect(bytes).toEqual([
    ['JavaScript', 7],
    ['Ruby', 5],
    ['JSON', 2],
  ]);
});

test('a push is counted by what it changed, not over the whole tree', async () => {
  await languagesOf(t.app, open, head(), 20_000);
  importCommits(open.dir, [
    { ref: HEAD, from: HEAD, files: [{ path: 'new.go', data: 'package a\n'.repeat(9000) }] },
  ]);
  const { spawn } = t.app.git;
  let listings = 0;
  Object.assign(t.app.git, {
    spawn: ((args, options) => {
      if (args[0] === 'ls-tree') listings++;
      return spawn(args, options);
    }) as typeof spawn,
  });
  expect((await languagesOf(t.app, open, head(), 20_000))?.map(({ name }) => name)).toContain('Go');
  Object.assign(t.app.git, { spawn });
  expect(listings).toBe(0);
});

describe('patterns', () => {
  const patterns = [
    ...[
      '*.ts',
      '/a.ts',
      'src/*.ts',
      'src/**',
      '**/a.ts',
      'src/**/a.ts',
      'src/',
      'a?ts',
      '[ab].ts',
      '[!a].ts',
      'src',
    ],
    ...[
      '*',
      '**',
      'x/**/y/**',
      '*a*',
      'src/*/a.ts',
      '\\*.ts',
      '"sp ace.ts"',
      'a.*',
      '**/src/*',
      '/*',
      '/**',
      'deep/*',
    ],
  ];
  const paths = [
    ...[
      'a.ts',
      'b.ts',
      'src/a.ts',
      'src/x/a.ts',
      'src/x/y/a.ts',
      'x/y/z',
      'x/1/y/2/3',
      'axts',
      '*.ts',
      'sp ace.ts',
    ],
    ...['src/b', 'deep/src/c', 'deep/src', 'x/y'],
  ];
  test.each(patterns)('%s matches what it matches for git', (pattern) => {
    const rule = linguistRules([{ path: '.gitattributes', text: `${pattern} linguist-vendored\n` }]);
    const ours = paths.filter((path) => rule(path, { steps: 1e6 }).vendored === true);
    importCommits(open.dir, [
      { ref: 'refs/heads/p', files: [{ path: '.gitattributes', data: `${pattern} linguist-vendored\n` }] },
    ]);
    const index = `${t.directory}/index`;
    const env = { PATH: process.env.PATH, GIT_DIR: open.dir, GIT_INDEX_FILE: index, HOME: '/nonexistent' };
    execFileSync('git', ['read-tree', 'p'], { env });
    const args = ['check-attr', '--cached', '--stdin', '-z', 'linguist-vendored'];
    const said = execFileSync('git', args, { env, input: `${paths.join('\0')}\0`, encoding: 'utf8' }).split(
      '\0',
    );
    expect(ours).toEqual(paths.filter((_, at) => said[at * 3 + 2] === 'set'));
  });
});

test('crafted patterns and paths cost a bounded number of steps', async () => {
  const star = `${'a*'.repeat(800)}b`;
  const many = `${'**/'.repeat(300)}b`;
  const text = [star, many]
    .map((pattern) => `${pattern} linguist-vendored`)
    .join('\n')
    .concat('\n')
    .repeat(200);
  const rule = linguistRules([{ path: '.gitattributes', text }]);
  const budget = { steps: 200_000 };
  for (let at = 0; at < 50; at++) rule(`${'a'.repeat(2000)}/${'a/'.repeat(900)}x`, budget);
  expect(budget.steps).toBeLessThanOrEqual(0);
  expect(isOwnCode(`jquery${'-1.'.repeat(30_000)}x`)).toBe(true);
  expect(isOwnCode(`${'vendo/'.repeat(30_000)}x`)).toBe(true);
  importCommits(open.dir, [
    {
      ref: 'refs/heads/evil',
      files: [
        { path: '.gitattributes', data: text },
        { path: 'b.ts', data: 'x' },
      ],
    },
  ]);
  const { bytes } = await measureLanguages(t.app.git, open.dir, runGit(open.dir, 'rev-parse', 'evil'));
  expect(bytes).toEqual([['TypeScript', 1]]);
});
