// Names, contents and histories made to break pages, to run script, or to take forever.
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { importCommits, runGit } from './import-commits.ts';
import { liveParts } from './live-parts.ts';
import { HEAD, makeRepository } from './repositories.ts';

const EVIL = '"><script>hit()</script><img src=x onerror=hit()>';

/** Raw bytes of names, and how addresses write them. */
const NAMES: [what: string, bytes: Buffer, address: string][] = [
  ['markup', Buffer.from('a<b>&"\'.txt'), "a%3Cb%3E&%22'.txt"],
  ['a line break', Buffer.from('two\nlines.txt'), 'two%0Alines.txt'],
  ['Latin-1', Buffer.from('caf\xe9.txt', 'latin1'), 'caf%E9.txt'],
  ['UTF-8', Buffer.from('日本 ü.txt'), '%E6%97%A5%E6%9C%AC%20%C3%BC.txt'],
  ['a backslash', Buffer.from('a\\b.txt'), 'a%5Cb.txt'],
  ['a percent sign', Buffer.from('100%41.txt'), '100%2541.txt'],
  ['a question and a hash', Buffer.from('what?#here.txt'), 'what%3F%23here.txt'],
  ['spaces at its ends', Buffer.from(' x .txt '), '%20x%20.txt%20'],
  ['a control character', Buffer.from('bell\x07\x1b[31m.txt'), 'bell%07%1B%5B31m.txt'],
  ['a direction override', Buffer.from('a\u202etxt.exe'), 'a%E2%80%AEtxt.exe'],
  ['a leading dash', Buffer.from('--help'), '--help'],
  ['a colon', Buffer.from(':(exclude)x'), ':(exclude)x'],
  ['the names of objects', Buffer.from('__proto__'), '__proto__'],
  ['a template', Buffer.from('<%= 1 %>{{1}}.txt'), '%3C%25=%201%20%25%3E%7B%7B1%7D%7D.txt'],
];

let t: TestApp;
let open: OpenRepository;

beforeAll(async () => {
  t = await testApp();
  open = await makeRepository(t, 'eve', 'trap', [
    {
      ref: HEAD,
      message: `${EVIL}\n\n${EVIL}`,
      author: `${EVIL.replace(/[<>]/g, '')} <x"onmouseover=hit()@example.org>`,
      files: [
        ...NAMES.map(([what, path]) => ({ path, data: `content of ${what}\n` })),
        { path: 'README.md', data: `# ${EVIL}\n\n${EVIL}\n\n[x](javascript:hit())\n\n<svg onload=hit()>\n` },
        { path: `${EVIL.replaceAll('/', '_')}.md`, data: EVIL },
        { path: 'code.html', data: `<script>hit()</script>\n${EVIL}\n` },
        { path: 'page.svg', data: '<svg xmlns="http://www.w3.org/2000/svg" onload="hit()"/>' },
        { path: `dir-${EVIL.replaceAll('/', '_')}/file`, data: 'x' },
        { path: 'bad-link', data: `/${EVIL}`, mode: '120000' as const },
        { path: '.gitmodules', data: `[submodule "${EVIL}"]\n\tpath = sub\n\turl = javascript:hit()\n` },
        { path: 'sub', data: '3'.repeat(40), mode: '160000' as const },
      ],
    },
    {
      ref: HEAD,
      message: Buffer.from('caf\xe9 \u0000'.slice(0, 4), 'latin1'),
      files: [{ path: 'code.html', data: `<script>hit(2)</script>\n${EVIL} changed\n` }],
    },
  ]);
  runGit(open.dir, 'update-ref', `refs/heads/x"><img-src=x-onerror=hit()>`, 'refs/heads/main');
  runGit(open.dir, 'update-ref', `refs/tags/v1"><svg-onload=hit()>`, 'refs/heads/main');
  runGit(open.dir, 'update-ref', 'refs/heads/ünï/日本', 'refs/heads/main');
}, 60_000);
afterAll(() => t.close());

