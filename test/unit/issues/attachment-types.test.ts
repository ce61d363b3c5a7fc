// What files are, by their content: kinds that lie about themselves are refused, and nothing becomes a page.
import { describe, expect, it } from 'vitest';
import { attachmentMarkdown } from '../../../src/features/issues/attachment-names.service.ts';
import { isUtf8, requireMediaType, shownAs } from '../../../src/features/issues/attachment-types.service.ts';
import { parseAttachmentName } from '../../../src/features/issues/attachments.input.ts';
import { pictureSizeOf } from '../../../src/features/issues/picture-sizes.service.ts';

const PNG = Buffer.from('89504e470d0a1a0a0000000d4948445200000140000000f00802000000', 'hex');
const html = Buffer.from('<!DOCTYPE html><script>alert(1)</script>');

const refusal = (name: string, start: Buffer, isText = false) => {
  try {
    return requireMediaType(name, start, isText);
  } catch (error) {
    return (error as { fields?: { files?: string } }).fields?.files;
  }
};

describe('the type of a file', () => {
  it('comes from its content, and its name has to agree', () => {
    expect(refusal('a.png', PNG)).toBe('image/png');
    expect(refusal('a.jpg', PNG)).toBe('a.jpg is a PNG picture. Name it .png.');
    expect(refusal('a.txt', PNG)).toContain('is a PNG picture');
    expect(refusal('a.png', html, true)).toBe('a.png is not a PNG picture by its content.');
    expect(refusal('a.mp4', html, true)).toContain('is not an MP4 video');
    expect(refusal('a.exe', Buffer.from('MZ\x90\0'))).toContain('not accepted');
    expect(refusal('a', Buffer.alloc(0))).toBe('a is empty.');
    expect(refusal('a.heic', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0', 'latin1'))).toContain('Convert it');
  });

  it('is plain text for pages and scripts, and a drawing is only ever saved or embedded', () => {
    for (const name of ['a.html', 'a.xhtml', 'a.js', 'a.htm', 'README', 'a.xml', 'a.log', 'a.md', 'a.csv'])
      expect(refusal(name, html, true)).toBe('text/plain');
    expect(refusal('a.svg', html, true)).toContain('not a drawing');
    expect(refusal('a.svg', Buffer.from('<svg xmlns=""><script/></svg>'), true)).toBe('image/svg+xml');
    expect(shownAs('image/svg+xml')).toBe('download');
    expect(shownAs('application/zip')).toBe('download');
  });

  it('of containers is told by the ending', () => {
    const zip = Buffer.from('504b030414000000', 'hex');
    expect(refusal('a.docx', zip)).toContain('wordprocessingml');
    expect(refusal('a.odt', zip)).toContain('opendocument.text');
    expect(refusal('a.jar', zip)).toContain('Name it .zip');
    expect(refusal('a.tar.gz', Buffer.from('1f8b0800', 'hex'))).toBe('application/gzip');
    const qt = Buffer.from('\0\0\0\x14ftypqt  \0\0\0\0', 'latin1');
    expect(refusal('a.mov', qt)).toBe('video/quicktime');
    expect(refusal('a.mp4', Buffer.from('\0\0\0\x18ftypisom\0\0\0\0', 'latin1'))).toBe('video/mp4');
  });

  it('is text only when all of it is UTF-8 without NUL', async () => {
    async function* chunks(...parts: (string | number[])[]) {
      for (const part of parts) yield typeof part === 'string' ? Buffer.from(part) : Buffer.from(part);
    }
    expect(await isUtf8(chunks([0xc3], [0xa4], 'x'))).toBe(true);
    expect(await isUtf8(chunks('a', [0xff]))).toBe(false);
    expect(await isUtf8(chunks('a', [0xc3]))).toBe(false);
    expect(await isUtf8(chunks('a\0b'))).toBe(false);
  });
});

describe('pictures', () => {
  it('say how large they are', () => {
    expect(pictureSizeOf('image/png', PNG)).toEqual({ width: 320, height: 240 });
    expect(pictureSizeOf('image/gif', Buffer.from('47494638396140010002', 'hex'))).toEqual({
      width: 320,
      height: 512,
    });
    expect(pictureSizeOf('image/png', PNG.subarray(0, 18))).toBeUndefined();
    const frame = Buffer.from('ffd8ffe000104a46494600010100000100010000ffc0001108006400c803', 'hex');
    expect(pictureSizeOf('image/jpeg', frame)).toEqual({ width: 200, height: 100 });
    const extended = Buffer.concat([
      Buffer.from('RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0', 'latin1'),
      Buffer.from('3f0100ef0000', 'hex'),
    ]);
    expect(pictureSizeOf('image/webp', extended)).toEqual({ width: 320, height: 240 });
  });
});

describe('names', () => {
  it('lose paths and what turns text round, and keep their ending when they are cut', () => {
    expect(parseAttachmentName('C:\\temp\\a\u202egnp.exe')).toBe('a.gnp.exe');
    expect(parseAttachmentName(`${'x'.repeat(300)}.png`)).toMatch(/^x{196}\.png$/);
    expect(() => parseAttachmentName('..')).toThrow();
  });

  it('cannot break out of the Markdown that is inserted', () => {
    const row = {
      token: 'a'.repeat(40),
      name: 'x](javascript:1)"><img src=y>.png',
      mediaType: 'image/png',
      width: 2,
      height: 1,
    } as never;
    expect(attachmentMarkdown('/o/r', row)).toBe(
      `<img width="2" height="1" alt="x(javascript:1)img src=y" src="/o/r/attachments/${'a'.repeat(40)}">`,
    );
    const file = { token: 'b'.repeat(40), name: 'a](b)[c.zip', mediaType: 'application/zip' } as never;
    expect(attachmentMarkdown('/o/r', file)).toBe(`[a\\](b)\\[c.zip](/o/r/attachments/${'b'.repeat(40)})`);
  });
});
