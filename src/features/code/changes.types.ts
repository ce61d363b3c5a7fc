// What is compared: two commits, which may lie in two repositories of one network of forks.
import type { SafeHtml } from '../../base/html.ts';
import type { DiffFile } from '../../platform/git/diff.types.ts';
import type { Commit, Oid } from '../../platform/git/git.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';

/** One side of a comparison. The actor may read the code of `open`. */
export interface ChangeSide {
  open: OpenRepository;
  commit: Pick<Commit, 'oid' | 'tree'>;
}

/** A comparison; without a side before, everything was added. */
export interface Change {
  before: ChangeSide | undefined;
  after: ChangeSide;
  ignoreWhitespace: boolean;
  /** The number of the merge's parent that was asked for, which addresses keep. */
  parent?: number | undefined;
  /** What a review adds to it. */
  notes?: ChangeNotes | undefined;
}

/** What a page adds to the changes it shows. */
export interface ChangeNotes {
  /** Where its own fragments of files are, `<address>/<range>/files` and `…/file`. */
  fragments: string;
  /** Reads what belongs to some files of the change. */
  of(files: readonly DiffFile[]): Promise<(file: DiffFile) => FileNotes | undefined>;
}

/** What belongs to one file; all of it is clean HTML. */
export interface FileNotes {
  /** What stands below a line; empty for most. */
  below(side: 'base' | 'head', line: number): SafeHtml | '';
  /** What stands above the rows: what is said of the whole file, and whatever no row was found for. Asked for after them. */
  above(): SafeHtml | '';
  /** Where one may comment on it. */
  commentHref: string | undefined;
}

/** How rows are laid out. */
export type DiffView = 'unified' | 'split';

/** A blob of one side by its id. */
export interface SideBlob {
  side: ChangeSide;
  oid: Oid;
}