const get = (path: string) => t.anonymous.get(path);

async function text(path: string): Promise<string> {
  const answer = await get(path);
  expect(answer.status, path).toBe(200);
  return answer.text();
}

describe.each(NAMES)('a file whose name holds %s', (what, _bytes, address) => {
  it('is linked from its directory', async () => {
    const escaped = address.replaceAll('&', '&amp;').replaceAll("'", '&#39;');
    expect(await text('/eve/trap')).toContain(`href="/eve/trap/blob/main/${escaped}"`);
  });

  it('has its page, raw content and history', async () => {
    expect(await text(`/eve/trap/blob/main/${address}`)).toContain(`content of ${what}`);
    expect(await text(`/eve/trap/raw/main/${address}`)).toBe(`content of ${what}\n`);
    const history = await get(`/eve/trap/commits/main/${address}`);
    expect(history.status).toBe(200);
  });

  it('is found by the API', async () => {
    const found = (await (await get(`/api/v1/repos/eve/trap/contents/${address}`)).json()) as {
      content: string;
    };
    expect(Buffer.from(found.content, 'base64').toString()).toBe(`content of ${what}\n`);
  });
});

test('no page runs what a repository holds', async () => {
  const oid = runGit(open.dir, 'rev-parse', 'refs/heads/main');
  const root = runGit(open.dir, 'rev-parse', 'refs/heads/main~1');
  const odd = encodeURIComponent('x"><img-src=x-onerror=hit()>');
  const dir = encodeURIComponent(`dir-${EVIL.replaceAll('/', '_')}`);
  const pages = [
    '/eve/trap',
    '/eve/trap/commits',
    `/eve/trap/commit/${oid}`,
    `/eve/trap/commit/${root}`,
    '/eve/trap/branches',
    '/eve/trap/tags',
    `/eve/trap/branches?q=${encodeURIComponent(EVIL)}`,
    '/eve/trap/blob/main/code.html',
    '/eve/trap/blob/main/README.md',
    '/eve/trap/blob/main/README.md?plain=1',
    '/eve/trap/blob/main/bad-link',
    `/eve/trap/blob/main/${encodeURIComponent(`${EVIL.replaceAll('/', '_')}.md`)}`,
    `/eve/trap/tree/main/${dir}`,
    `/eve/trap/blob/main/${dir}/file`,
    `/eve/trap/tree/${odd}`,
    `/eve/trap/blob/${odd}/README.md`,
    `/eve/trap/commits/${odd}`,
    '/eve/trap/tree/%C3%BCn%C3%AF/%E6%97%A5%E6%9C%AC',
    `/eve/trap/tree-commits/main/${dir}`,
  ];
  for (const path of pages) {
    const html = await text(path);
    expect(liveParts(html), path).toEqual([]);
    expect(html, path).not.toContain('\u202e');
  }
});

test('raw files cannot act on the site', async () => {
  for (const [path, type] of [
    ['code.html', 'text/plain; charset=utf-8'],
    ['page.svg', 'image/svg+xml'],
    ['README.md', 'text/plain; charset=utf-8'],
  ]) {
    const answer = await get(`/eve/trap/raw/main/${path}`);
    expect(answer.headers.get('content-type')).toBe(type);
    expect(answer.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    );
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  }
});

test.each([
  '/eve/trap/blob/main/../../../../etc/passwd',
  '/eve/trap/blob/main/%2e%2e/%2e%2e/config',
  '/eve/trap/raw/main/..%2f..%2fconfig',
  '/eve/trap/raw/--output=%2ftmp%2fx/y',
  '/eve/trap/commits/--all',
  '/eve/trap/commits/main..x',
  '/eve/trap/commits/%5Emain',
  '/eve/trap/tree/HEAD%3AREADME.md',
  '/eve/trap/tree/main%5E%7Btree%7D',
  '/eve/trap/tree/%40%7Bupstream%7D',
  '/eve/trap/archive/--exec=x.zip',
  '/eve/trap/archive/main%3Adir.zip',
  '/eve/trap/blob/main/%00',
  '/eve/trap/blob/main/x%0Ay',
  `/eve/trap/blob/main/${'a/'.repeat(3000)}`,
])('%s is refused quietly', async (path) => {
  const answer = await get(path);
  expect([400, 404, 414]).toContain(answer.status);
});

