// Finds out what an uploaded file is, from its content; its name has to agree. Nothing here believes what a sender declares.
import { invalid } from '../../base/errors.ts';
import { CONTENT_KINDS } from './attachment-types.data.ts';

export const PLAIN_TEXT = 'text/plain';
export const DRAWING = 'image/svg+xml';

/**
 * The media type of a file that begins with `start`; `isText` says whether all of it is text in UTF-8. Whatever is text is
 * plain text, pages and scripts too; only drawings are told apart. Throws AppError invalid on `files`.
 */
export function requireMediaType(name: string, start: Buffer, isText: boolean): string {
  if (start.length === 0) throw invalid({ files: `${name} is empty.` });
  const ending = endingOf(name);
  const kind = CONTENT_KINDS.find((one) => one.begins(start));
  if (kind) {
    const type = Object.hasOwn(kind.types, ending) ? kind.types[ending] : undefined;
    if (type) return type;
    const good = Object.keys(kind.types);
    const advice = good.length > 0 ? `Name it .${good[0]}.` : 'Convert it first, to JPEG for instance.';
    throw invalid({ files: `${name} is ${kind.name}. ${advice}` });
  }
  const pretended = CONTENT_KINDS.find(({ types }) => Object.hasOwn(types, ending));
  if (pretended) throw invalid({ files: `${name} is not ${pretended.name} by its content.` });
  if (!isText)
    throw invalid({
      files: `${name} is of a kind that is not accepted. Pictures, videos, PDF, office documents, archives and text in UTF-8 are; put anything else into a .zip.`,
    });
  if (ending !== 'svg') return PLAIN_TEXT;
  if (/<svg[\s>]/.test(start.toString('utf8', 0, 4096))) return DRAWING;
  throw invalid({ files: `${name} is not a drawing by its content.` });
}

/** Endings of names that say what a file is; text in UTF-8 is taken whatever it is called. */
export function acceptedEndings(): string[] {
  return [
    ...new Set([...CONTENT_KINDS.flatMap(({ types }) => Object.keys(types)), 'svg', 'txt', 'md', 'log']),
  ];
}

/** Whether a file that begins so can only be text. */
export function mayBeText(start: Buffer): boolean {
  return !CONTENT_KINDS.some((one) => one.begins(start));
}

/** Whether chunks are text in UTF-8 (RFC 3629) without NUL. */
export async function isUtf8(chunks: AsyncIterable<Uint8Array>): Promise<boolean> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of chunks) {
      if (chunk.includes(0)) return false;
      decoder.decode(chunk, { stream: true });
    }
    decoder.decode();
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

function endingOf(name: string): string {
  return /\.([a-z0-9]{1,10})$/i.exec(name)?.[1]?.toLowerCase() ?? '';
}

export type Shown = 'picture' | 'video' | 'document' | 'download';

/** How a file of this type is shown at its own address: anything that is no picture, video, text or PDF is saved. */
export function shownAs(mediaType: string): Shown {
  if (mediaType === DRAWING) return 'download';
  if (mediaType.startsWith('image/')) return 'picture';
  if (mediaType.startsWith('video/')) return 'video';
  return mediaType === PLAIN_TEXT || mediaType === 'application/pdf' ? 'document' : 'download';
}
