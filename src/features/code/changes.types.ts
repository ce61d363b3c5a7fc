// What is compared: two commits, which may lie in two repositories of one network of forks.
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
}

/** How rows are laid out. */
export type DiffView = 'unified' | 'split';

/** A blob of one side by its id. */
export interface SideBlob {
  side: ChangeSide;
  oid: Oid;
}
