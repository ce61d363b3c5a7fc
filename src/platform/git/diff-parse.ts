// Parses the output of `git diff-tree --raw -z -p --full-index` while it streams, within limits: what is beyond them is
// counted and not kept. Inside a hunk the counts of its header, not the text, tell what is content.
import type { DiffFile, DiffHunk, DiffLimits, DiffLine } from './diff.types.ts';
import { splitLines } from './diff-lines.ts';
import { readRawRecords } from './diff-raw.ts';
import { decodeText } from './parse-text.ts';

const [PLUS, MINUS, BACKSLASH, SPACE] = [43, 45, 92, 32];
/** Bytes of a line that are looked at: enough for a header with two long names. */
const LONGEST_LINE = 32 * 1024;
const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/s;

export interface DiffParser {
  push(chunk: Buffer): void;
  /** The files, and how many the whole diff has. */
  end(): { files: DiffFile[]; fileCount: number };
}

/** Starts to parse. `ignoreWhitespace` tells that files may come without a patch. */
export function parseDiff(limits: DiffLimits): DiffParser {
  const raw = readRawRecords(limits.files);
  const patches = patchReader(raw.files, limits);
  const lines = splitLines(Math.max(LONGEST_LINE, limits.lineLength * 4), patches.readLine);
  let inPatches = false;
  return {
    push(chunk) {
      const from = inPatches ? 0 : raw.push(chunk);
      if (from === undefined) return;
      inPatches = true;
      lines.push(chunk, from);
    },
    end() {
      patches.end();
      return { files: raw.files, fileCount: raw.count() };
    },
  };
}

/** Where the reader is in a hunk: next line numbers, and lines still to come. */
interface Place {
  old: number;
  new: number;
  oldLeft: number;
  newLeft: number;
}

function patchReader(files: DiffFile[], limits: DiffLimits) {
  const loaded = { files: 0, lines: 0, bytes: 0 };
  let index = -1;
  let sections = 0;
  let file: DiffFile | undefined;
  let fileLines = 0;
  let hunk: DiffHunk | undefined;
  let place: Place = { old: 0, new: 0, oldLeft: 0, newLeft: 0 };

  /** All records came before the first patch, so the number of files is known here. */
  function mostLoaded(): { files: number; lines: number } {
    if (files.length <= limits.loadedFiles) return { files: limits.loadedFiles, lines: limits.lines };
    const { loadedFiles, loadedOfMany, lines, linesOfMany } = limits;
    return { files: Math.min(loadedFiles, loadedOfMany), lines: Math.min(lines, linesOfMany) };
  }

  /** Patches come in the records' order, but not every record has one, and a changed type has two. */
  function startSection(header: Buffer): void {
    hunk = undefined;
    const second = file?.status === 'T' && sections === 1 && isHeaderOf(header, file);
    if (second) {
      sections++;
      return;
    }
    let next = index + 1;
    while (next < files.length && !isHeaderOf(header, files[next])) next++;
    file = files[next];
    if (!file) return;
    index = next;
    sections = 1;
    fileLines = 0;
    file.additions = 0;
    file.deletions = 0;
    file.tooLarge = loaded.files >= mostLoaded().files;
    if (!file.tooLarge) loaded.files++;
  }

  function startHunk(text: string): void {
    const [, oldStart, oldLines = '1', newStart, newLines = '1', header = ''] = HUNK.exec(text) ?? [];
    if (oldStart === undefined || newStart === undefined || !file) return;
    place = {
      old: Number(oldStart),
      new: Number(newStart),
      oldLeft: Number(oldLines),
      newLeft: Number(newLines),
    };
    hunk = {
      header,
      oldStart: place.old,
      oldLines: place.oldLeft,
      newStart: place.new,
      newLines: place.newLeft,
      lines: [],
    };
    if (!file.tooLarge) file.hunks.push(hunk);
  }

  function addLine(into: DiffFile, of: DiffHunk, mark: number | undefined, line: Buffer, cut: boolean): void {
    const kind = mark === PLUS ? 'add' : mark === MINUS ? 'delete' : 'context';
    const numbers: Pick<DiffLine, 'oldNumber' | 'newNumber'> = {};
    if (kind !== 'add') {
      numbers.oldNumber = place.old++;
      place.oldLeft--;
    }
    if (kind !== 'delete') {
      numbers.newNumber = place.new++;
      place.newLeft--;
    }
    if (kind === 'add') into.additions = (into.additions ?? 0) + 1;
    if (kind === 'delete') into.deletions = (into.deletions ?? 0) + 1;
    if (into.tooLarge) return;
    if (isOverLimits(line)) dropLines(into);
    else of.lines.push({ kind, ...numbers, ...textOf(line, cut, limits.lineLength) });
  }

  function isOverLimits(line: Buffer): boolean {
    fileLines++;
    loaded.lines++;
    loaded.bytes += Math.min(line.length, limits.lineLength);
    return (
      fileLines > limits.linesPerFile || loaded.lines > mostLoaded().lines || loaded.bytes > limits.bytes
    );
  }

  /** What is dropped makes room for the files that follow. */
  function dropLines(from: DiffFile): void {
    from.tooLarge = true;
    loaded.lines -= fileLines;
    for (const { lines } of from.hunks)
      for (const { text } of lines) loaded.bytes -= Math.min(text.length, limits.lineLength);
    from.hunks = [];
  }

  function readLine(line: Buffer, cut: boolean): void {
    const mark = line.length === 0 ? SPACE : line[0];
    const isInside = place.oldLeft > 0 || place.newLeft > 0;
    if (hunk && file && isInside && mark !== BACKSLASH) {
      addLine(file, hunk, mark, line.subarray(1), cut);
    } else if (mark === BACKSLASH) {
      const last = hunk?.lines.at(-1);
      if (last) last.noNewline = true;
    } else if (startsWith(line, 'diff --git ')) startSection(line.subarray(11));
    else if (startsWith(line, '@@ ')) startHunk(decodeText(line.subarray(0, 4096)));
    else if (file && !hunk && startsWith(line, 'Binary files ')) file.binary = true;
  }

  return {
    readLine,
    /** What was being read when the output ended early is only half there. */
    end(): void {
      if (!file || place.oldLeft + place.newLeft <= 0) return;
      dropLines(file);
      file.additions = undefined;
      file.deletions = undefined;
    },
  };
}

