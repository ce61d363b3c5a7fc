// The functions that templates call: what they print, and that none lets markup through.
import { describe, expect, it } from 'vitest';
import { path, query } from '../../../src/platform/render/addresses.ts';
import { avatar } from '../../../src/platform/render/avatars.ts';
import { icon } from '../../../src/platform/render/icons.ts';
import { formatBytes, formatCompact, plural } from '../../../src/platform/render/numbers.ts';
import { templateFunctions } from '../../../src/platform/render/template-functions.ts';
import { date, relativeTime } from '../../../src/platform/render/time.ts';

const NOON = Date.UTC(2026, 10, 23, 12, 5);

describe('icons', () => {
  it('are inline, hidden from readers, and scaled from the nearest drawing', () => {
    expect(icon('repo')).toMatch(
      /^<svg class="octicon" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true"><path/,
    );
    expect(icon('key', 24)).toContain('viewBox="0 0 24 24"');
    expect(icon('repo', 20)).toContain('width="20" height="20" viewBox="0 0 16 16"');
    expect(icon('repo', 16, 'a"b')).toContain('class="octicon a&quot;b"');
  });

  it('that do not exist are a mistake', () => {
    expect(() => icon('no-such-icon')).toThrow('There is no octicon "no-such-icon"');
    expect(() => icon('toString')).toThrow('There is no octicon');
  });
});

describe('addresses', () => {
  it('survive any name', () => {
    expect(path('/ada/engine', 'tree', 'feature/50% #1', 'src/a b?.ts')).toBe(
      '/ada/engine/tree/feature/50%25%20%231/src/a%20b%3F.ts',
    );
    expect(path('', 'ada')).toBe('/ada');
    expect(path('')).toBe('/');
    expect(path('/x', '\ud800')).toBe('/x/%EF%BF%BD');
  });

  it('leave out what is not given', () => {
    expect(query('/x', { q: 'a&b', page: undefined, n: 2 })).toBe('/x?q=a%26b&n=2');
    expect(query('/x', { q: undefined })).toBe('/x');
  });
});

describe('numbers', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [1023, '1,023 bytes'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [1024 * 1024 - 1, '1 MiB'],
    [123_456_789, '118 MiB'],
    [5 * 1024 ** 4, '5 TiB'],
  ])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it('are short where room is short, and agree with their noun', () => {
    expect(formatCompact(12_345)).toBe('12.3k');
    expect(formatCompact(999)).toBe('999');
    expect(plural(1, 'commit')).toBe('1 commit');
    expect(plural(12_345, 'commit')).toBe('12,345 commits');
    expect(plural(2, 'branch', 'branches')).toBe('2 branches');
  });
});

describe('times', () => {
  it('are exact on hover and readable without scripts', () => {
    expect(relativeTime(NOON)).toBe(
      '<relative-time datetime="2026-11-23T12:05:00.000Z" title="Nov 23, 2026, 12:05 UTC">Nov 23, 2026</relative-time>',
    );
    expect(date(NOON)).toContain('<time datetime="2026-11-23T12:05:00.000Z"');
  });

  it('beyond any calendar are said to be unknown', () => {
    expect(relativeTime(8.65e15)).toContain('unknown time');
    expect(relativeTime(Number.NaN)).toContain('unknown time');
  });
});

describe('avatars', () => {
  it('are the same for a name in any case, and differ between names', () => {
    expect(avatar('Ada')).toBe(avatar('ada'));
    expect(avatar('ada')).not.toBe(avatar('grace'));
    expect(avatar('<script>', 20, '"><b')).not.toMatch(/<script|<b/);
  });
});

describe('attributes and JSON', () => {
  const h = templateFunctions((name) => name);

  it('are escaped', () => {
    expect(h.attributes({ value: '"><b>', required: true, disabled: false, id: undefined, n: 0 })).toBe(
      ' value="&quot;&gt;&lt;b&gt;" required n="0"',
    );
    expect(h.json({ a: '</script>' })).toBe('{&quot;a&quot;:&quot;&lt;/script&gt;&quot;}');
  });
});
