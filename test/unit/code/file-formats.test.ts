// What is edited on the web keeps its encoding, its mark and its line endings.
import { describe, expect, it } from 'vitest';
import { plainLines, readFileText, writeFileText } from '../../../src/features/code/file-formats.service.ts';

const utf16 = (text: string, isBig = false) => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return isBig ? bytes.swap16() : bytes;
};

/** What a browser sends of a text it was given: every line break as CR LF. */
const sent = (text: string) => plainLines(text).replaceAll('\n', '\r\n');

describe('a file that nobody changed comes back byte for byte', () => {
  it.each([
    ['plain', Buffer.from('a\nb\n')],
    ['without a final newline', Buffer.from('a\nb')],
    ['CR LF', Buffer.from('a\r\nb\r\n')],
    ['lone CR', Buffer.from('a\rb\r')],
    ['mixed endings', Buffer.from('a\r\nb\nc\rd\n\n\r\ne')],
    ['a byte order mark', Buffer.from('\ufeffa\n')],
    ['Latin-1', Buffer.from([0x61, 0xe9, 0x81, 0x80, 0xff, 0x0a])],
    ['UTF-16LE', utf16('é\r\n')],
    ['UTF-16BE', utf16('é\n', true)],
    ['empty', Buffer.alloc(0)],
    ['only line breaks', Buffer.from('\r\n\n\n')],
    ['other separators', Buffer.from('a\u2028b\u0085c\n')],
  ])('%s', (_, data) => {
    const before = readFileText(data);
    expect(before).toBeDefined();
    expect(writeFileText(sent(before?.text ?? ''), before, {})).toEqual(data);
  });
});

describe('an edited file', () => {
  const edit = (data: Buffer, change: (text: string) => string, settings = {}) => {
    const before = readFileText(data);
    return writeFileText(sent(change(plainLines(before?.text ?? ''))), before, settings);
  };

  it('keeps the endings of lines around the change where they were mixed', () => {
    const data = Buffer.from('a\nb\r\nc\r\nd\ne\n');
    expect(edit(data, (text) => text.replace('c', 'C\nnew')).toString()).toBe('a\nb\r\nC\nnew\nd\ne\n');
  });

  it('is binary to nobody else: NUL is no text', () => {
    expect(readFileText(Buffer.from('a\0b'))).toBeUndefined();
  });

  it('refuses what its encoding cannot hold, and says what', () => {
    const data = Buffer.from([0xe9, 0x0a]);
    expect(edit(data, (text) => `${text}ü`)).toEqual(Buffer.from([0xe9, 0x0a, 0xfc]));
    expect(() => edit(data, (text) => `${text}→`)).toThrow('has no "→"');
  });

  it('follows the settings of its path', () => {
    const settings = { trimsTrailingSpace: true, finalNewline: true, lineEnding: '\r\n' as const };
    expect(edit(Buffer.from('a  \nb\t \n\n c'), (text) => text, settings).toString()).toBe(
      'a\r\nb\r\n\r\n c\r\n',
    );
    expect(edit(Buffer.from('a\n\n'), (text) => text, { finalNewline: false }).toString()).toBe('a');
    expect(writeFileText('é', undefined, { charset: 'latin1' })).toEqual(Buffer.from([0xe9]));
    expect(writeFileText('a', undefined, { charset: 'utf-8-bom', finalNewline: true }).toString()).toBe(
      '\ufeffa\n',
    );
    expect(writeFileText('', undefined, { finalNewline: true }).toString()).toBe('');
  });
});
