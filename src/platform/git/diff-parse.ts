// Parses the output of `git diff-tree --raw -z -p` while it streams, within limits.
import type { DiffFile, DiffHunk, DiffLimits, DiffLine, DiffStatus } from './diff.types.ts';
import type { Oid } from './git.types.ts';
import { decodeText } from './parse-text.ts';

export interface DiffParser {
  /** Takes output; false once a limit over the whole diff is reached and the rest need not be read. */
  push(chunk: Buffer): boolean;
  /** The files, and how many the whole diff has. */
  end(): { files: DiffFile[]; fileCount: number };
}

/** Parses raw records first (they name every file), then patches, which come in the same order. */
export function diffParser(limits: DiffLimits): DiffParser {
  const raw = rawParser(limits.files);
  const patch = patchParser(raw.files, limits);
  let rest: Buffer = Buffer.alloc(0);
  let bytes = 0;
  let inPatch = false;

  return {
    push(chunk) {
      bytes += chunk.length;
      const data = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      let at = 0;
      if (!inPatch) {
        const read = raw.read(data);
        at = read.at;
        inPatch = read.done;
      }
      if (inPatch) at = patch.read(data, at);
      rest = data.subarray(at);
      return bytes <= limits.bytes && patch.withinLimits();
    },
    end() {
      if (inPatch && rest.length > 0) patch.read(Buffer.concat([rest, Buffer.from('\n')]), 0);
      patch.end();
      return { files: raw.files, fileCount: raw.count() };
    },
  };
}

/** A file as its raw record tells it: its lines are not read yet. */
function newFile(
  letter: string,
  [oldPathBytes, newPathBytes]: [Buffer, Buffer],
  [oldMode, newMode]: [string, string],
  [oldOid, newOid]: [Oid, Oid],
): DiffFile {
  return {
    status: (letter[0] ?? 'M') as DiffStatus,
    oldPath: oldPathBytes.toString('utf8'),
    newPath: newPathBytes.toString('utf8'),
    oldPathBytes,
    newPathBytes,
    oldMode,
    newMode,
    oldOid: /^0+$/.test(oldOid) ? undefined : oldOid,
    newOid: /^0+$/.test(newOid) ? undefined : newOid,
    binary: false,
    submodule: oldMode === '160000' || newMode === '160000',
    tooLarge: true,
    additions: undefined,
    deletions: undefined,
    hunks: [],
  };
}

/** Records `:oldmode newmode oldoid newoid STATUS\0path\0[path\0]`; a lone NUL or the patch ends them. */
function rawParser(maxFiles: number) {
  const files: DiffFile[] = [];
  let count = 0;

  function readRecord(data: Buffer, from: number): number {
    const headEnd = data.indexOf(0, from);
    if (headEnd < 0) return -1;
    const [oldMode = '', newMode = '', oldOid = '', newOid = '', letter = ''] = data
      .toString('latin1', from + 1, headEnd)
      .split(' ');
    const oneEnd = data.indexOf(0, headEnd + 1);
    if (oneEnd < 0) return -1;
    const two = letter.startsWith('R') || letter.startsWith('C');
    const twoEnd = two ? data.indexOf(0, oneEnd + 1) : oneEnd;
    if (twoEnd < 0) return -1;
    const oldPath = Buffer.from(data.subarray(headEnd + 1, oneEnd));
    const newPath = two ? Buffer.from(data.subarray(oneEnd + 1, twoEnd)) : oldPath;
    count += 1;
    if (files.length < maxFiles) {
      const similarity = two ? { similarity: Number(letter.slice(1)) } : {};
      files.push({
        ...newFile(letter, [oldPath, newPath], [oldMode, newMode], [oldOid, newOid]),
        ...similarity,
      });
    }
    return twoEnd + 1;
  }

  return {
    files,
    count: () => count,
    read(data: Buffer): { at: number; done: boolean } {
      let at = 0;
      while (at < data.length) {
        if (data[at] !== 58) return { at: data[at] === 0 ? at + 1 : at, done: true };
        const next = readRecord(data, at);
        if (next < 0) break;
        at = next;
      }
      return { at, done: false };
    },
  };
}

