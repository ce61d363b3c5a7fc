// What files may be put into texts: kinds of content, told by their first bytes, and the endings of names that go with each.

export interface ContentKind {
  /** As people are told. */
  name: string;
  /** The media type by the ending of the file's name: every ending that is accepted. */
  types: Readonly<Record<string, string>>;
  /** Whether a file that begins so is of this kind. */
  begins(start: Buffer): boolean;
}

const OFFICE = 'application/vnd.openxmlformats-officedocument';
const OPEN_DOCUMENT = 'application/vnd.oasis.opendocument';

/** The first that fits counts. */
export const CONTENT_KINDS: readonly ContentKind[] = [
  {
    name: 'a PNG picture',
    types: { png: 'image/png' },
    begins: (start) => hex(start, 0, '89504e470d0a1a0a'),
  },
  {
    name: 'a JPEG picture',
    types: { jpg: 'image/jpeg', jpeg: 'image/jpeg', jfif: 'image/jpeg' },
    begins: (start) => hex(start, 0, 'ffd8ff'),
  },
  {
    name: 'a GIF picture',
    types: { gif: 'image/gif' },
    begins: (start) => text(start, 0, 'GIF87a') || text(start, 0, 'GIF89a'),
  },
  {
    name: 'a WebP picture',
    types: { webp: 'image/webp' },
    begins: (start) => text(start, 0, 'RIFF') && text(start, 8, 'WEBP'),
  },
  {
    name: 'an AVIF picture',
    types: { avif: 'image/avif' },
    begins: (start) => brand(start) === 'avif' || brand(start) === 'avis',
  },
  {
    name: 'a HEIC picture, which few browsers show',
    types: {},
    begins: (start) => /^(?:hei[cxms]|hev[cxms]|mif1|msf1)$/.test(brand(start) ?? ''),
  },
  {
    name: 'a QuickTime video',
    types: { mov: 'video/quicktime' },
    begins: (start) => brand(start) === 'qt  ',
  },
  {
    name: 'an MP4 video',
    types: { mp4: 'video/mp4', m4v: 'video/mp4', mov: 'video/mp4' },
    begins: (start) => /^(?:iso[\dm]|mp4[12]|avc1|dash|M4V[ HP]?|MSNV|3gp\d)/.test(brand(start) ?? ''),
  },
  {
    name: 'a WebM video',
    types: { webm: 'video/webm' },
    begins: (start) => hex(start, 0, '1a45dfa3') && start.subarray(0, 64).includes('webm'),
  },
  { name: 'a PDF', types: { pdf: 'application/pdf' }, begins: (start) => text(start, 0, '%PDF-') },
  {
    name: 'a ZIP archive',
    types: {
      zip: 'application/zip',
      docx: `${OFFICE}.wordprocessingml.document`,
      xlsx: `${OFFICE}.spreadsheetml.sheet`,
      pptx: `${OFFICE}.presentationml.presentation`,
      odt: `${OPEN_DOCUMENT}.text`,
      ods: `${OPEN_DOCUMENT}.spreadsheet`,
      odp: `${OPEN_DOCUMENT}.presentation`,
      odg: `${OPEN_DOCUMENT}.graphics`,
    },
    begins: (start) => hex(start, 0, '504b0304') || hex(start, 0, '504b0506'),
  },
  {
    name: 'a gzip archive',
    types: { gz: 'application/gzip', tgz: 'application/gzip' },
    begins: (start) => hex(start, 0, '1f8b08'),
  },
  {
    name: 'an xz archive',
    types: { xz: 'application/x-xz', txz: 'application/x-xz' },
    begins: (start) => hex(start, 0, 'fd377a585a00'),
  },
  {
    name: 'a bzip2 archive',
    types: { bz2: 'application/x-bzip2', tbz2: 'application/x-bzip2' },
    begins: (start) => /^BZh[1-9](?:1AY&SY|\x17rE8P\x90)/.test(start.toString('latin1', 0, 10)),
  },
  {
    name: 'a Zstandard archive',
    types: { zst: 'application/zstd', tzst: 'application/zstd' },
    begins: (start) => hex(start, 0, '28b52ffd'),
  },
  {
    name: 'a 7z archive',
    types: { '7z': 'application/x-7z-compressed' },
    begins: (start) => hex(start, 0, '377abcaf271c'),
  },
];

function hex(start: Buffer, at: number, digits: string): boolean {
  return start.subarray(at, at + digits.length / 2).toString('hex') === digits;
}

function text(start: Buffer, at: number, letters: string): boolean {
  return start.toString('latin1', at, at + letters.length) === letters;
}

/** The major brand of an ISO base media file (ISO/IEC 14496-12). */
function brand(start: Buffer): string | undefined {
  return text(start, 4, 'ftyp') ? start.toString('latin1', 8, 12) : undefined;
}
