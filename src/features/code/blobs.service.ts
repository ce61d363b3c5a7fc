// Files: what kind of thing a file is and, where it can be shown, its content.
import type { App } from '../../platform/app.types.ts';
import { isMarkdown, languageOfFile } from '../../platform/render/languages.ts';
import { type PictureHeader, readPictureHeader } from '../../platform/render/picture-header.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { FoundEntry } from './code.types.ts';
import { imageTypeOf, isDrawing, type Player, playedTypeOf, playerOf } from './media.service.ts';
import { type FileSource, findSource } from './sources.service.ts';
import { type DecodedText, decodeText } from './texts.service.ts';

/** Bytes up to which a text is shown on its page. */
export const MAX_TEXT_BYTES = 8 * 1024 * 1024;
/** Bytes up to which rendered forms of a text are made. */
const MAX_RENDERED_BYTES = 1024 * 1024;
/** Bytes up to which an image is shown. */
const MAX_IMAGE_BYTES = 32 * 1024 * 1024;
/** Bytes up to which an image is read to find its size in pixels. */
const MAX_MEASURED_BYTES = 4 * 1024 * 1024;

/** How a text is shown beside its source. */
export type TextForm = 'markdown' | 'drawing' | 'table' | 'notebook' | 'json';

export type BlobContent =
  | { kind: 'text'; text: DecodedText; form: TextForm | undefined }
  | { kind: 'image'; width?: number; height?: number }
  | { kind: Player }
  | { kind: 'symlink'; target: Buffer }
  | { kind: 'lfs' }
  | { kind: 'binary' }
  | { kind: 'too-large' };

export interface Blob {
  source: FileSource;
  content: BlobContent;
}

/** Reads a file as far as its page shows it; undefined when its blob is missing. */
export async function readBlob(
  app: App,
  open: OpenRepository,
  entry: FoundEntry,
  fileName: string,
): Promise<Blob | undefined> {
  const source = await findSource(app, open, entry);
  return source && { source, content: await contentOf(source, entry, fileName) };
}

async function contentOf(source: FileSource, entry: FoundEntry, fileName: string): Promise<BlobContent> {
  const { size } = source;
  if (entry.mode === '120000')
    return size <= MAX_RENDERED_BYTES
      ? { kind: 'symlink', target: await source.read() }
      : { kind: 'too-large' };
  if (source.pointer && !source.isResolved) return { kind: 'lfs' };
  if (imageTypeOf(fileName) !== undefined && !isDrawing(fileName))
    return size <= MAX_IMAGE_BYTES ? imageOf(source) : { kind: 'too-large' };
  const player = playerOf(fileName);
  if (player && playedTypeOf(fileName, await source.start())) return { kind: player };
  if (size > MAX_TEXT_BYTES) return { kind: 'too-large' };
  const text = decodeText(await source.read());
  if (!text) return { kind: 'binary' };
  return { kind: 'text', text, form: formOf(fileName, size) };
}

async function imageOf(source: FileSource): Promise<BlobContent> {
  const header: PictureHeader | undefined =
    source.size <= MAX_MEASURED_BYTES ? readPictureHeader(await source.read()) : undefined;
  if (!header) return { kind: 'image' };
  const isTurned = header.orientation > 4;
  const [width, height] = isTurned ? [header.height, header.width] : [header.width, header.height];
  return { kind: 'image', width, height };
}

/** Notebooks hold their pictures, and tables are cut: they may be larger than what is rendered whole. */
function formOf(fileName: string, size: number): TextForm | undefined {
  if (/\.ipynb$/i.test(fileName)) return 'notebook';
  if (/\.(?:csv|tsv)$/i.test(fileName)) return 'table';
  if (size > MAX_RENDERED_BYTES) return undefined;
  if (isMarkdown(fileName)) return 'markdown';
  if (isDrawing(fileName)) return 'drawing';
  return languageOfFile(fileName)?.name === 'JSON' ? 'json' : undefined;
}
