// Cuts highlighted HTML into lines that stand alone, for tables and diffs with one row per line.
import { escapeHtml, type SafeHtml } from '../../base/html.ts';

/** Lines longer than this are never highlighted: one such line stops browsers and regular expressions alike. */
const MAX_LINE_LENGTH = 5000;
const MAX_TEXT_LENGTH = 512 * 1024;

/** Whether colouring is worth its time. */
export function isHighlightable(text: string): boolean {
  return text.length <= MAX_TEXT_LENGTH && hasColourableLines(text);
}

/** Whether no line is too long to be coloured. */
export function hasColourableLines(text: string): boolean {
  let start = 0;
  while (start < text.length) {
    const end = text.indexOf('\n', start);
    if ((end < 0 ? text.length : end) - start > MAX_LINE_LENGTH) return false;
    if (end < 0) return true;
    start = end + 1;
  }
  return true;
}

/** Text as lines without their ends; a last line end makes no empty line. */
export function splitLines(text: string): string[] {
  if (text === '') return [];
  const lines = text.split(/\r\n|\n|\r(?!\n)/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Plain text as escaped lines. */
export function plainLines(text: string): SafeHtml[] {
  return splitLines(text).map(escapeHtml);
}

/** highlight.js output (spans and text only) as lines; spans open at a line's end are closed and opened again. */
export function linesOfHtml(html: string): SafeHtml[] {
  const open: string[] = [];
  const lines = splitLines(html).map((line) => {
    const before = open.join('');
    for (const [tag] of line.matchAll(/<span class="[^"]*">|<\/span>/g)) {
      if (tag === '</span>') open.pop();
      else open.push(tag);
    }
    return (before + line + '</span>'.repeat(open.length)) as SafeHtml;
  });
  return lines;
}
