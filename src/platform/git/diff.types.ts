// What a diff is made of: files, hunks, lines and the words that differ.
import type { Oid, RepoDir } from './git.types.ts';

export interface DiffLimits {
  /** Files listed at most; default 3,000. */
  files: number;
  /** Files whose lines are loaded; default 100. */
  loadedFiles: number;
  /** When there are more files than `loadedFiles`: how many of them are loaded, and their lines; default 50 and 750. */
  loadedOfMany: number;
  linesOfMany: number;
  /** Lines of one file beyond which it is only counted; default 3,000. */
  linesPerFile: number;
  /** Lines loaded of all files together; default 10,000. */
  lines: number;
  /** Bytes of text loaded of all files together; default 4 MiB. */
  bytes: number;
  /** Characters of a line that are kept; default 2,000. */
  lineLength: number;
}

export interface DiffOptions {
  /** The side before: a commit or a tree. Missing: the first parent of `to`, or nothing for a root commit. */
  from?: Oid;
  /** The side after: a commit or a tree. */
  to: Oid;
  /** Only these paths (raw bytes): files or directories. */
  paths?: readonly Buffer[];
  /** Lines of context; default 3. */
  context?: number;
  ignoreWhitespace?: boolean;
  limits?: Partial<DiffLimits>;
  /** Repositories whose objects are read besides: those of the side that lies in a fork. */
  others?: readonly RepoDir[];
  signal?: AbortSignal | undefined;
}

/** Added, modified, deleted, renamed, copied, type changed (file, symlink, submodule). */
export type DiffStatus = 'A' | 'M' | 'D' | 'R' | 'C' | 'T';

export interface DiffLine {
  kind: 'context' | 'add' | 'delete';
  oldNumber?: number;
  newNumber?: number;
  text: string;
  /** Whether the file ends here without a line feed. */
  noNewline?: boolean;
  /** Whether the text was cut to DiffLimits.lineLength. */
  cut?: boolean;
  /** Parts that differ from the paired line: [from, to) in UTF-16 units of `text`. */
  words?: readonly (readonly [from: number, to: number])[];
}

export interface DiffHunk {
  /** What git shows after the second `@@`: the enclosing function, or ''. */
  header: string;
  oldStart: number;
  oldLines: number;
  newStart: number;
  newLines: number;
  lines: DiffLine[];
}

export interface DiffFile {
  status: DiffStatus;
  /** For display, invalid UTF-8 as U+FFFD. Both paths are the same unless it was renamed or copied. */
  oldPath: string;
  newPath: string;
  oldPathBytes: Buffer;
  newPathBytes: Buffer;
  /** As in TreeEntry; '000000' where there is no file. */
  oldMode: string;
  newMode: string;
  /** Undefined where there is no file. */
  oldOid: Oid | undefined;
  newOid: Oid | undefined;
  /** Percent, for renames and copies. */
  similarity?: number;
  binary: boolean;
  submodule: boolean;
  /** Whether lines were left out because of a limit; then `hunks` is empty. */
  tooLarge: boolean;
  /** Counted also when tooLarge; undefined when reading ended before this file. */
  additions: number | undefined;
  deletions: number | undefined;
  hunks: DiffHunk[];
}

export interface Diff {
  from: Oid;
  to: Oid;
  files: DiffFile[];
  /** Files in the whole diff, also those beyond DiffLimits.files. */
  fileCount: number;
  /** Of all files where they could be counted in reasonable time, else of those in `files`. */
  additions: number;
  deletions: number;
  /** False when a limit was met: some files are tooLarge, missing (all of them, even) or not counted. */
  complete: boolean;
}
