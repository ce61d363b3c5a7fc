// Turns a diff into the rows of a page: coloured code, the words that differ, what is folded or not loaded.
import { sha256Hex } from '../../base/crypto.ts';
import { escapeHtml, type SafeHtml } from '../../base/html.ts';
import type { App } from '../../platform/app.types.ts';
import type { Diff, DiffFile, DiffLine } from '../../platform/git/diff.types.ts';
import { highlightNames } from '../../platform/render/languages.ts';
import { emphasize } from './diff-words.present.ts';
import { encodePath, lastName, visibleText } from './paths.service.ts';

export interface DiffRow {
  kind: 'context' | 'add' | 'delete' | 'hunk' | 'note';
  old: number | undefined;
  new: number | undefined;
  codeHtml: SafeHtml;
}

export interface DiffFileModel {
  /** Anchor of the file, stable while its path stays. */
  id: string;
  label: string;
  path: string;
  /** Where it came from, for renames and copies. */
  oldPath: string | undefined;
  additions: number | undefined;
  deletions: number | undefined;
  similarity: number | undefined;
  modes: string | undefined;
  /** Why there are no rows, or undefined. */
  note: string | undefined;
  /** Loads what was left out. */
  loadHref: string | undefined;
  blobHref: string | undefined;
  /** Whether it starts out open. */
  isOpen: boolean;
  rows: DiffRow[];
}

/** A file that is only named, because the change is large. */
export interface UnloadedFile {
  label: string;
  path: string;
  additions: number | undefined;
  deletions: number | undefined;
  loadHref: string;
}

export interface DiffModel {
  files: DiffFileModel[];
  /** What comes after them without its lines. */
  unloaded: UnloadedFile[];
  fileCount: number;
  additions: number;
  deletions: number;
  /** Whether additions and deletions are those of the whole change. */
  isCounted: boolean;
  /** Whether there is so much of it that not even the files can be listed. */
  isTooLarge: boolean;
}

export interface DiffLinks {
  /** The page that shows this file alone, with higher limits. */
  load(file: DiffFile): string;
  /** The file after the change. */
  blob(file: DiffFile): string;
}

/** Lines of a file beyond which it starts out folded. */
const FOLD_LINES = 800;
/** Lines of a file, and of all files, that are coloured. */
const COLOURED_LINES = 1000;
const COLOURED_TOTAL = 4000;

const LABELS: Readonly<Record<DiffFile['status'], string>> = {
  A: 'added',
  M: 'changed',
  D: 'deleted',
  R: 'renamed',
  C: 'copied',
  T: 'type changed',
};

/** The model of a whole diff. */
export async function diffModel(app: App, diff: Diff, links: DiffLinks): Promise<DiffModel> {
  let left = COLOURED_TOTAL;
  const loaded = diff.files.filter((file) => !isUnloaded(file));
  const files = loaded.map((file) => {
    const lines = file.hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0);
    const isColoured = lines <= COLOURED_LINES && lines <= left;
    if (isColoured) left -= lines;
    return fileModel(app, file, links, { lines, isColoured });
  });
  const unloaded = diff.files.filter(isUnloaded).map((file) => unloadedModel(file, links));
  const { fileCount, additions, deletions } = diff;
  const counts = { fileCount, additions, deletions, isCounted: isCounted(diff) };
  const isTooLarge = diff.files.length === 0 && !diff.complete;
  return { files: await Promise.all(files), unloaded, ...counts, isTooLarge };
}

/** Whether a file is left out because of all files together, not because of its own length. */
function isUnloaded({ tooLarge, additions = 0, deletions = 0 }: DiffFile): boolean {
  return tooLarge && additions + deletions <= FOLD_LINES;
}

function unloadedModel(file: DiffFile, links: DiffLinks): UnloadedFile {
  const { additions, deletions, newPath, status } = file;
  return {
    label: LABELS[status],
    path: visibleText(newPath),
    additions,
    deletions,
    loadHref: links.load(file),
  };
}

function isCounted({ files, fileCount, additions, deletions, complete }: Diff): boolean {
  if (complete || (fileCount === files.length && files.every((file) => file.additions !== undefined)))
    return true;
  const listed = files.reduce((sum, file) => sum + (file.additions ?? 0) + (file.deletions ?? 0), 0);
  return additions + deletions > listed;
}

