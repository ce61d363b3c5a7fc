// `.editorconfig` by its specification, and by those who would make its matching slow.
import { describe, expect, it } from 'vitest';
import { parseEditorConfig, settingsFrom } from '../../../src/features/code/editorconfig.service.ts';
import { matchesGlob } from '../../../src/features/code/editorconfig-globs.service.ts';

const settings = (text: string, path: string) => settingsFrom([{ file: parseEditorConfig(text), path }]);

describe('globs', () => {
  it.each([
    ['*', 'a.txt', true],
    ['*', 'dir/a.txt', true],
    ['*.py', 'x/y/z.py', true],
    ['*.py', 'x.pyc', false],
    ['a.txt', 'sub/a.txt', true],
    ['/a.txt', 'a.txt', true],
    ['/a.txt', 'sub/a.txt', false],
    ['lib/**.js', 'lib/a/b.js', true],
    ['lib/**.js', 'src/lib/b.js', false],
    ['lib/*.js', 'lib/a/b.js', false],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b', true],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['[ab].txt', 'b.txt', true],
    ['[!ab].txt', 'b.txt', false],
    ['[!ab].txt', 'c.txt', true],
    ['[a-c]x', 'bx', true],
    ['*.{js,py}', 'a.py', true],
    ['*.{js,py}', 'a.rb', false],
    ['{package.json,.travis.yml}', 'package.json', true],
    ['{a,b{c,d}}.x', 'bd.x', true],
    ['{a,b{c,d}}.x', 'b.x', false],
    ['{single}.x', '{single}.x', true],
    ['{single}.x', 'single.x', false],
    ['a{,b}', 'a', true],
    ['file{1..12}.x', 'file7.x', true],
    ['file{1..12}.x', 'file13.x', false],
    ['file{-3..3}', 'file-2', true],
    ['\\*.x', '*.x', true],
    ['\\*.x', 'a.x', false],
    ['[unclosed', '[unclosed', true],
    ['{open,x', '{open,x', true],
    ['Makefile', 'Makefile', true],
  ])('%s on %s is %s', (glob, path, expected) => {
    expect(matchesGlob(glob, path)).toBe(expected);
  });

  it('takes no time to speak of on globs made to be slow', () => {
    expect(matchesGlob(`${'**a'.repeat(300)}b`, 'a'.repeat(4000))).toBe(false);
    expect(matchesGlob('{a,b}'.repeat(200), 'a'.repeat(200))).toBe(false);
    expect(matchesGlob('{'.repeat(1000), 'x')).toBe(false);
    expect(matchesGlob('{a,'.repeat(300), 'x')).toBe(false);
  });
});

describe('settings', () => {
  it('reads keys and values in any case, and skips comments and nonsense', () => {
    const text =
      '\ufeffroot = TRUE\r\n; no\n# no\n[*]\nIndent_Style = Space\nindent_size=4\nnonsense\n= x\nend_of_line = crlf\ncharset = UTF-8-BOM\n';
    expect(parseEditorConfig(text).isRoot).toBe(true);
    expect(settings(text, 'a')).toEqual({
      indentStyle: 'space',
      indentSize: 4,
      tabWidth: 4,
      lineEnding: '\r\n',
      charset: 'utf-8-bom',
    });
  });

  it('lets later sections and nearer files win, and unset what was set', () => {
    const outer = parseEditorConfig(
      '[*]\nindent_style=tab\ntab_width=8\ntrim_trailing_whitespace=true\n[*.md]\ntrim_trailing_whitespace=false\n',
    );
    const inner = parseEditorConfig('[*.md]\nindent_style=unset\ninsert_final_newline=true\n');
    expect(
      settingsFrom([
        { file: outer, path: 'docs/a.md' },
        { file: inner, path: 'a.md' },
      ]),
    ).toEqual({
      tabWidth: 8,
      trimsTrailingSpace: false,
      finalNewline: true,
    });
    expect(settingsFrom([{ file: outer, path: 'x.c' }])).toMatchObject({
      indentStyle: 'tab',
      indentSize: 8,
      tabWidth: 8,
    });
  });

  it('takes no sizes that are none', () => {
    expect(settings('[*]\nindent_size=0\ntab_width=99999\n', 'a')).toEqual({});
    expect(settings('[*]\nindent_size=tab\ntab_width=3\n', 'a')).toEqual({ indentSize: 3, tabWidth: 3 });
  });
});
