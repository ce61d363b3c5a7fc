// The lines of a text file: counted, cut into ranges, and coloured. Files beyond the size of ordinary ones are coloured
// whole in the background and kept on disk in groups of lines, by the id of the blob.
import { escapeHtml, type SafeHtml } from '../../base/html.ts';
import type { App } from '../../platform/app.types.ts';
import type { BoundedCache } from '../../platform/cache/cache.ts';
import { isHighlightable } from '../../platform/render/highlight-lines.ts';
import { highlightNames } from '../../platform/render/languages.ts';

/** Lines of one block of a long file. */
export const BLOCK = 500;
/** Files of more lines are sent in blocks. */
export const LONG = 5000;
/** Lines of a long file that its page holds. */
export const SENT = 2000;
/** Lines beyond which a file is not shown whole: browsers lay out no page that is higher. */
export const MAX_LINES = 1_000_000;
export const MAX_LINE_LENGTH = 10_000;
/** Characters of a range beyond which its further lines are cut earlier: a thousand lines of ten thousand are no page. */
const MAX_SENT = 2 * 1024 * 1024;
const LINE_LENGTH_WITHOUT_ROOM = 200;

/** Blocks kept in one file. */
const GROUP = 20;
/** Characters beyond which a file has no colours: making them takes a hundred times its size in memory. */
const MAX_COLOURED = 4 * 1024 * 1024;
/** Milliseconds that a page waits for colours. */
const BUDGET = 250;
/** Changes whenever code is coloured in another way. */
const VERSION = 1;

export interface LineText {
  /** Its lines end in `\n` alone. */
  text: string;
  lineCount: number;
  /** Lines that are not blank. */
  sourceLines: number;
  /** Whether lines, or parts of them, are left out. */
  isCut: boolean;
}

export interface LineRange {
  /** From 1. */
  from: number;
  /** The last one. */
  to: number;
}

/** A text as lines. */
export function lineText(given: string): LineText {
  const text = given.includes('\r') ? given.replace(/\r\n?/g, '\n') : given;
  let [lineCount, sourceLines, isCut] = [0, 0, false];
  for (let start = 0; start < text.length; ) {
    const end = endOfLine(text, start);
    lineCount++;
    if (!isBlank(text, start, end)) sourceLines++;
    if (end - start > MAX_LINE_LENGTH) isCut = true;
    start = end + 1;
  }
  return { text, lineCount, sourceLines, isCut: isCut || lineCount > MAX_LINES };
}

function endOfLine(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end < 0 ? text.length : end;
}

function isBlank(text: string, start: number, end: number): boolean {
  let at = start;
  while (at < end && text.charCodeAt(at) <= 32) at++;
  return at === end || text.slice(at, Math.min(end, at + 200)).trim() === '';
}

/** The lines of a range, each cut to what can be shown. */
export function plainRange(text: string, { from, to }: LineRange): SafeHtml[] {
  const lines: SafeHtml[] = [];
  let start = 0;
  let room = MAX_SENT;
  for (let line = 1; line < from && start < text.length; line++) start = endOfLine(text, start) + 1;
  for (let line = from; line <= to && start < text.length; line++) {
    const end = endOfLine(text, start);
    const most = room > 0 ? MAX_LINE_LENGTH : LINE_LENGTH_WITHOUT_ROOM;
    lines.push(escapeHtml(shortened(text.slice(start, end), most)));
    room -= Math.min(end - start, most);
    start = end + 1;
  }
  return lines;
}

function shortened(line: string, most: number): string {
  if (line.length <= most) return line;
  const left = line.length - most;
  return `${line.slice(0, most).toWellFormed()} … ${left} more characters`;
}

export interface ShownLines {
  lines: readonly SafeHtml[];
  /** Whether they are plain for now and will have colours. */
  isPending: boolean;
}

/** What is known of a file whose lines are shown: the key of its content, its name. */
export interface NamedText {
  key: string;
  name: string;
  text: string;
}

/** The lines of a range in their colours, as far as those are known soon enough. */
export async function colouredRange(app: App, file: NamedText, range: LineRange): Promise<ShownLines> {
  const languages = highlightNames(file.name, file.text.slice(0, 200).split('\n')[0]);
  const plain = () => plainRange(file.text, range);
  if (languages.length === 0 || file.text.length > MAX_COLOURED) return { lines: plain(), isPending: false };
  if (isHighlightable(file.text)) {
    const code = { text: file.text, languages, oid: file.key };
    const { lines, isPending } = await app.highlighter.linesWithin(code, BUDGET);
    return { lines: lines.slice(range.from - 1, range.to), isPending };
  }
  const found = await keptRange(app, file, languages, range);
  return typeof found === 'string'
    ? { lines: plain(), isPending: found === 'soon' }
    : { lines: found, isPending: false };
}

/** Lines of a big file that was coloured before; otherwise it is begun. */
async function keptRange(
  app: App,
  file: NamedText,
  languages: readonly string[],
  { from, to }: LineRange,
): Promise<SafeHtml[] | 'soon' | 'never'> {
  const key = `${VERSION}:${file.key}:${languages.join(',')}`;
  if (uncoloured(app).get(key)) return 'never';
  const lines: SafeHtml[] = [];
  const perGroup = BLOCK * GROUP;
  for (let group = Math.floor((from - 1) / perGroup); group <= Math.floor((to - 1) / perGroup); group++) {
    const found = await keptGroup(app, `${key}:${group}`);
    if (!found) {
      colourLater(app, file.text, languages, key);
      return 'soon';
    }
    const first = group * perGroup;
    lines.push(...found.slice(Math.max(0, from - 1 - first), to - first));
  }
  return lines;
}

const colouring = new WeakMap<App, Set<string>>();

/** Not in the turns of `background.service.ts`: a file may take seconds, and the highlighter has a queue of its own. */
function colourLater(app: App, text: string, languages: readonly string[], key: string): void {
  const running = colouring.get(app) ?? new Set<string>();
  colouring.set(app, running);
  if (running.has(key)) return;
  running.add(key);
  void colourWhole(app, text, languages, key)
    .catch((error: unknown) => app.log.warn({ err: error }, 'a big file could not be coloured'))
    .finally(() => running.delete(key));
}

async function keptGroup(app: App, key: string): Promise<SafeHtml[] | undefined> {
  const file = await app.files.find('colours', key);
  if (!file) return undefined;
  const parts: Buffer[] = [];
  for await (const chunk of file.chunks) parts.push(chunk);
  return Buffer.concat(parts).toString('utf8').split('\n') as SafeHtml[];
}

async function colourWhole(app: App, text: string, languages: readonly string[], key: string): Promise<void> {
  const groups = await app.highlighter.blocks({ text, languages, size: BLOCK * GROUP });
  if (groups === 'later') return;
  if (groups === 'never') return uncoloured(app).set(key, {}, key.length * 2 + 64);
  for (const [group, html] of groups.entries()) {
    const made = await app.files.get('colours', `${key}:${group}`, async function* () {
      yield Buffer.from(html);
    });
    for await (const _ of made.chunks);
  }
}

const uncolouredOf = new WeakMap<App, BoundedCache<object>>();

/** Files that were tried and have no colours. */
function uncoloured(app: App): BoundedCache<object> {
  const known = uncolouredOf.get(app) ?? app.caches.create<object>('uncoloured-files', 256 * 1024);
  uncolouredOf.set(app, known);
  return known;
}
