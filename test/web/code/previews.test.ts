// What files look like besides their lines: large files, tables, JSON, notebooks, media; ranges of lines, and files that
// wish their readers ill.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { storeLfsObject } from '../../../src/features/lfs/lfs-objects.service.ts';
import { openRepository } from '../../../src/features/repos/access.service.ts';
import type { OpenRepository } from '../../../src/features/repos/repos.types.ts';
import { type TestApp, testApp } from '../../support/test-app.ts';
import { HOSTILE_NOTEBOOK, PDF, PNG, WAV } from './files.ts';
import { runGit } from './import-commits.ts';
import { liveParts } from './live-parts.ts';
import { HEAD, makeRepository } from './repositories.ts';

let t: TestApp;
let open: OpenRepository;

const TEXT = `${'stored elsewhere\n'.repeat(3)}`;
const oidOf = (data: Buffer | string) => createHash('sha256').update(data).digest('hex');
const pointer = (data: Buffer | string) =>
  `version https://git-lfs.github.com/spec/v1\noid sha256:${oidOf(data)}\nsize ${Buffer.byteLength(data)}\n`;
const SECRET = 'content of another repository\n';

beforeAll(async () => {
  t = await testApp();
  open = await makeRepository(t, 'ada', 'engine', [
    {
      ref: HEAD,
      files: [
        { path: 'rows.txt', data: Array.from({ length: 6001 }, (_, at) => `row ${at + 1}`).join('\n') },
        { path: 'heavy.txt', data: `${'&'.repeat(9999)}\n`.repeat(800) },
        { path: 'a.csv', data: 'a,b\n1,"x ""y"", z"\n2,"broken\n3,<script>alert(1)</script>\n' },
        { path: 'a.tsv', data: 'a\tb\n1\t2\n' },
        { path: 'line.csv', data: `a,b\n${'x'.repeat(7_000_000)},"${'y'.repeat(500_000)}` },
        { path: 'wide.csv', data: `${'c,'.repeat(5000)}\n`.repeat(3) },
        { path: 'long.csv', data: 'a,b\n'.repeat(5000) },
        { path: 'deep.json', data: '['.repeat(400_000) },
        { path: 'pairs.json', data: '{"a":'.repeat(150_000) },
        { path: 'big.json', data: JSON.stringify(Array.from({ length: 20_000 }, (_, at) => at)) },
        { path: 'bad.json', data: '{\n  "a": 1,\n  b: 2\n}\n' },
        { path: 'good.json', data: '{"<b>": "<script>alert(1)</script>", "n": 12345678901234567890}' },
        { path: 'book.ipynb', data: HOSTILE_NOTEBOOK },
        { path: 'broken.ipynb', data: '{"cells": ' },
        {
          path: 'nested.ipynb',
          data: `{"cells":[{"cell_type":"code","source":"x","outputs":[{"data":{"text/html":${JSON.stringify('<div>'.repeat(20_000))}}}]}]}`,
        },
        { path: 'doc.pdf', data: PDF },
        { path: 'fake.pdf', data: '<html><script>alert(1)</script></html>' },
        { path: 'tone.wav', data: WAV },
        { path: 'pixel.png', data: PNG },
        { path: 'stored.txt', data: pointer(TEXT) },
        { path: 'stored.png', data: pointer(PNG) },
        { path: 'elsewhere.txt', data: pointer(SECRET) },
      ],
    },
  ]);
  const other = await makeRepository(t, 'eve', 'other', [], { visibility: 'private' });
  for (const [repository, owner, data] of [
    [open, 'ada', Buffer.from(TEXT)],
    [open, 'ada', PNG],
    [other, 'eve', Buffer.from(SECRET)],
  ] as const) {
    const name = repository.repository.name;
    const writing = await openRepository(t.app, await t.actor(owner), owner, name, 'code:write');
    const content = (async function* () {
      yield data;
    })();
    await storeLfsObject(t.app, writing, { oid: oidOf(data), size: data.length }, content);
  }
}, 120_000);
afterAll(() => t.close());

const get = (path: string, headers: Record<string, string> = {}) =>
  t.anonymous.get(`/ada/engine/${path}`, headers);
const text = async (path: string) => (await get(path)).text();
const blob = (path: string) => text(`blob/main/${path}`);

describe('lines', () => {
  it('comes in blocks, whatever range is asked for', async () => {
    const first = await blob('rows.txt');
    expect([first.includes('id="L2000"'), first.includes('id="L2001"')]).toEqual([true, false]);
    expect(first).toContain('data-line-count="6001"');
    expect(first).toContain('href="/ada/engine/blob/main/rows.txt?lines=2001-4000#L2001"');
    const last = await blob('rows.txt?lines=6001-8000');
    expect([last.includes('id="L6001"'), last.includes('row 6001')]).toEqual([true, true]);
    for (const odd of ['0', '-5', 'abc', '99999999', '5-1', '1e9', '%3Cscript%3E'])
      expect((await get(`blob/main/rows.txt?lines=${odd}`)).status).toBe(200);
  });

  it('does not send a page of tens of megabytes', async () => {
    expect((await blob('heavy.txt')).length).toBeLessThan(12 * 1024 * 1024);
  });

  it('has a fragment for each block', async () => {
    const part = await text('blob-lines/main/rows.txt?lines=5501');
    expect([...part.matchAll(/<tr id="L(\d+)"/g)].map(([, line]) => Number(line))).toEqual(
      Array.from({ length: 500 }, (_, at) => 5501 + at),
    );
    expect((await get('blob-lines/main/pixel.png')).status).toBe(404);
    expect((await get('blob-lines/main/nosuch')).status).toBe(404);
    expect((await get('blob-symbols/main/pixel.png')).status).toBe(404);
  });
});

