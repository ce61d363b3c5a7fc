// The rows of a diff around a comment, kept with its thread for when the code has moved on.
import type { DiffHunk, DiffLine } from '../../platform/git/diff.types.ts';
import type { CodePlace } from './anchors.types.ts';

/** Rows before the first line, and the rows and characters that are kept at most. */
const BEFORE = 3;
const MOST_ROWS = 200;
const MOST_TEXT = 64 * 1024;

/** A unified diff of the rows from shortly before a place to its last line; undefined where the rows are in none of the hunks. */
export function hunkAround(hunks: readonly DiffHunk[], place: CodePlace): string | undefined {
  for (const hunk of hunks) {
    const start = hunk.lines.findIndex((row) => isAt(row, place.startSide, place.startLine));
    const end = hunk.lines.findIndex((row) => isAt(row, place.side, place.line));
    if (start < 0 || end < 0) continue;
    const first = Math.max(0, Math.min(start, end) - BEFORE);
    return hunkText(hunk, first, Math.max(start, end));
  }
  return undefined;
}

function isAt(row: DiffLine, side: CodePlace['side'], line: number): boolean {
  return side === 'head' ? row.newNumber === line : row.oldNumber === line;
}

function hunkText(hunk: DiffHunk, first: number, last: number): string {
  const from = Math.max(first, last - MOST_ROWS + 1);
  const rows = hunk.lines.slice(from, last + 1);
  const before = hunk.lines.slice(0, from);
  const oldStart = hunk.oldStart + before.filter((row) => row.kind !== 'add').length;
  const newStart = hunk.newStart + before.filter((row) => row.kind !== 'delete').length;
  const oldLines = rows.filter((row) => row.kind !== 'add').length;
  const newLines = rows.filter((row) => row.kind !== 'delete').length;
  const title = hunk.header === '' ? '' : ` ${hunk.header}`;
  const head = `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@${title}`;
  return [head, ...rows.map((row) => `${MARKS[row.kind]}${row.text}`)].join('\n').slice(0, MOST_TEXT);
}

const MARKS = { context: ' ', add: '+', delete: '-' };
