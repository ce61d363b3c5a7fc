// Texts that strangers push, made to keep a pattern busy: a run of one character that each of its characters begins anew.
// None of this takes a moment; a pattern that goes back takes minutes, and everybody waits.
import { expect, it } from 'vitest';
import { parseRules } from '../../../src/features/code/generated.service.ts';
import { licenceOf } from '../../../src/features/code/licences.service.ts';
import { linguistRules } from '../../../src/features/code/linguist-attributes.service.ts';
import { coAuthorsOf, messageHtml } from '../../../src/features/code/messages.present.ts';
import { webAddress } from '../../../src/features/code/submodules.service.ts';
import { messageText, personLine } from '../../../src/platform/git/write-commit.ts';

const LONG = 400_000;

it('a trailer of spaces does not keep a commit’s page busy', () => {
  const trailer = `Co-authored-by:${' '.repeat(580)}x`;
  const message = [
    'Subject',
    '',
    ...Array.from({ length: 5000 }, () => trailer),
    'Co-Authored-By:  Bo  <bo@x.org> ',
  ];
  expect(coAuthorsOf(message.join('\n'))).toEqual([{ name: 'Bo', email: 'bo@x.org' }]);
  expect(
    coAuthorsOf('s\nCo-authored-by: <a@x.org>\nCo-authored-by: A> <a@y.org>\nco-authored-by: A <a b>'),
  ).toEqual([{ name: 'a@x.org', email: 'a@x.org' }]);
});

it('an address of dots does not keep a commit’s page busy', () => {
  const links = Array.from({ length: 5000 }, () => `http://x/${'.'.repeat(1900)}a`).join(' ');
  expect(messageHtml({ path: '/a/b' }, links)).toContain('rel="nofollow');
  expect(messageHtml({ path: '/a/b' }, 'see http://x/a). or http://x/(a).')).toBe(
    'see <a href="http://x/a" rel="nofollow ugc noopener">http://x/a</a>). or <a href="http://x/(a)" rel="nofollow ugc noopener">http://x/(a)</a>.',
  );
});

it('an address of a submodule that never ends does not keep a directory’s page busy', () => {
  for (let n = 0; n < 60; n++) {
    expect(webAddress('.a'.repeat(LONG / 2), '/a/b')).toBeUndefined();
    expect(webAddress(`${'a'.repeat(LONG)}@`, '/a/b')).toBeUndefined();
  }
  expect(webAddress('git@example.org:a/b.git', '/a/b')).toBe('https://example.org/a/b');
  expect(webAddress('example.org:a/b', '/a/b')).toBe('https://example.org/a/b');
  expect(webAddress('a@b@example.org:a/b', '/a/b')).toBeUndefined();
  expect(webAddress('host:a/b', '/a/b')).toBeUndefined();
});

it('messages and names of long runs are written at once', () => {
  expect(messageText(`a${'\n'.repeat(LONG)}b\n\n`)).toBe(`a${'\n'.repeat(LONG)}b\n`);
  expect(messageText('')).toBe('\n');
  const name = `. a${' '.repeat(LONG)}b ,`;
  expect(personLine({ name, email: '.', time: 0, offset: 0 })).toBe(`a${' '.repeat(LONG)}b <> 0 +0000`);
});

it('attributes and licences of long runs are read at once', () => {
  const text = `x${' '.repeat(2000)}\ry linguist-vendored\n`.repeat(400);
  expect(linguistRules([{ path: '.gitattributes', text }])('x', { steps: 1e6 })).toEqual({ vendored: true });
  const free = 'Permission is hereby granted, free of charge. ';
  const deal = 'deal in the Software without restriction ';
  expect(licenceOf(free + deal)).toBe('MIT-0');
  expect(licenceOf(`${free}${deal.repeat(10_000)}the above copyright notice`)).toBeUndefined();
});

it('patterns of generated files take a bounded number of steps, however they are made', () => {
  const matchAll = (pattern: string, path: string) => {
    const budget = { steps: 1_000_000 };
    const rules = parseRules(`${pattern} linguist-generated\n`.repeat(500));
    return rules.map((rule) => rule.pattern.matches(path, budget));
  };
  expect(matchAll(`${'**/'.repeat(330)}x`, `${'d/'.repeat(2000)}y`)).not.toContain(true);
  expect(matchAll(`a*${'a'.repeat(490)}b`, 'a'.repeat(100_000))).not.toContain(true);
  const once = (pattern: string, path: string) => matchAll(pattern, path)[0];
  expect(once('**/gen/**', 'a/b/gen/c/d.ts')).toBe(true);
  expect(once('gen/**', 'gen')).toBe(false);
  expect(once('a/**/**/b', 'a/b')).toBe(true);
  expect(once('/**/*.pb.go', 'x/y.pb.go')).toBe(true);
});