describe('tables', () => {
  it('reads quotes as people write them', async () => {
    const html = await blob('a.csv');
    expect(html).toContain('<td>x &quot;y&quot;, z</td>');
    expect(html).toContain('<td>&quot;broken</td>');
    expect(html).toContain('<td>&lt;script&gt;alert(1)&lt;/script&gt;</td>');
    expect(await blob('a.tsv')).toContain('<th scope="col">b</th>');
    expect(await blob('a.csv?plain=1')).toContain('<tr id="L1">');
  });

  it('is cut in rows, columns and values', async () => {
    for (const path of ['line.csv', 'wide.csv', 'long.csv']) {
      const html = await blob(path);
      expect([path, html.includes('Only the first rows and columns')]).toEqual([path, true]);
      expect(html.length).toBeLessThan(250_000);
    }
  });
});

describe('JSON', () => {
  it('is a tree when asked for, numbers as they were written', async () => {
    expect(await blob('good.json')).toContain('<tr id="L1">');
    const tree = await blob('good.json?preview=1');
    expect(tree).toContain('12345678901234567890');
    expect(tree).toContain('&lt;script&gt;');
    expect(liveParts(tree)).toEqual([]);
  });

  it.each(['deep.json', 'pairs.json', 'big.json'])('survives %s', async (path) => {
    const html = await blob(`${path}?preview=1`);
    expect(html).toContain('too large or too deep');
    expect(html.length).toBeLessThan(600_000);
  });

  it('says where it is wrong', async () => {
    expect(await blob('bad.json?preview=1')).toContain('#L3">line 3</a>');
  });
});

describe('notebooks', () => {
  it('shows cells and outputs, and nothing of them runs', async () => {
    const html = await blob('book.ipynb');
    expect(html).toContain('notebook-cell');
    expect(html).toContain('<span class="hljs-keyword">import</span>');
    const live = liveParts(html).filter((part) => !part.startsWith('img src=data:image/png;base64,'));
    expect(live).toEqual([]);
  });

  it('shows the source of what is none', async () => {
    expect(await blob('broken.ipynb')).toContain('cannot be rendered');
    expect((await get('blob/main/nested.ipynb')).status).toBe(200);
    expect(await blob('book.ipynb?plain=1')).toContain('<tr id="L1">');
  });
});

describe('media', () => {
  it('is played or opened where name and content agree', async () => {
    expect(await blob('tone.wav')).toContain('<audio controls');
    expect(await blob('doc.pdf')).toContain('<iframe class="blob-pdf"');
    expect(await blob('pixel.png')).toContain('width="1" height="1"');
    expect(await blob('fake.pdf')).not.toContain('<iframe');
  });

  it('cannot act on this site, however it is sent', async () => {
    for (const path of [
      'raw/main/fake.pdf',
      'media/main/fake.pdf',
      'raw/main/tone.wav',
      'raw/main/pixel.png',
    ]) {
      const { headers } = await get(path);
      expect(headers.get('content-security-policy')).toContain('sandbox');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-type')).not.toContain('html');
    }
    const { headers } = await get('raw/main/doc.pdf');
    expect(headers.get('content-type')).toBe('application/pdf');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'self'");
    const part = await get('raw/main/tone.wav', { range: 'bytes=0-3' });
    expect([part.status, await part.text()]).toEqual([206, 'RIFF']);
  });
});

describe('large files of Git LFS', () => {
  it('is shown and sent in the place of its pointer', async () => {
    expect(await blob('stored.txt')).toContain('stored elsewhere');
    expect(await blob('stored.txt')).toContain('Stored with Git LFS');
    expect(await blob('stored.png')).toContain('<img src="/ada/engine/raw/main/stored.png"');
    for (const kind of ['raw', 'media']) {
      const sent = await get(`${kind}/main/stored.png`);
      expect(Buffer.from(await sent.arrayBuffer()).equals(PNG)).toBe(true);
    }
    expect(await (await get('raw/main/stored.txt', { range: 'bytes=7-15' })).text()).toBe('elsewhere');
  });

  it('is not taken from another repository that has it', async () => {
    expect(await text('raw/main/elsewhere.txt')).toBe(pointer(SECRET));
    expect(await blob('elsewhere.txt')).toContain('not on this server');
    expect(runGit(open.dir, 'cat-file', 'blob', `${HEAD}:elsewhere.txt`)).not.toContain(SECRET.trim());
  });
});

test('a file is the same at every ref: its lines are coloured once', async () => {
  const oid = runGit(open.dir, 'rev-parse', HEAD);
  const rows = (html: string) => /<tbody[\s\S]*<\/tbody>/.exec(html)?.[0];
  const [named, permanent] = [await blob('good.json'), await text(`blob/${oid}/good.json`)];
  expect(rows(named)).toBe(rows(permanent));
});
