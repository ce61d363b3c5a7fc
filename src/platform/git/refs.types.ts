// How a piece of a URL names a commit. Made by resolve-revision.ts.
import type { Oid } from './git.types.ts';

export interface Revision {
  kind: 'branch' | 'tag' | 'commit';
  /** The commit; annotated tags are peeled. */
  oid: Oid;
  /** The full ref name, e.g. refs/heads/main; missing for plain commit ids. */
  ref?: string;
  /** What to show and put into links: the branch's or tag's short name, or the full commit id. */
  name: string;
}

export interface RevisionAndPath {
  revision: Revision;
  /** What is left of the URL after the revision: '' or `src/a.ts`. */
  path: string;
}

export interface RevisionOptions {
  /** Whether a name that is both a branch and a tag means the branch. Default true, as on the web; git itself prefers tags. */
  branchesFirst?: boolean;
}
