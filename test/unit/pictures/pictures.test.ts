// Pictures from outside: what is looked at before decoding, what is refused, and that nothing of the bytes survives.
import { PhotonImage } from '@silvia-odwyer/photon-node';
import { describe, expect, it } from 'vitest';
import { readPictureHeader, withoutExtras } from '../../../src/platform/render/picture-header.ts';
import { makeSquarePicture } from '../../../src/platform/render/pictures.ts';
import { exif, gif, png, pngChunk, pngClaiming, pngTextBomb } from '../../support/images.ts';

function jpeg(width: number, height: number): Buffer {
  const pixels = Uint8Array.from({ length: width * height * 4 }, (_, index) =>
    index % 4 === 3 ? 255 : Math.floor(index / 4) % width < width / 2 ? 250 : 5,
  );
  return Buffer.from(new PhotonImage(pixels, width, height).get_bytes_jpeg(90));
}

const withExif = (orientation: number, of = jpeg(40, 20)) =>
  Buffer.concat([of.subarray(0, 2), exif(orientation), of.subarray(2)]);

describe('what a picture says of itself', () => {
  it('is read from its content', () => {
    expect(readPictureHeader(png(7, 5))).toMatchObject({ type: 'png', width: 7, height: 5 });
    expect(readPictureHeader(jpeg(16, 8))).toMatchObject({
      type: 'jpeg',
      width: 16,
      height: 8,
      orientation: 1,
    });
    expect(readPictureHeader(gif([9, 4], [1, 1]))).toMatchObject({ type: 'gif', width: 9, height: 4 });
    expect(readPictureHeader(withExif(6))).toMatchObject({ type: 'jpeg', orientation: 6 });
    expect(readPictureHeader(withExif(99))).toMatchObject({ orientation: 1 });
  });

  it('is nothing where a file is no picture, whatever its name or beginning', () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
    for (const text of [
      '',
      'GIF',
      'GIF89a',
      '<!DOCTYPE html><script>alert(1)</script>',
      svg,
      '%PDF-1.7',
      'BM',
    ])
      expect(readPictureHeader(Buffer.from(text))).toBeUndefined();
    expect(readPictureHeader(Buffer.from(`GIF89a/*${'x'.repeat(200)}*/=1;alert(1)`))).toBeUndefined();
    expect(readPictureHeader(Buffer.from([0xff, 0xd8, 0xff, 0xd9]))).toBeUndefined();
  });

  it('is nothing where a file is cut off, at any byte', () => {
    for (const whole of [png(7, 5), jpeg(16, 8)]) {
      for (let length = 0; length < Math.min(whole.length - 2, 400); length++) {
        const header = readPictureHeader(whole.subarray(0, length));
        if (header) expect(header.type).toBe('jpeg');
      }
    }
    expect(readPictureHeader(png(7, 5).subarray(0, -13))).toBeUndefined();
  });

  it('does not let a second, larger frame hide behind the first', () => {
    const one = jpeg(16, 8);
    const at = one.indexOf(Buffer.from([0xff, 0xc0]));
    const frame = Buffer.from(one.subarray(at, at + 2 + one.readUInt16BE(at + 2)));
    frame.writeUInt16BE(60_000, 5);
    expect(readPictureHeader(Buffer.concat([one.subarray(0, at), frame, one.subarray(at)]))).toBeUndefined();
    expect(readPictureHeader(gif([1, 1], [60_000, 60_000]))).toBeUndefined();
    const twice = Buffer.concat([png(2, 2).subarray(0, 33), png(3, 3).subarray(8)]);
    expect(readPictureHeader(twice)).toBeUndefined();
  });

  it('leaves texts, profiles and frames of PNGs aside', () => {
    const whole = png(3, 3, undefined, [pngTextBomb(8), pngChunk('acTL', Buffer.alloc(8))]);
    const header = readPictureHeader(whole);
    if (!header) throw new Error('no header');
    expect(withoutExtras(whole, header).equals(png(3, 3))).toBe(true);
  });
});

describe('a square picture', () => {
  it('is made anew from each type, of the size asked for, without what came beside the pixels', async () => {
    const secret = pngChunk('tEXt', Buffer.from('Location\0Secret Street 1'));
    for (const [bytes, type] of [
      [png(30, 10, undefined, [secret]), 'image/png'],
      [withExif(3), 'image/jpeg'],
      [gif(), 'image/png'],
    ] as const) {
      const made = await makeSquarePicture(bytes, 64);
      expect(made.mediaType).toBe(type);
      expect(readPictureHeader(made.bytes)).toMatchObject({ width: 64, height: 64, orientation: 1 });
      expect(made.bytes.includes('Secret Street')).toBe(false);
      expect(made.bytes.includes('Exif')).toBe(false);
    }
  });

  it('of a polyglot holds nothing of the page behind it', async () => {
    const polyglot = Buffer.concat([png(8, 8), Buffer.from('<script>alert(1)</script>')]);
    const { bytes } = await makeSquarePicture(polyglot, 16);
    expect(bytes.includes('script')).toBe(false);
  });

  it('is the middle', async () => {
    const { bytes } = await makeSquarePicture(
      png(300, 100, (x) => (x < 100 || x >= 200 ? [255, 0, 0, 255] : [0, 0, 255, 255])),
      8,
    );
    const pixels = PhotonImage.new_from_byteslice(bytes).get_raw_pixels();
    for (const at of [0, pixels.length - 4]) expect([...pixels.slice(at, at + 3)]).toEqual([0, 0, 255]);
  });

  it('stands upright', async () => {
    // Left is bright; turned a quarter clockwise, as 6 asks, that is the top.
    const { bytes } = await makeSquarePicture(withExif(6, jpeg(32, 32)), 32);
    const pixels = PhotonImage.new_from_byteslice(bytes).get_raw_pixels();
    const at = (x: number, y: number) => pixels[(y * 32 + x) * 4] ?? 0;
    expect(at(4, 4)).toBeGreaterThan(180);
    expect(at(28, 4)).toBeGreaterThan(180);
    expect(at(4, 28)).toBeLessThan(80);
    expect(at(28, 28)).toBeLessThan(80);
  });

  it('is refused before anything is decoded where the file claims too many pixels', async () => {
    for (const bytes of [pngClaiming(60_000, 60_000), pngClaiming(5000, 5000), gif([50_000, 50_000], [1, 1])])
      await expect(makeSquarePicture(bytes, 64)).rejects.toMatchObject({ code: 'too_large' });
    await expect(makeSquarePicture(pngClaiming(0, 5), 64)).rejects.toMatchObject({ code: 'invalid' });
    await expect(makeSquarePicture(Buffer.alloc(6 * 1024 * 1024), 64)).rejects.toMatchObject({
      code: 'too_large',
    });
  });

  it('is refused for what is damaged, and the next one is made all the same', async () => {
    const damaged = Buffer.from(png(50, 50));
    damaged.fill(0, 45, damaged.length - 20);
    await expect(makeSquarePicture(damaged, 64)).rejects.toMatchObject({ code: 'invalid' });
    await expect(makeSquarePicture(pngClaiming(100, 100), 64)).rejects.toMatchObject({ code: 'invalid' });
    await expect(makeSquarePicture(jpeg(40, 40).subarray(0, 200), 64)).rejects.toMatchObject({
      code: 'invalid',
    });
    expect((await makeSquarePicture(png(5, 5), 64)).mediaType).toBe('image/png');
  });
});
