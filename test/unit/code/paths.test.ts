import { describe, expect, it, test } from 'vitest';
import type { SafeHtml } from '../../../src/base/html.ts';
import { parseRange } from '../../../src/features/code/byte-ranges.service.ts';
import { emphasize } from '../../../src/features/code/diff-words.present.ts';
import { licenceOf } from '../../../src/features/code/licences.service.ts';
import { lineText, plainRange } from '../../../src/features/code/lines.service.ts';
import { decodePath, displayPath, encodePath } from '../../../src/features/code/paths.service.ts';
import { parseModules, webAddress } from '../../../src/features/code/submodules.service.ts';
import { decodeText } from '../../../src/features/code/texts.service.ts';
import { resolveLinkTarget } from '../../../src/features/code/trees.service.ts';
import { isOwnCode, languageOfFile } from '../../../src/platform/render/languages.ts';

test('every byte survives the way into an address and back', () => {
  const all = Buffer.from(
    Array.from({ length: 255 }, (_, index) => index + 1).filter((byte) => byte !== 0x2f),
  );
  expect(encodePath(all)).toMatch(/^[!-~]+$/);
  expect(encodePath(all)).not.toMatch(/[<>"#?\\%](?![0-9A-F]{2})/);
  expect(decodePath(encodePath(all)).equals(all)).toBe(true);
});

test('slashes at the ends and repeated ones do not count', () => {
  expect(decodePath('/a//b/').toString()).toBe('a/b');
  expect(decodePath('a%2Fb').toString()).toBe('a/b');
  expect(decodePath('100%').toString()).toBe('100%');
});

test('nothing hides in a displayed path', () => {
  expect(displayPath(Buffer.from('a\u202eb\n\x1b[0m\u2028'))).toBe('a\ufffdb\ufffd\ufffd[0m\ufffd');
});

describe('links', () => {
  it.each([
    ['dir/link', 'file', 'dir/file'],
    ['dir/link', '../other/./x', 'other/x'],
    ['link', '../up', undefined],
    ['link', '/etc/passwd', undefined],
    ['a/b/link', '../..', ''],
  ])('%s -> %s', (path, target, resolved) => {
    expect(resolveLinkTarget(Buffer.from(path), Buffer.from(target))?.toString()).toBe(resolved);
  });
});

describe('submodules', () => {
  it.each([
    ['https://example.org/a/b.git', 'https://example.org/a/b'],
    ['https://user:secret@example.org/a.git', 'https://example.org/a'],
    ['git@example.org:a/b.git', 'https://example.org/a/b'],
    ['../sibling.git', '/owner/sibling'],
    ['./below', undefined],
    ['../../other/x', '/other/x'],
    ['../../../../x', undefined],
    ['../..', undefined],
    ['javascript:alert(1)', undefined],
    ['file:///etc', undefined],
    ['data:text/html,x', undefined],
    ['ext::sh -c id', undefined],
    ['--upload-pack=id', undefined],
    ['-u:x/y', undefined],
    ['ssh://git@example.org:2222/a/b.git', 'https://example.org/a/b'],
    ['ssh://-oProxyCommand=id/x', 'https://-oproxycommand=id/x'],
    ['git://example.org/a', 'https://example.org/a'],
    ['https://code.example/ada/x.git', '/ada/x'],
    ['https://code.example/ada/x/y', undefined],
    ['ssh://git@code.example:2222/ada/x.git', '/ada/x'],
    ['git@code.example:ada/x.git', '/ada/x'],
    ['ssh://git@code.example:22222/ada/x', 'https://code.example/ada/x'],
    ['https://code.example:8443/ada/x', 'https://code.example:8443/ada/x'],
    ['//example.org/x', undefined],
    ['..//evil.example/x', undefined],
    ['../"><script>', '/owner/%22%3E%3Cscript%3E'],
  ])('%s -> %s', (url, address) => {
    const own = { http: 'https://code.example', ssh: 'ssh://git@code.example:2222/' };
    expect(webAddress(url, '/owner/repo', own)).toBe(address);
  });

  it('reads sections', () => {
    const text =
      '[submodule "a"]\n\tpath = lib/a\n\turl = https://example.org/a\n# x\n[submodule "b"]\n  url=../b\n  path="lib/b c"\n';
    expect(parseModules(text)).toEqual([
      { path: 'lib/a', url: 'https://example.org/a' },
      { path: 'lib/b c', url: '../b' },
    ]);
  });
});

test('crafted .gitmodules: sections that come twice, quotes, other sections, and lines without an end', () => {
  const text = [
    '[core]\n\tpath = evil\n\turl = https://evil.example/x',
    '[submodule "a"]\n\tpath = lib/a\n\turl = https://one.example/x ; a comment',
    '[submodule "a"]\n\turl = "https://two.example/\\"x" # another',
    '[submodule "no url"]\n\tpath = p',
    '[remote "origin"]\n\turl = https://evil.example/y\n\tpath = lib/a',
  ].join('\n');
  expect(parseModules(text)).toEqual([{ path: 'lib/a', url: 'https://two.example/"x' }]);
  const long = `[submodule "a"]\npath = ${' '.repeat(120_000)}x\nurl = ${'\\'.repeat(120_000)}\n`;
  expect(parseModules(long + '[submodule "b'.repeat(10_000))).toHaveLength(0);
});

test('text is decoded by what it is', () => {
  expect(decodeText(Buffer.from('ü'))).toEqual({ text: 'ü', encoding: 'UTF-8' });
  expect(decodeText(Buffer.from('\ufeffü'))).toEqual({ text: 'ü', encoding: 'UTF-8' });
  expect(decodeText(Buffer.from([0xfc]))).toEqual({ text: 'ü', encoding: 'Latin-1' });
  expect(decodeText(Buffer.from('\ufeffü', 'utf16le'))).toEqual({ text: 'ü', encoding: 'UTF-16LE' });
  expect(decodeText(Buffer.from([0, 1, 2]))).toBeUndefined();
  expect(decodeText(Buffer.alloc(0))).toEqual({ text: '', encoding: 'UTF-8' });
});

test('words are marked inside coloured code without breaking its spans', () => {
  const html = '<span class="a">x &lt;</span>y z' as SafeHtml;
  expect(emphasize(html, [[2, 4]])).toBe(
    '<span class="a">x <span class="diff-word">&lt;</span></span><span class="diff-word">y</span> z',
  );
  expect(emphasize(html, [])).toBe(html);
  expect(emphasize(html, [[5, 99]])).toMatch(/y <span class="diff-word">z<\/span>$/);
});

test('a text is cut in lines and in length, and says so', () => {
  expect(lineText('a\r\n\rb')).toEqual({ text: 'a\n\nb', lineCount: 3, sourceLines: 2, isCut: false });
  const long = lineText(`${'x'.repeat(20_000)}\n${'y\n'.repeat(20_000)}`);
  expect([long.isCut, long.lineCount, plainRange(long.text, { from: 1, to: 30_000 }).length]).toEqual([
    true,
    20_001,
    20_001,
  ]);
  expect(plainRange(long.text, { from: 1, to: 2 })).toEqual([
    `${'x'.repeat(10_000)} … 10000 more characters`,
    'y',
  ]);
  expect(plainRange('a\nb\n<c>', { from: 2, to: 9 })).toEqual(['b', '&lt;c&gt;']);
});
test('ranges', () => {
  expect(parseRange('bytes=0-4', 10, undefined, '"t"')).toEqual({ from: 0, to: 5 });
  expect(parseRange('bytes=-0', 10, undefined, '"t"')).toBe('unsatisfiable');
  expect(parseRange('bytes=-5', 0, undefined, '"t"')).toBe('unsatisfiable');
  expect(parseRange('bytes=0-4', 10, '"other"', '"t"')).toBeUndefined();
});

test.each([
  [
    'MIT',
    'Permission is hereby granted, free of charge, to any person … The above copyright notice and this permission\nnotice shall be included',
  ],
  ['Apache-2.0', '  Apache License\n  Version 2.0, January 2004'],
  ['GPL-3.0', 'GNU GENERAL PUBLIC LICENSE\nVersion 3, 29 June 2007'],
  [
    'AGPL-3.0',
    'GNU AFFERO GENERAL PUBLIC LICENSE\nVersion 3, 19 November 2007\n… GNU General Public License',
  ],
  ['BSD-3-Clause', 'Redistribution and use in source and binary forms … Neither the name of'],
  ['BSD-2-Clause', 'Redistribution and use in source and binary forms … provided'],
  [undefined, 'All rights reserved.'],
])('the licence %s is recognized', (id, text) => {
  expect(licenceOf(text)).toBe(id);
});

test('languages are known by name, extension and interpreter; others\u2019 work does not count', () => {
  expect(languageOfFile('a.h')?.name).toBe('C');
  expect(languageOfFile('index.d.ts')?.name).toBe('TypeScript');
  expect(languageOfFile('run', '#!/usr/bin/env -S node --x')?.name).toBe('JavaScript');
  expect(languageOfFile('constructor')).toBeUndefined();
  expect(languageOfFile('x.__proto__')).toBeUndefined();
  expect(
    ['node_modules/a.js', 'docs/x.ts', 'a.min.js', 'package-lock.json', 'x_pb2.py'].filter(isOwnCode),
  ).toEqual([]);
  expect(isOwnCode('src/main.ts')).toBe(true);
});
