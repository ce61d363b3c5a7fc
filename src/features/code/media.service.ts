// What kind of media a file is: images by their names, everything that a browser plays or opens also by its first bytes.

const IMAGES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  bmp: 'image/bmp',
  ico: 'image/x-icon',
  svg: 'image/svg+xml',
};

/** The type of an image by its file name; undefined for anything else. */
export function imageTypeOf(fileName: string): string | undefined {
  const extension = extensionOf(fileName);
  return Object.hasOwn(IMAGES, extension) ? IMAGES[extension] : undefined;
}

/** Whether a text of this name is a drawing that its page shows as a picture too. */
export function isDrawing(fileName: string): boolean {
  return imageTypeOf(fileName) === 'image/svg+xml';
}

export type Player = 'video' | 'audio' | 'pdf';

const PLAYERS: Readonly<Record<string, Player>> = {
  mp4: 'video',
  m4v: 'video',
  mov: 'video',
  webm: 'video',
  ogv: 'video',
  mp3: 'audio',
  m4a: 'audio',
  ogg: 'audio',
  oga: 'audio',
  opus: 'audio',
  wav: 'audio',
  flac: 'audio',
  pdf: 'pdf',
};

/** What a browser plays or opens a file of this name with. */
export function playerOf(fileName: string): Player | undefined {
  const extension = extensionOf(fileName);
  return Object.hasOwn(PLAYERS, extension) ? PLAYERS[extension] : undefined;
}

/** The media type of a recording or a PDF whose name and first bytes agree; undefined for anything else. */
export function playedTypeOf(fileName: string, start: Buffer): string | undefined {
  const player = playerOf(fileName);
  if (player === undefined) return undefined;
  const text = start.toString('latin1', 0, 12);
  if (player === 'pdf') return text.startsWith('%PDF-') ? 'application/pdf' : undefined;
  if (text.slice(4, 8) === 'ftyp') return `${player}/mp4`;
  if (text.startsWith('\x1a\x45\xdf\xa3')) return `${player}/webm`;
  if (text.startsWith('OggS')) return `${player}/ogg`;
  if (player === 'video') return undefined;
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WAVE') return 'audio/wav';
  if (text.startsWith('fLaC')) return 'audio/flac';
  const isFrame = start[0] === 0xff && ((start[1] ?? 0) & 0xe0) === 0xe0;
  return text.startsWith('ID3') || isFrame ? 'audio/mpeg' : undefined;
}

function extensionOf(fileName: string): string {
  return /\.([a-z0-9]+)$/i.exec(fileName)?.[1]?.toLowerCase() ?? '';
}