function patchParser(files: DiffFile[], limits: DiffLimits) {
  let index = -1;
  let sections = 0;
  let file: DiffFile | undefined;
  let hunk: DiffHunk | undefined;
  let place = { old: 0, new: 0, oldLeft: 0, newLeft: 0 };
  let fileLines = 0;
  let lines = 0;

  function nextFile(): void {
    // A changed type (file to link) is written as two sections: a deletion and an addition.
    const again = file?.status === 'T' && sections === 1;
    if (!again) {
      index += 1;
      sections = 0;
      fileLines = 0;
    }
    sections += 1;
    file = files[index];
    hunk = undefined;
    if (!file || again) return;
    file.additions = 0;
    file.deletions = 0;
    file.tooLarge = index >= limits.loadedFiles;
  }

  function startHunk(text: string): void {
    const match = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/s.exec(text);
    if (!match || !file) return;
    const [oldStart, oldLines, newStart, newLines] = [match[1], match[2] ?? 1, match[3], match[4] ?? 1].map(
      Number,
    );
    place = { old: oldStart ?? 0, new: newStart ?? 0, oldLeft: oldLines ?? 0, newLeft: newLines ?? 0 };
    hunk = {
      header: match[5] ?? '',
      oldStart: place.old,
      oldLines: place.oldLeft,
      newStart: place.new,
      newLines: place.newLeft,
      lines: [],
    };
    file.hunks.push(hunk);
  }

  function addLine(mark: number | undefined, body: Buffer): void {
    if (!file || !hunk) return;
    const added = mark === 43;
    const removed = mark === 45;
    if (added) file.additions = (file.additions ?? 0) + 1;
    if (removed) file.deletions = (file.deletions ?? 0) + 1;
    const line = lineOf(body, added ? 'add' : removed ? 'delete' : 'context', limits.lineLength);
    if (!added) {
      line.oldNumber = place.old++;
      place.oldLeft -= 1;
    }
    if (!removed) {
      line.newNumber = place.new++;
      place.newLeft -= 1;
    }
    keepLine(file, hunk, line);
  }

  function keepLine(into: DiffFile, of: DiffHunk, line: DiffLine): void {
    fileLines += 1;
    if (!into.tooLarge && fileLines <= limits.linesPerFile) {
      lines += 1;
      of.lines.push(line);
      return;
    }
    into.tooLarge = true;
    into.hunks = [];
  }

  function readLine(line: Buffer): void {
    const inside = place.oldLeft > 0 || place.newLeft > 0;
    const mark = line[0];
    if (hunk && inside && (mark === 32 || mark === 43 || mark === 45)) {
      addLine(mark, line.subarray(1));
      return;
    }
    if (mark === 92) {
      const last = hunk?.lines.at(-1);
      if (last) last.noNewline = true;
      return;
    }
    if (line.subarray(0, 11).toString('latin1') === 'diff --git ') {
      nextFile();
      return;
    }
    if (line.subarray(0, 3).toString('latin1') === '@@ ') {
      startHunk(decodeText(line));
      return;
    }
    const start = line.subarray(0, 16).toString('latin1');
    if (file && !hunk && (start.startsWith('Binary files ') || start.startsWith('GIT binary patch')))
      file.binary = true;
  }

  return {
    withinLimits: () => lines <= limits.lines,
    read(data: Buffer, from: number): number {
      let at = from;
      for (;;) {
        const newline = data.indexOf(10, at);
        if (newline < 0) return at;
        readLine(data.subarray(at, newline));
        at = newline + 1;
      }
    },
    /** What was being read when a limit ended it is only half there. */
    end(): void {
      if (file && (place.oldLeft > 0 || place.newLeft > 0)) {
        file.hunks = [];
        file.tooLarge = true;
        file.additions = undefined;
        file.deletions = undefined;
      }
    },
  };
}

function lineOf(body: Buffer, kind: DiffLine['kind'], limit: number): DiffLine {
  if (body.length <= limit) return { kind, text: decodeText(body) };
  return { kind, text: decodeText(body.subarray(0, limit)), cut: true };
}
