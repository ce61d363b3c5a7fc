// Reads what a picture says of itself before anything decodes it: its type by content, its size in pixels, how it is
// turned. PNG (ISO/IEC 15948), JPEG (ITU-T T.81, EXIF 2.3), GIF (GIF89a). Whatever is odd is no picture.

export interface PictureHeader {
  type: 'png' | 'jpeg' | 'gif';
  width: number;
  height: number;
  /** EXIF's orientation, 1 to 8; 1 is upright. */
  orientation: number;
  /** Bytes that one pixel takes while it is decoded. */
  pixelBytes: number;
}

/** Scans of a progressive JPEG beyond which somebody wants to keep the decoder busy. */
const MOST_SCANS = 64;

/** What a picture says of itself; undefined for anything that is not a whole PNG, JPEG or GIF by its content. */
export function readPictureHeader(bytes: Buffer): PictureHeader | undefined {
  try {
    if (bytes.subarray(0, 8).equals(PNG_SIGNATURE)) return readPng(bytes);
    if (bytes[0] === 0xff && bytes[1] === 0xd8) return readJpeg(bytes);
    if (/^GIF8[79]a$/.test(bytes.toString('latin1', 0, 6))) return readGif(bytes);
  } catch (error) {
    // Read behind the end: it is cut off.
    if (!(error instanceof RangeError)) throw error;
  }
  return undefined;
}

const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
/** What a still picture consists of; everything else (texts, profiles, frames, which may be bombs) is left out. */
const PNG_CHUNKS = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);

function readPng(bytes: Buffer): PictureHeader | undefined {
  const chunks = [...pngChunks(bytes)];
  const [first] = chunks;
  const isWhole = chunks.at(-1)?.type === 'IEND' && chunks.some(({ type }) => type === 'IDAT');
  if (first?.type !== 'IHDR' || first.end - first.start !== 25 || !isWhole) return undefined;
  if (chunks.filter(({ type }) => type === 'IHDR').length > 1) return undefined;
  const depth = bytes.readUInt8(24);
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  return { type: 'png', width, height, orientation: 1, pixelBytes: depth === 16 ? 8 : 4 };
}

/** A PNG's chunks up to its end; what follows the end is nobody's. */
function* pngChunks(bytes: Buffer): Generator<{ type: string; start: number; end: number }> {
  for (let start = 8; start < bytes.length; ) {
    const type = bytes.toString('latin1', start + 4, start + 8);
    const end = start + 12 + bytes.readUInt32BE(start);
    if (end > bytes.length) throw new RangeError('a chunk is cut off');
    yield { type, start, end };
    if (type === 'IEND') return;
    start = end;
  }
}

/** The same picture without what decoders need not see; of other types the bytes as they are. */
export function withoutExtras(bytes: Buffer, { type }: PictureHeader): Buffer {
  if (type !== 'png') return bytes;
  const kept = [...pngChunks(bytes)].filter((chunk) => PNG_CHUNKS.has(chunk.type));
  return Buffer.concat([PNG_SIGNATURE, ...kept.map(({ start, end }) => bytes.subarray(start, end))]);
}

/** Baseline, extended and progressive frames by Huffman codes; others are never seen in pictures of people. */
const FRAMES = new Set([0xc0, 0xc1, 0xc2]);
const OTHER_FRAMES = new Set([0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf]);

function readJpeg(bytes: Buffer): PictureHeader | undefined {
  let size: { width: number; height: number } | undefined;
  let orientation = 1;
  let scans = 0;
  for (const { marker, start, end } of jpegSegments(bytes)) {
    if (OTHER_FRAMES.has(marker)) return undefined;
    if (FRAMES.has(marker)) {
      // A second frame might be larger than the one that was looked at.
      if (size) return undefined;
      size = { height: bytes.readUInt16BE(start + 1), width: bytes.readUInt16BE(start + 3) };
    }
    if (marker === 0xe1) orientation = orientationOf(bytes.subarray(start, end)) ?? orientation;
    if (marker === 0xda && ++scans > MOST_SCANS) return undefined;
  }
  return size && scans > 0 ? { type: 'jpeg', ...size, orientation, pixelBytes: 4 } : undefined;
}

/** The segments of a JPEG with their payloads; coded data, in which no marker stands alone, is walked over. */
function* jpegSegments(bytes: Buffer): Generator<{ marker: number; start: number; end: number }> {
  for (let at = 2; at < bytes.length; ) {
    at = bytes.indexOf(0xff, at);
    if (at === -1) return;
    const marker = bytes.readUInt8(at + 1);
    if (marker === 0xd9) return;
    const isAlone = marker === 0 || marker === 1 || marker === 0xff || (marker >= 0xd0 && marker <= 0xd8);
    if (isAlone) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    if (end > bytes.length) throw new RangeError('a segment is cut off');
    yield { marker, start: at + 4, end };
    at = end;
  }
}

/** The entry 0x0112 of the first directory of an EXIF segment. */
function orientationOf(segment: Buffer): number | undefined {
  if (segment.toString('latin1', 0, 6) !== 'Exif\0\0') return undefined;
  const tiff = segment.subarray(6);
  const isLittle = tiff.toString('latin1', 0, 2) === 'II';
  const read16 = (at: number) => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const directory = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  const count = Math.min(read16(directory), 100);
  for (let entry = directory + 2; entry < directory + 2 + count * 12; entry += 12) {
    if (read16(entry) !== 0x0112) continue;
    const value = read16(entry + 8);
    return value >= 1 && value <= 8 ? value : undefined;
  }
  return undefined;
}

function readGif(bytes: Buffer): PictureHeader | undefined {
  const [width, height] = [bytes.readUInt16LE(6), bytes.readUInt16LE(8)];
  let at = 13 + tableBytes(bytes.readUInt8(10));
  // Extensions before the first frame: an introducer, a label, then blocks up to an empty one.
  while (bytes.readUInt8(at) === 0x21) {
    at += 2;
    for (let size = bytes.readUInt8(at); size > 0; size = bytes.readUInt8(at)) at += 1 + size;
    at += 1;
  }
  if (bytes.readUInt8(at) !== 0x2c) return undefined;
  const [left, top] = [bytes.readUInt16LE(at + 1), bytes.readUInt16LE(at + 3)];
  const [frameWidth, frameHeight] = [bytes.readUInt16LE(at + 5), bytes.readUInt16LE(at + 7)];
  // A frame larger than its screen would take memory that nobody looked at.
  if (left + frameWidth > width || top + frameHeight > height) return undefined;
  return { type: 'gif', width, height, orientation: 1, pixelBytes: 4 };
}

function tableBytes(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}
