// The rows of a comparison's file, in one column or in two, with what lies hidden between them; and their HTML, written by
// hand here because there may be thousands on a page.
import { escapeHtml, type SafeHtml } from '../../base/html.ts';
import type { DiffFile, DiffHunk, DiffLine } from '../../platform/git/diff.types.ts';
import type { DiffView, FileNotes } from './changes.types.ts';
import { colourOf, type FileColours } from './diff-colours.present.ts';
import { emphasize } from './diff-words.present.ts';
import { visibleText } from './paths.service.ts';

type Kind = DiffLine['kind'];

/** A line on one side. */
export interface DiffCell {
  kind: Kind;
  number: number;
  html: SafeHtml;
  /** What there is to say of it, e.g. that its file ends without a line feed. */
  notes: string[];
}

/** Lines that are the same on both sides and not shown. */
export interface DiffGap {
  /** The first of them on either side. */
  old: number;
  new: number;
  /** Undefined: to the end of the file, if there are any at all. */
  count: number | undefined;
  /** The heading of the lines that follow. */
  heading: string;
}

export type DiffRow =
  | { type: 'gap'; gap: DiffGap }
  | {
      type: 'line';
      kind: Kind;
      old: number | undefined;
      new: number | undefined;
      html: SafeHtml;
      notes: string[];
    }
  | { type: 'pair'; left: DiffCell | undefined; right: DiffCell | undefined };

/** Lines around a change where nothing else was asked for. */
const CONTEXT = 3;

/** A file's rows in either layout. */
export function diffRows(
  file: DiffFile,
  view: DiffView,
  colours?: FileColours,
  context: number = CONTEXT,
): DiffRow[] {
  const rowsOf = view === 'split' ? pairedRows : plainRows;
  const rows: DiffRow[] = [];
  let end = { old: 1, new: 1 };
  for (const hunk of file.hunks) {
    const start = startOf(hunk);
    rows.push({ type: 'gap', gap: gapBefore(hunk, end, start) });
    rows.push(...rowsOf(hunk, colours));
    end = { old: start.old + hunk.oldLines, new: start.new + hunk.newLines };
  }
  if (mayGoOn(file, context)) rows.push({ type: 'gap', gap: { ...end, count: undefined, heading: '' } });
  return rows;
}

/** Where a hunk begins; one without lines on a side is said to stand behind the line before it. */
function startOf(hunk: DiffHunk): { old: number; new: number } {
  return {
    old: hunk.oldLines === 0 ? hunk.oldStart + 1 : hunk.oldStart,
    new: hunk.newLines === 0 ? hunk.newStart + 1 : hunk.newStart,
  };
}

function gapBefore(
  hunk: DiffHunk,
  end: { old: number; new: number },
  start: { old: number; new: number },
): DiffGap {
  const range = `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`;
  const heading = `${range} ${visibleText(hunk.header)}`.trim();
  return { ...end, count: Math.max(0, start.new - end.new), heading };
}

/** Whether lines may follow the last ones: they do not where fewer stand at the end than were asked for. */
function mayGoOn({ status, hunks }: DiffFile, context: number): boolean {
  if (status === 'A' || status === 'D') return false;
  const lines = hunks.at(-1)?.lines ?? [];
  if (lines.length === 0 || lines.at(-1)?.noNewline) return false;
  const last = lines.findLastIndex((line) => line.kind !== 'context');
  return lines.length - 1 - last >= context;
}

function plainRows(hunk: DiffHunk, colours: FileColours | undefined): DiffRow[] {
  return hunk.lines.map((line) => {
    const { html, notes } = cellOf(line, colours);
    return { type: 'line', kind: line.kind, old: line.oldNumber, new: line.newNumber, html, notes };
  });
}

/** Removed lines stand beside the added ones that follow them, in order; what is left over has nothing beside it. */
function pairedRows(hunk: DiffHunk, colours: FileColours | undefined): DiffRow[] {
  const rows: DiffRow[] = [];
  const { lines } = hunk;
  for (let at = 0; at < lines.length; ) {
    const line = lines[at];
    if (line?.kind === 'context') {
      const right = cellOf(line, colours);
      rows.push({ type: 'pair', left: { ...right, number: line.oldNumber ?? 0 }, right });
      at++;
      continue;
    }
    const removed = runOf(lines, at, 'delete');
    const added = runOf(lines, at + removed.length, 'add');
    for (let i = 0; i < Math.max(removed.length, added.length); i++) {
      const [left, right] = [removed[i], added[i]];
      rows.push({
        type: 'pair',
        left: left && cellOf(left, colours),
        right: right && cellOf(right, colours),
      });
    }
    at += removed.length + added.length;
  }
  return rows;
}

function runOf(lines: readonly DiffLine[], from: number, kind: Kind): readonly DiffLine[] {
  let end = from;
  while (lines[end]?.kind === kind) end++;
  return lines.slice(from, end);
}

function cellOf(line: DiffLine, colours: FileColours | undefined): DiffCell {
  const shown = line.text.endsWith('\r') ? line.text.slice(0, -1) : line.text;
  const html = emphasize(colourOf(line, shown, colours) ?? escapeHtml(shown), line.words ?? []);
  const notes = [
    ...(line.cut ? ['The rest of this line is not shown.'] : []),
    ...(line.noNewline ? ['No newline at end of file'] : []),
  ];
  const number = (line.kind === 'delete' ? line.oldNumber : line.newNumber) ?? 0;
  return { kind: line.kind, number, html, notes };
}

