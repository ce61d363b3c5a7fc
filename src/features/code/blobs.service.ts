// Files: what kind of thing a blob is and, where it can be shown, its content.
import type { App } from '../../platform/app.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { isMarkdown } from '../../platform/render/languages.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { FoundEntry } from './code.types.ts';
import {
  type DecodedText,
  decodeText,
  type LfsPointer,
  MAX_POINTER_BYTES,
  parseLfsPointer,
} from './texts.service.ts';

/** Bytes up to which a file is shown on its page. */
export const MAX_SHOWN_BYTES = 1024 * 1024;
/** Bytes up to which an image is shown. */
const MAX_IMAGE_BYTES = 32 * 1024 * 1024;

export type BlobContent =
  | { kind: 'text'; text: DecodedText }
  | { kind: 'markdown'; text: DecodedText }
  | { kind: 'image' }
  | { kind: 'symlink'; target: Buffer }
  | { kind: 'lfs'; pointer: LfsPointer; text: DecodedText }
  | { kind: 'binary' }
  | { kind: 'too-large' };

export interface Blob {
  oid: Oid;
  /** Bytes. */
  size: number;
  content: BlobContent;
}

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
  const extension = /\.([a-z0-9]+)$/i.exec(fileName)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(IMAGES, extension) ? IMAGES[extension] : undefined;
}

/** Reads a blob as far as its page shows it. */
export async function readBlob(
  app: App,
  open: OpenRepository,
  entry: FoundEntry,
  fileName: string,
): Promise<Blob> {
  const objects = app.git.objects(open.dir);
  const info = await objects.info(entry.oid);
  const { oid } = entry;
  const size = info?.size ?? 0;
  const isPicture = entry.mode !== '120000' && isBitmap(fileName) && size <= MAX_IMAGE_BYTES;
  // What is small may be the pointer that Git LFS leaves in a picture's place.
  if (isPicture && size > MAX_POINTER_BYTES) return { oid, size, content: { kind: 'image' } };
  if (size > MAX_SHOWN_BYTES) return { oid, size, content: { kind: 'too-large' } };
  const data = (await objects.read(oid, MAX_SHOWN_BYTES))?.data ?? Buffer.alloc(0);
  const content = contentOf(entry, data, fileName);
  return { oid, size, content: isPicture && content.kind !== 'lfs' ? { kind: 'image' } : content };
}

/** Whether a text of this name is a drawing that its page shows as a picture too. */
export function isDrawing(fileName: string): boolean {
  return imageTypeOf(fileName) === 'image/svg+xml';
}

function isBitmap(fileName: string): boolean {
  return imageTypeOf(fileName) !== undefined && !isDrawing(fileName);
}

function contentOf(entry: FoundEntry, data: Buffer, fileName: string): BlobContent {
  if (entry.mode === '120000') return { kind: 'symlink', target: data };
  const text = decodeText(data);
  if (!text) return { kind: 'binary' };
  const pointer = parseLfsPointer(data);
  if (pointer) return { kind: 'lfs', pointer, text };
  return { kind: isMarkdown(fileName) ? 'markdown' : 'text', text };
}
