// Takes out of pictures what they tell of people: where they were taken, by which device, when (EXIF, XMP, IPTC). Nothing is
// decoded: the bytes of these parts are overwritten in place, so that everything else stays where it was, and only how a
// photograph is turned is kept.
import { crc32 } from 'node:zlib';
import { orientationOf } from './picture-sizes.service.ts';

/** Parts larger than this pass as they are: none of what is looked for gets so large. */
const LARGEST_PART = 2 * 1024 * 1024;

/** Overwrites in `held` what it has whole, and says up to where it is done; at the end all has to be done. */
type Cleaner = (held: Buffer, isEnd: boolean) => number;

/** The same file without traces, if it is a JPEG, PNG or WebP by its first bytes; others pass unchanged. */
export async function* withoutTraces(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let clean: Cleaner | undefined;
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    held = held.length > 0 ? Buffer.concat([held, chunk]) : Buffer.from(chunk);
    if (held.length < 16) continue;
    clean ??= cleanerFor(held);
    const done = clean(held, false);
    if (done > 0) yield held.subarray(0, done);
    held = held.subarray(done);
  }
  clean ??= cleanerFor(held);
  clean(held, true);
  if (held.length > 0) yield held;
}

function cleanerFor(start: Buffer): Cleaner {
  if (start.toString('hex', 0, 3) === 'ffd8ff') return cleanJpeg;
  if (start.toString('hex', 0, 8) === '89504e470d0a1a0a') return partsCleaner(8, pngPart);
  if (start.toString('latin1', 0, 4) === 'RIFF' && start.toString('latin1', 8, 12) === 'WEBP')
    return partsCleaner(12, webpPart);
  return (held) => held.length;
}

const APP1 = 0xe1;
const APP13 = 0xed;
const EXIF = 'Exif\0\0';
const TRACES: readonly (readonly [marker: number, name: string])[] = [
  [APP1, EXIF],
  [APP1, 'http://ns.adobe.com/xap/1.0/\0'],
  [APP1, 'http://ns.adobe.com/xmp/extension/\0'],
  [APP13, 'Photoshop 3.0\0'],
];
/** Marker, length and the longest of the names. */
const SEGMENT_START = 4 + 35;

/**
 * Segments are looked for everywhere, also behind the picture's end, where phones put further pictures: in coded data the
 * byte 0xff is never followed by these markers.
 */
function cleanJpeg(held: Buffer, isEnd: boolean): number {
  for (let at = held.indexOf(0xff); at !== -1; at = held.indexOf(0xff, at + 1)) {
    const marker = held[at + 1];
    if (marker === undefined) return isEnd ? held.length : at;
    if (marker !== APP1 && marker !== APP13) continue;
    if (held.length < at + SEGMENT_START && !isEnd) return at;
    const name = TRACES.find(([one, text]) => one === marker && holds(held, at + 4, text))?.[1];
    if (name === undefined) continue;
    const end = at + 2 + held.readUInt16BE(at + 2);
    if (end > held.length && !isEnd) return at;
    cleanSegment(held.subarray(at + 4, end), name);
  }
  return held.length;
}

function holds(held: Buffer, at: number, text: string): boolean {
  return held.toString('latin1', at, at + text.length) === text;
}

function cleanSegment(payload: Buffer, name: string): void {
  const orientation = name === EXIF ? orientationOf(payload) : 1;
  payload.fill(0, name.length);
  if (name === EXIF) orientedDirectory(orientation).copy(payload, name.length);
}

/** A directory with one entry, the orientation (TIFF 6.0). */
function orientedDirectory(value: number): Buffer {
  const entry = `0112000300000001${value.toString(16).padStart(4, '0')}0000`;
  return Buffer.from(`4d4d002a000000080001${entry}00000000`, 'hex');
}

interface Part {
  /** Bytes of all of it. */
  length: number;
  clean?: (part: Buffer) => void;
}

/** Walks over parts that follow one another behind a header. */
function partsCleaner(header: number, read: (held: Buffer, at: number) => Part | undefined): Cleaner {
  let ahead = header;
  return (held, isEnd) => {
    let at = 0;
    for (;;) {
      const passed = Math.min(ahead, held.length - at);
      at += passed;
      ahead -= passed;
      if (ahead > 0 || at === held.length) return at;
      const part = read(held, at);
      if (!part) return isEnd ? held.length : at;
      const isWhole = at + part.length <= held.length;
      if (part.clean && !isWhole && !isEnd && part.length <= LARGEST_PART) return at;
      part.clean?.(held.subarray(at, at + part.length));
      ahead = part.length;
    }
  };
}

/** What ImageMagick and others write EXIF, IPTC and XMP into. */
const PNG_TEXTS = /^(?:XML:com\.adobe\.xmp|Raw profile type )/;

function pngPart(held: Buffer, at: number): Part | undefined {
  if (held.length < at + 32 && held.toString('latin1', at + 4, at + 8) !== 'IEND') return undefined;
  const type = held.toString('latin1', at + 4, at + 8);
  const length = 12 + held.readUInt32BE(at);
  const isText = ['tEXt', 'zTXt', 'iTXt'].includes(type);
  const isTrace = type === 'eXIf' || (isText && PNG_TEXTS.test(held.toString('latin1', at + 8, at + 28)));
  return isTrace ? { length, clean: cleanPngPart } : { length };
}

function cleanPngPart(part: Buffer): void {
  if (part.length < 12) return;
  part.fill(0, 8, part.length - 4);
  // An unknown chunk that decoders skip: an empty one of its own type might be taken for damage.
  part.write('trCe', 4, 'latin1');
  part.writeUInt32BE(crc32(part.subarray(4, -4)), part.length - 4);
}

function webpPart(held: Buffer, at: number): Part | undefined {
  if (held.length < at + 8) return undefined;
  const type = held.toString('latin1', at, at + 4);
  const size = held.readUInt32LE(at + 4);
  const length = 8 + size + (size % 2);
  return type === 'EXIF' || type === 'XMP ' ? { length, clean: (part) => void part.fill(0, 8) } : { length };
}
