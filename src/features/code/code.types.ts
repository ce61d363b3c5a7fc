// The values of the code room: places in a repository's history, and what is found there.
import type { Commit, Oid, TreeEntry } from '../../platform/git/git.types.ts';

/** A path's raw bytes without slashes at its ends; empty for the root. Names need not be UTF-8. */
export type PathBytes = Buffer;

/** A commit, and the name it was asked for by. */
export interface NamedCommit {
  kind: 'branch' | 'tag' | 'commit';
  /** The short name of the branch or tag, or the full commit id. */
  name: string;
  /** How links name it: percent-encoded, slashes kept; a tag that hides behind a branch has its full ref name here. */
  address: string;
  commit: Commit;
}

/** A named commit and a path in it, which need not exist. */
export interface Place {
  at: NamedCommit;
  path: PathBytes;
}

/** What a path leads to. `type` is commit for submodules. */
export interface FoundEntry {
  mode: string;
  type: 'blob' | 'tree' | 'commit';
  oid: Oid;
}

/** One page of a directory, directories first. */
export interface DirectoryPage {
  entries: TreeEntry[];
  /** Entries of the whole directory. */
  total: number;
  /** Number of its first entry, from 1. */
  first: number;
  page: number;
  pages: number;
}

/** Entry names as latin1 strings of their raw bytes to the commit that last touched them. */
export type LastCommits = ReadonlyMap<string, Oid>;

export interface LanguageShare {
  name: string;
  color: string;
  bytes: number;
  /** Of the whole, 0 to 100, one digit behind the point. */
  percent: number;
}
