// How large a picture is, from its first bytes: PNG, GIF, JPEG (ITU-T T.81), WebP (RFC 9649), AVIF (ISO/IEC 23008-12).

export interface PictureSize {
  width: number;
  height: number;
}

/** Pixels; undefined where the beginning does not say it. */
export function pictureSizeOf(mediaType: string, start: Buffer): PictureSize | undefined {
  try {
    return upright(READERS[mediaType]?.(start));
  } catch (error) {
    // Read behind the end of what is there.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function upright(size: PictureSize | undefined): PictureSize | undefined {
  return size && size.width > 0 && size.height > 0 ? size : undefined;
}

const READERS: Readonly<Record<string, ((start: Buffer) => PictureSize | undefined) | undefined>> = {
  'image/png': (start) =>
    start.toString('latin1', 12, 16) === 'IHDR'
      ? { width: start.readUInt32BE(16), height: start.readUInt32BE(20) }
      : undefined,
  'image/gif': (start) => ({ width: start.readUInt16LE(6), height: start.readUInt16LE(8) }),
  'image/jpeg': jpegSize,
  'image/webp': webpSize,
  'image/avif': avifSize,
};

/** The first frame header. The orientation counts: what is turned by a quarter is as wide as the frame is high. */
function jpegSize(start: Buffer): PictureSize | undefined {
  let isTurned = false;
  for (let at = 2; at < start.length; ) {
    if (start.readUInt8(at) !== 0xff) return undefined;
    const marker = start.readUInt8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const end = at + 2 + start.readUInt16BE(at + 2);
    if (marker === 0xe1) isTurned ||= orientationOf(start.subarray(at + 4, end)) >= 5;
    if (isFrame(marker)) {
      const [height, width] = [start.readUInt16BE(at + 5), start.readUInt16BE(at + 7)];
      return isTurned ? { width: height, height: width } : { width, height };
    }
    at = end;
  }
  return undefined;
}

function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

/** EXIF's orientation from the payload of an APP1 segment, 1 where it says none. */
export function orientationOf(segment: Buffer): number {
  if (segment.toString('latin1', 0, 6) !== 'Exif\0\0' || segment.length < 16) return 1;
  const tiff = segment.subarray(6);
  const isLittle = tiff.toString('latin1', 0, 2) === 'II';
  const read16 = (at: number) => {
    if (at + 2 > tiff.length) return 0;
    return isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at);
  };
  const directory = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  const count = Math.min(read16(directory), 200);
  for (let entry = directory + 2; entry < directory + 2 + count * 12; entry += 12) {
    if (read16(entry) !== 0x0112) continue;
    const value = read16(entry + 8);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

function webpSize(start: Buffer): PictureSize | undefined {
  const form = start.toString('latin1', 12, 16);
  if (form === 'VP8X') return { width: start.readUIntLE(24, 3) + 1, height: start.readUIntLE(27, 3) + 1 };
  if (form === 'VP8L') {
    const bits = start.readUInt32LE(21);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (form === 'VP8 ')
    return { width: start.readUInt16LE(26) & 0x3fff, height: start.readUInt16LE(28) & 0x3fff };
  return undefined;
}

/** The largest of the image spatial extents: others are thumbnails and tiles. */
function avifSize(start: Buffer): PictureSize | undefined {
  let largest: PictureSize | undefined;
  for (let at = start.indexOf('ispe'); at !== -1; at = start.indexOf('ispe', at + 4)) {
    const size = { width: start.readUInt32BE(at + 8), height: start.readUInt32BE(at + 12) };
    if (!largest || size.width * size.height > largest.width * largest.height) largest = size;
  }
  return largest;
}
