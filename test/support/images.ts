// Pictures for tests, made byte by byte: good ones, and such as somebody would upload to do harm.
import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

/** One chunk of a PNG with its checksum. */
export function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

function header(width: number, height: number): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([8, 6, 0, 0, 0], 8);
  return pngChunk('IHDR', data);
}

type Colour = readonly [red: number, green: number, blue: number, alpha: number];

/** A whole PNG; `more` are chunks before its pixels. */
export function png(
  width: number,
  height: number,
  colourAt: (x: number, y: number) => Colour = () => [200, 30, 60, 255],
  more: Buffer[] = [],
): Buffer {
  const rows = Array.from({ length: height }, (_, y) =>
    Buffer.from([0, ...Array.from({ length: width }, (_, x) => colourAt(x, y)).flat()]),
  );
  const pixels = pngChunk('IDAT', deflateSync(Buffer.concat(rows)));
  return Buffer.concat([
    SIGNATURE,
    header(width, height),
    ...more,
    pixels,
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A few bytes that claim to be a wall of pixels. */
export function pngClaiming(width: number, height: number): Buffer {
  const pixels = pngChunk('IDAT', deflateSync(Buffer.alloc(1000)));
  return Buffer.concat([SIGNATURE, header(width, height), pixels, pngChunk('IEND', Buffer.alloc(0))]);
}

/** A text chunk that unpacks to many megabytes. */
export function pngTextBomb(megabytes: number): Buffer {
  const packed = deflateSync(Buffer.alloc(megabytes * 1024 * 1024, 65));
  return pngChunk('zTXt', Buffer.concat([Buffer.from('Comment\0\0', 'latin1'), packed]));
}

const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/** A GIF of one pixel, whose screen and frame say they are as large as asked. */
export function gif(screen: readonly [number, number] = [1, 1], frame = screen): Buffer {
  const bytes = Buffer.from(GIF);
  bytes.writeUInt16LE(screen[0], 6);
  bytes.writeUInt16LE(screen[1], 8);
  const at = bytes.indexOf(0x2c, 13);
  bytes.writeUInt16LE(frame[0], at + 5);
  bytes.writeUInt16LE(frame[1], at + 7);
  return bytes;
}

/** The segments of a JPEG with an orientation, as cameras write it. */
export function exif(orientation: number): Buffer {
  const tiff = Buffer.from('49492a000800000001001201030001000000000000000000', 'hex');
  tiff.writeUInt16LE(orientation, 18);
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
  const start = Buffer.from([0xff, 0xe1, 0, 0]);
  start.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([start, body]);
}