async function fileModel(
  app: App,
  file: DiffFile,
  links: DiffLinks,
  { lines, isColoured }: { lines: number; isColoured: boolean },
): Promise<DiffFileModel> {
  const path = visibleText(file.newPath);
  const wasMoved = file.status === 'R' || file.status === 'C';
  const hasModes = file.oldMode !== file.newMode && file.status !== 'A' && file.status !== 'D';
  return {
    id: `diff-${sha256Hex(file.newPathBytes).slice(0, 16)}`,
    label: LABELS[file.status],
    path,
    oldPath: wasMoved ? visibleText(file.oldPath) : undefined,
    additions: file.additions,
    deletions: file.deletions,
    similarity: file.similarity,
    modes: hasModes ? `${file.oldMode} → ${file.newMode}` : undefined,
    note: noteOf(file),
    loadHref: file.tooLarge ? links.load(file) : undefined,
    blobHref: file.newOid !== undefined && !file.submodule ? links.blob(file) : undefined,
    isOpen: lines <= FOLD_LINES,
    rows: await rowsOf(app, file, isColoured),
  };
}

function noteOf(file: DiffFile): string | undefined {
  if (file.tooLarge) return 'This file has too many changes to show them at once.';
  if (file.binary) return 'Binary file not shown.';
  if (file.hunks.length > 0) return undefined;
  if (file.status === 'R') return 'File renamed without changes.';
  if (file.status === 'C') return 'File copied without changes.';
  if (file.oldMode !== file.newMode && file.status === 'M') return 'Only the mode changed.';
  return 'Empty file.';
}

async function rowsOf(app: App, file: DiffFile, isColoured: boolean): Promise<DiffRow[]> {
  const lines = file.hunks.flatMap((hunk) => hunk.lines);
  const coloured = isColoured ? await colour(app, file, lines) : new Map<DiffLine, SafeHtml>();
  return file.hunks.flatMap((hunk) => {
    const range = `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@ ${visibleText(hunk.header)}`;
    const head: DiffRow = { kind: 'hunk', old: undefined, new: undefined, codeHtml: escapeHtml(range) };
    return [head, ...hunk.lines.flatMap((line) => rowOf(line, coloured.get(line)))];
  });
}

function rowOf(line: DiffLine, coloured: SafeHtml | undefined): DiffRow[] {
  const html = coloured ?? escapeHtml(shownText(line));
  const codeHtml = emphasize(html, line.words ?? []);
  const row: DiffRow = { kind: line.kind, old: line.oldNumber, new: line.newNumber, codeHtml };
  const notes = [
    line.cut && 'The rest of this line is not shown.',
    line.noNewline && 'No newline at end of file',
  ];
  return [
    row,
    ...notes.flatMap((note): DiffRow[] =>
      note ? [{ kind: 'note', old: undefined, new: undefined, codeHtml: escapeHtml(note) }] : [],
    ),
  ];
}

function shownText(line: DiffLine): string {
  return line.text.endsWith('\r') ? line.text.slice(0, -1) : line.text;
}

/** Colours each side's lines as one text; a side whose lines do not come back one to one stays plain. */
async function colour(app: App, file: DiffFile, lines: DiffLine[]): Promise<Map<DiffLine, SafeHtml>> {
  const languages = highlightNames(lastName(file.newPathBytes).toString('utf8'));
  const coloured = new Map<DiffLine, SafeHtml>();
  if (languages.length === 0 || lines.length === 0) return coloured;
  for (const side of ['delete', 'add'] as const) {
    if (!lines.some((line) => line.kind === side || side === 'add')) continue;
    const all = lines.filter((line) => line.kind === side || line.kind === 'context');
    const text = `${all.map(shownText).join('\n')}\n`;
    const html = await app.highlighter.lines({ text, languages, oid: `diff:${sha256Hex(text)}` });
    if (html.length !== all.length) continue;
    for (const [index, line] of all.entries()) {
      const one = html[index];
      if (one !== undefined && (line.kind === side || side === 'add')) coloured.set(line, one);
    }
  }
  return coloured;
}

/**
 * The query that names a file by `path`, and by another where it was before: an address relative to the page of the
 * whole change, since such a page may hold thousands.
 */
export function pathQuery(file: DiffFile): string {
  const paths = [...new Set([encodePath(file.newPathBytes), encodePath(file.oldPathBytes)])];
  const query = new URLSearchParams(paths.map((path): [string, string] => ['path', path]));
  return `?${query.toString().replaceAll('%2F', '/')}`;
}