test.each(['?after=-1', '?after=%00', '?after=--all', '?after=99999999999999'])(
  'history %s does no harm',
  async (query) => {
    expect([200, 400, 422]).toContain((await get(`/eve/trap/commits/main${query}`)).status);
  },
);

describe('sizes', () => {
  beforeAll(() => {
    importCommits(open.dir, [
      {
        ref: 'refs/heads/big',
        files: [
          { path: 'line.js', data: `let a = "${'x'.repeat(900_000)}";\n` },
          { path: 'nine.txt', data: 'y'.repeat(9 * 1024 * 1024) },
          { path: 'rows.txt', data: 'row\n'.repeat(100_000) },
          { path: 'utf16.txt', data: Buffer.from('\ufeffhellö\r\n', 'utf16le') },
          { path: 'latin1.txt', data: Buffer.from('caf\xe9\n', 'latin1') },
          { path: 'quotes.md', data: '> '.repeat(30_000) },
          ...Array.from({ length: 2500 }, (_, index) => ({
            path: `many/f${String(index).padStart(5, '0')}`,
            data: '',
          })),
        ],
      },
    ]);
  });

  it('cuts a line that is too long, and says so', async () => {
    const html = await text('/eve/trap/blob/big/line.js');
    expect(html.length).toBeLessThan(60_000);
    expect(html).toContain('more characters');
    expect(html).toContain('too long to be shown whole');
  });

  it('does not show nine megabytes', async () => {
    const html = await text('/eve/trap/blob/big/nine.txt');
    expect(html).toContain('too large to be shown here');
    expect((await (await get('/eve/trap/raw/big/nine.txt')).arrayBuffer()).byteLength).toBe(9 * 1024 * 1024);
  });

  it('shows the first of very many lines', async () => {
    const html = await text('/eve/trap/blob/big/rows.txt');
    expect(html).toContain('100,000 lines');
    expect(html).toContain('id="L2000"');
    expect(html).not.toContain('id="L2001"');
  });

  it('decodes what is no UTF-8', async () => {
    expect(await text('/eve/trap/blob/big/utf16.txt')).toContain('>hellö<');
    expect(await text('/eve/trap/blob/big/latin1.txt')).toContain('>café<');
    expect((await get('/eve/trap/raw/big/latin1.txt')).headers.get('content-type')).toBe(
      'text/plain; charset=windows-1252',
    );
  });

  it('shows a huge directory in pages', async () => {
    const first = await text('/eve/trap/tree/big/many');
    expect(first).toContain('of 2,500');
    expect(first).toContain('>f00999<');
    expect(first).not.toContain('>f01000<');
    expect(await text('/eve/trap/tree/big/many?page=3')).toContain('>f02499<');
  });

  it('answers a document that would exhaust a parser', async () => {
    expect(await text('/eve/trap/blob/big/quotes.md')).toContain('markdown-body');
  });

  it('does not load a diff that is too large, and loads a file of it when asked', async () => {
    const oid = runGit(open.dir, 'rev-parse', 'refs/heads/big');
    const html = await text(`/eve/trap/commit/${oid}`);
    expect(html.length).toBeLessThan(4_000_000);
    expect(await text(`/eve/trap/commit/${oid}?files=51`)).toContain('Load this file');
    const one = await text(`/eve/trap/commit/${oid}?path=latin1.txt`);
    expect(one).toContain('1 changed file<');
    expect(one).toContain('Show all files');
  });
});