export interface RowAddresses {
  /** The file's anchor; rows are `<id>L<line>` and `<id>R<line>`. */
  id: string;
  /** The page with more of the file around its changes; undefined where it cannot be had. */
  moreHref: string | undefined;
  /** What stands between rows. */
  below?: FileNotes['below'] | undefined;
}

/** Rows as table rows. */
export function rowsHtml(rows: readonly DiffRow[], view: DiffView, addresses: RowAddresses): SafeHtml {
  const { below } = addresses;
  const html = rows.map((row) => rowHtml(row, view, addresses) + (below ? notesBelow(row, below) : ''));
  return html.join('\n') as SafeHtml;
}

/** A row of its own below a line that something is said of; in two columns each side has its own. */
function notesBelow(row: DiffRow, below: FileNotes['below']): string {
  if (row.type === 'gap') return '';
  if (row.type === 'line') {
    const old = row.kind === 'add' || row.old === undefined ? '' : below('base', row.old);
    const young = row.kind === 'delete' || row.new === undefined ? '' : below('head', row.new);
    return old || young ? `<tr class="diff-notes"><td colspan="3">${old}${young}</td></tr>` : '';
  }
  const left = row.left ? below('base', row.left.number) : '';
  const right = row.right ? below('head', row.right.number) : '';
  if (!left && !right) return '';
  return `<tr class="diff-notes"><td colspan="2">${left}</td><td colspan="2">${right}</td></tr>`;
}

function rowHtml(row: DiffRow, view: DiffView, addresses: RowAddresses): string {
  if (row.type === 'gap') return gapHtml(row.gap, view, addresses);
  if (row.type === 'pair')
    return `<tr>${sideHtml(row.left, 'L', addresses)}${sideHtml(row.right, 'R', addresses)}</tr>`;
  const { id } = addresses;
  const old = numberCell('diff-num', row.old, row.kind === 'delete' ? `${id}L` : undefined);
  const young = numberCell('diff-num', row.new, `${id}R`);
  return `<tr class="${CLASSES[row.kind]}">${old}${young}<td class="diff-code">${row.html}${notesHtml(row.notes)}</td></tr>`;
}

const CLASSES: Readonly<Record<Kind, string>> = {
  context: 'diff-context',
  add: 'diff-add',
  delete: 'diff-del',
};

function sideHtml(cell: DiffCell | undefined, side: 'L' | 'R', { id }: RowAddresses): string {
  if (!cell) return '<td class="diff-num diff-none"></td><td class="diff-code diff-none"></td>';
  const kind = cell.kind === 'context' ? '' : ` ${CLASSES[cell.kind]}`;
  const number = numberCell(`diff-num${kind}`, cell.number, `${id}${side}`);
  return `${number}<td class="diff-code${kind}">${cell.html}${notesHtml(cell.notes)}</td>`;
}

function numberCell(classes: string, number: number | undefined, anchor: string | undefined): string {
  if (number === undefined) return `<td class="${classes}"></td>`;
  const id = anchor === undefined ? '' : ` id="${anchor}${number}"`;
  return `<td class="${classes}" data-line="${number}"${id}></td>`;
}

function notesHtml(notes: readonly string[]): string {
  return notes.map((note) => `<span class="diff-eof">${escapeHtml(note)}</span>`).join('');
}

/** What is hidden, with links that bring it: the script puts the lines in place, without it the page loads anew. */
function gapHtml(gap: DiffGap, view: DiffView, { moreHref }: RowAddresses): string {
  const { count, heading } = gap;
  const isClosed = count === 0 || moreHref === undefined;
  if (isClosed && heading === '') return '';
  const data = isClosed
    ? ''
    : ` data-old="${gap.old}" data-new="${gap.new}"${count === undefined ? '' : ` data-count="${count}"`}`;
  const links = isClosed
    ? ''
    : expandersOf(gap)
        .map((direction) => linkHtml(direction, moreHref))
        .join('');
  const buttons = links === '' ? '' : `<span class="diff-expanders">${links}</span>`;
  const columns = view === 'split' ? 4 : 3;
  return `<tr class="diff-hunk"${data}><td class="diff-code" colspan="${columns}">${buttons}${escapeHtml(heading)}</td></tr>`;
}

/** Lines that one click on an arrow shows. */
export const EXPANDED_AT_ONCE = 20;

type Direction = 'up' | 'down' | 'all';

function expandersOf({ count, old, heading }: DiffGap): Direction[] {
  if (count !== undefined && count <= EXPANDED_AT_ONCE) return ['all'];
  if (heading === '') return ['down'];
  return old === 1 ? ['up', 'all'] : ['down', 'up', 'all'];
}

const LABELS: Readonly<Record<Direction, string>> = {
  up: 'Show the lines above',
  down: 'Show the lines below',
  all: 'Show all lines in between',
};

function linkHtml(direction: Direction, href: string): string {
  return `<a class="diff-expand is-${direction}" href="${escapeHtml(href)}" data-expands="${direction}" aria-label="${LABELS[direction]}" title="${LABELS[direction]}" data-turbo-prefetch="false"></a>`;
}
