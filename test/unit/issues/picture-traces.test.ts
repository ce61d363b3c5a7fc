// What pictures tell of people is overwritten, byte for byte in place, however the bytes are cut into chunks.
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { orientationOf } from '../../../src/features/issues/picture-sizes.service.ts';
import { withoutTraces } from '../../../src/features/issues/picture-traces.service.ts';

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function clean(bytes: Buffer, size: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of withoutTraces(cut(bytes, size))) parts.push(part);
  return Buffer.concat(parts);
}

function segment(marker: number, payload: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(payload.length + 2, 2);
  return Buffer.concat([head, payload]);
}

/** EXIF with an orientation and a place. */
function exif(orientation: number): Buffer {
  const value = orientation.toString(16).padStart(4, '0');
  const entries = Buffer.from(`4d4d002a000000080002011200030000000 1${value}0000`.replace(' ', ''), 'hex');
  return Buffer.concat([
    Buffer.from('Exif\0\0', 'latin1'),
    entries,
    Buffer.from('GPS 52.5200N 13.4050E'.repeat(20)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const part = Buffer.alloc(12 + data.length);
  part.writeUInt32BE(data.length, 0);
  part.write(type, 4, 'latin1');
  data.copy(part, 8);
  part.writeUInt32BE(crc32(part.subarray(4, -4)), part.length - 4);
  return part;
}

const SIZES = [1, 7, 64, 1000, 1_000_000];

describe('a JPEG', () => {
  const coded = Buffer.from('ffda0008010100003f00a1ff00b2ffd0c3ffd9', 'hex');
  const jpeg = Buffer.concat([
    Buffer.from('ffd8', 'hex'),
    segment(0xe1, exif(6)),
    segment(0xe1, Buffer.from('http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>GPS here', 'latin1')),
    segment(0xed, Buffer.from('Photoshop 3.0\0 by GPS person', 'latin1')),
    segment(0xe2, Buffer.from('ICC_PROFILE\0 kept', 'latin1')),
    coded,
    // A second picture behind the end, as phones write.
    Buffer.from('ffd8', 'hex'),
    segment(0xe1, exif(1)),
    coded,
  ]);

  it.each(SIZES)('loses its places and keeps how it is turned, in chunks of %i bytes', async (size) => {
    const cleaned = await clean(jpeg, size);
    expect(cleaned.length).toBe(jpeg.length);
    expect(cleaned.includes('GPS')).toBe(false);
    expect(cleaned.includes('ICC_PROFILE\0 kept')).toBe(true);
    expect(orientationOf(cleaned.subarray(6, 6 + exif(6).length))).toBe(6);
    expect(cleaned.indexOf(coded)).toBe(jpeg.indexOf(coded));
  });

  it('that is cut off passes without an error', async () => {
    for (let length = 0; length < 200; length += 3)
      expect((await clean(jpeg.subarray(0, length), 10)).length).toBe(length);
  });
});

describe('a PNG and a WebP', () => {
  const png = Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', Buffer.alloc(13, 1)),
    chunk('eXIf', Buffer.from('MM GPS 1')),
    chunk('iTXt', Buffer.from('XML:com.adobe.xmp\0\0\0\0\0GPS 2')),
    chunk('tEXt', Buffer.from('Title\0a kept one')),
    chunk('IDAT', Buffer.alloc(5000, 7)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  const riff = (type: string, data: string) => {
    const head = Buffer.alloc(8);
    head.write(type, 0, 'latin1');
    head.writeUInt32LE(data.length, 4);
    return Buffer.concat([head, Buffer.from(data), Buffer.alloc(data.length % 2)]);
  };
  const webp = Buffer.concat([
    Buffer.from('RIFF\0\0\0\0WEBP', 'latin1'),
    riff('VP8 ', 'x'.repeat(301)),
    riff('EXIF', 'GPS 3'),
    riff('XMP ', 'GPS 4 '),
  ]);

  it.each(SIZES)('lose their places, in chunks of %i bytes', async (size) => {
    for (const bytes of [png, webp]) {
      const cleaned = await clean(bytes, size);
      expect(cleaned.length).toBe(bytes.length);
      expect(cleaned.includes('GPS')).toBe(false);
    }
    const cleaned = await clean(png, size);
    expect(cleaned.includes('a kept one')).toBe(true);
    for (let at = 8; at < cleaned.length; ) {
      const length = cleaned.readUInt32BE(at) + 12;
      expect(cleaned.readUInt32BE(at + length - 4)).toBe(crc32(cleaned.subarray(at + 4, at + length - 4)));
      at += length;
    }
  });

  it('with lengths that lie pass as they are', async () => {
    const lying = Buffer.from(png);
    lying.writeUInt32BE(0xffffffff, 8 + 25);
    expect((await clean(lying, 11)).length).toBe(png.length);
  });
});
