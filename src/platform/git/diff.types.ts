// A diff as pages show it.
import type { Oid } from './git.types.ts';

export interface DiffLine {
  kind: 'context' | 'added' | 'removed';
  oldNumber?: number;
  newNumber?: number;
  text: string;
  /** The file ends here without a line break. */
  noNewline?: true;
  /** The line is longer than shown. */
  cut?: true;
}

export interface Hunk {
  oldStart: number;
  oldLines: number;
  newStart: number;
  newLines: number;
  /** What git found to name the place, e.g. the function. */
  heading: string;
  lines: DiffLine[];
}

export interface DiffFile {
  status: 'added' | 'modified' | 'deleted' | 'renamed' | 'copied' | 'type-changed';
  /** Raw bytes; equal unless renamed or copied. */
  oldPath: Buffer;
  newPath: Buffer;
  oldMode: string;
  newMode: string;
  /** All zeros where there is none. */
  oldOid: Oid;
  newOid: Oid;
  /** Percent, of renamed and copied files. */
  similarity?: number;
  binary: boolean;
  hunks: Hunk[];
  additions: number;
  deletions: number;
  /** Why hunks are missing: this file's diff, or the whole, is over the limits. */
  omitted?: 'file' | 'total';
}

export interface Diff {
  files: DiffFile[];
  /** More files changed than are listed. */
  truncated: boolean;
  /** Of the files whose hunks were read. */
  additions: number;
  deletions: number;
}

export interface DiffLimits {
  files: number;
  linesPerFile: number;
  lines: number;
  /** Characters of one line. */
  lineLength: number;
  bytes: number;
}
