// Colours the lines of a comparison: each side's whole file, so that comments and strings over several lines come out
// right, remembered by blob. What would take longer than the page can wait stays plain; it is there the next time.
import { setTimeout as wait } from 'node:timers/promises';
import type { SafeHtml } from '../../base/html.ts';
import type { App } from '../../platform/app.types.ts';
import type { DiffFile, DiffLine } from '../../platform/git/diff.types.ts';
import type { ObjectReader, Oid } from '../../platform/git/git.types.ts';
import { highlightNames } from '../../platform/render/languages.ts';
import { lastName } from './paths.service.ts';
import { decodeText } from './texts.service.ts';

/** Bytes of a file that is coloured, and of all files of a page. */
const MOST_BYTES = 512 * 1024;
const MOST_TOTAL = 6 * 1024 * 1024;
const AT_ONCE = 4;

/** A file's lines in colours, beside their text, which tells whether they are those of the comparison. */
export interface ColouredLines {
  html: readonly SafeHtml[];
  text: readonly string[];
}

export interface FileColours {
  before?: ColouredLines | undefined;
  after?: ColouredLines | undefined;
}

/** Where blobs are read. */
export interface BlobSources {
  before: ObjectReader;
  after: ObjectReader;
}

export interface PageColours {
  of(file: DiffFile): FileColours | undefined;
  /** Whether some came out plain because there was no time. */
  isLate: boolean;
}

/** Colours files in their order for `budget` milliseconds. */
export async function colourFiles(
  app: App,
  files: readonly DiffFile[],
  sources: BlobSources,
  budget: number,
): Promise<PageColours> {
  const coloured = new Map<DiffFile, FileColours>();
  const waiting = files.filter(isColourable);
  const total = waiting.length;
  let bytesLeft = MOST_TOTAL;
  let isOver = false;
  const spend = (bytes: number) => {
    bytesLeft -= bytes;
    return bytesLeft >= 0;
  };
  const work = async () => {
    for (let file = waiting.shift(); file && !isOver; file = waiting.shift())
      coloured.set(file, await coloursOf(app, file, sources, spend));
  };
  const all = Promise.all(Array.from({ length: AT_ONCE }, work));
  // What fails stays plain: the lines themselves are there.
  const settled = all.catch((err: unknown) => app.log.warn({ err }, 'a comparison could not be coloured'));
  await Promise.race([settled, wait(budget, undefined, { ref: false })]);
  isOver = true;
  const ready = new Map(coloured);
  return { of: (file) => ready.get(file), isLate: ready.size < total && bytesLeft >= 0 };
}

function isColourable(file: DiffFile): boolean {
  if (file.hunks.length === 0 || file.submodule || file.binary) return false;
  return highlightNames(lastName(file.newPathBytes).toString('utf8')).length > 0;
}

async function coloursOf(
  app: App,
  file: DiffFile,
  sources: BlobSources,
  spend: (bytes: number) => boolean,
): Promise<FileColours> {
  const needsBefore = file.hunks.some((hunk) => hunk.lines.some((line) => line.kind === 'delete'));
  const [before, after] = await Promise.all([
    needsBefore ? coloured(app, sources.before, file.oldOid, file.oldPathBytes, spend) : undefined,
    coloured(app, sources.after, file.newOid, file.newPathBytes, spend),
  ]);
  return { before, after };
}

async function coloured(
  app: App,
  objects: ObjectReader,
  oid: Oid | undefined,
  path: Buffer,
  spend: (bytes: number) => boolean,
): Promise<ColouredLines | undefined> {
  const info = oid === undefined ? undefined : await objects.info(oid);
  if (!info || oid === undefined || info.type !== 'blob' || info.size > MOST_BYTES || !spend(info.size))
    return undefined;
  const object = await objects.read(oid, MOST_BYTES);
  const text = object && decodeText(object.data)?.text;
  return text === undefined ? undefined : colourText(app, text, path, oid);
}

/** A whole file in colours; undefined where the highlighter cuts lines where git does not. */
export async function colourText(
  app: App,
  text: string,
  path: Buffer,
  oid: Oid,
): Promise<ColouredLines | undefined> {
  const plain = linesOf(text);
  const languages = highlightNames(lastName(path).toString('utf8'), plain[0]?.slice(0, 200));
  if (languages.length === 0) return undefined;
  const html = await app.highlighter.lines({ text, languages, oid });
  return html.length === plain.length ? { html, text: plain } : undefined;
}

/** Lines as git counts them, without their ends. */
export function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
}

/** A line of a comparison in colours, if that is the line which was coloured. */
export function colourOf(
  line: DiffLine,
  shown: string,
  colours: FileColours | undefined,
): SafeHtml | undefined {
  const isBefore = line.kind === 'delete';
  const side = isBefore ? colours?.before : colours?.after;
  const number = (isBefore ? line.oldNumber : line.newNumber) ?? 0;
  return side?.text[number - 1] === shown ? side.html[number - 1] : undefined;
}
