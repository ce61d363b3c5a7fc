// The lines of a file as git counts them, a page of them at a time.
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { FoundEntry } from './code.types.ts';
import { decodeText } from './texts.service.ts';

/** Bytes up to which a file is blamed, and the lines of one page. */
const MAX_BYTES = 8 * 1024 * 1024;
const LINES_PER_PAGE = 5000;
/** Characters shown of a line. */
const MAX_LINE_LENGTH = 10_000;

export interface BlamedFile {
  kind: 'text' | 'binary' | 'symlink' | 'too-large';
  /** Bytes. */
  size: number;
  /** Of text only. */
  lines: BlamedPage | undefined;
}

export interface BlamedPage {
  /** Of the file. */
  oid: string;
  texts: string[];
  /** The number of the first of them. */
  first: number;
  /** Lines of the whole file. */
  total: number;
  page: number;
  pages: number;
}

/** Reads one page (from 1) of a file's lines. */
export async function readBlamedFile(
  app: App,
  open: OpenRepository,
  entry: FoundEntry,
  page: number,
): Promise<BlamedFile> {
  const objects = app.git.objects(open.dir);
  const size = (await objects.info(entry.oid))?.size ?? 0;
  if (entry.mode === '120000') return { kind: 'symlink', size, lines: undefined };
  if (size > MAX_BYTES) return { kind: 'too-large', size, lines: undefined };
  const data = (await objects.read(entry.oid, MAX_BYTES))?.data ?? Buffer.alloc(0);
  const text = decodeText(data);
  // Git sees bytes only: in other encodings its lines are not these.
  if (!text || text.encoding.startsWith('UTF-16')) return { kind: 'binary', size, lines: undefined };
  return { kind: 'text', size, lines: linesOf(entry.oid, text.text, page) };
}

function linesOf(oid: string, text: string, wanted: number): BlamedPage {
  const all = text.split('\n');
  if (all.at(-1) === '') all.pop();
  const pages = Math.max(1, Math.ceil(all.length / LINES_PER_PAGE));
  const page = Math.min(wanted, pages);
  const start = (page - 1) * LINES_PER_PAGE;
  const texts = all.slice(start, start + LINES_PER_PAGE).map(shownLine);
  return { oid, texts, first: start + 1, total: all.length, page, pages };
}

/** A carriage return inside a line ends none for git, as it would for the highlighter. */
function shownLine(line: string): string {
  const plain = line.replace(/\r$/, '').replaceAll('\r', '\u240d');
  if (plain.length <= MAX_LINE_LENGTH) return plain;
  return `${plain.slice(0, MAX_LINE_LENGTH).toWellFormed()} …`;
}