function startsWith(line: Buffer, text: string): boolean {
  return line.length >= text.length && line.toString('latin1', 0, text.length) === text;
}

/** Whether `a/<old path> b/<new path>`, quoted as git does, is a file's. */
function isHeaderOf(header: Buffer, file: DiffFile | undefined): boolean {
  if (!file) return false;
  const names = [quoted('a/', file.oldPathBytes), Buffer.of(SPACE), quoted('b/', file.newPathBytes)];
  return header.equals(Buffer.concat(names));
}

const ESCAPES: Record<string, string> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
};

/** A name as git writes it into a patch with core.quotePath off: quoted like in C where it holds odd characters. */
function quoted(prefix: string, name: Buffer): Buffer {
  const text = name.toString('latin1');
  if (!/[\x00-\x1f\x7f"\\]/.test(text)) return Buffer.from(prefix + text, 'latin1');
  const escaped = text.replace(
    /[\x00-\x1f\x7f"\\]/g,
    (character) => ESCAPES[character] ?? `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
  return Buffer.from(`"${prefix}${escaped}"`, 'latin1');
}

function textOf(line: Buffer, cut: boolean, longest: number): Pick<DiffLine, 'text' | 'cut'> {
  // A character takes at most four bytes; one that the cut went through is left out.
  const bytes = line.length > longest * 4 ? withoutPartialCharacter(line.subarray(0, longest * 4)) : line;
  const text = decodeText(cut ? withoutPartialCharacter(bytes) : bytes);
  if (bytes.length === line.length && text.length <= longest && !cut) return { text };
  const end = /[\ud800-\udbff]/.test(text[longest - 1] ?? '') ? longest - 1 : longest;
  return { text: text.slice(0, end), cut: true };
}

function withoutPartialCharacter(bytes: Buffer): Buffer {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    if (byte >= 0xc0) return length > back ? bytes.subarray(0, -back) : bytes;
    if (byte < 0x80) return bytes;
  }
  return bytes;
}
