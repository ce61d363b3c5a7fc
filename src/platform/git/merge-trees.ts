// Merges three trees in a bare repository, without a work tree (git-merge-tree(1), --write-tree).
import { emptyTree } from './diff.ts';
import type { Git, ObjectFormat, Oid, RepoDir } from './git.types.ts';
import { type MergeConflict, parseMergeTree } from './merge-tree-output.ts';
import { writeCommit } from './write-commit.ts';

export interface Merge {
  format: ObjectFormat;
  /** Trees; a missing one is empty. */
  base: Oid | undefined;
  ours: Oid;
  theirs: Oid | undefined;
}

export type MergedTrees =
  | { tree: Oid }
  /** What git says of it, path by path. */
  | { conflicts: MergeConflict[] };

const TIMEOUT = 60_000;
const NOBODY = { name: 'nobody', email: '', time: 0, offset: 0 };

/**
 * The tree that three trees merge to, with its objects in the repository, or what is in conflict. Older versions of git
 * take no base: three commits that nobody keeps have the trees, the base's being the parent of both others.
 */
export async function mergeTrees(git: Git, dir: RepoDir, merge: Merge): Promise<MergedTrees> {
  const { format, ours, theirs } = merge;
  const commit = (tree: Oid, parents: Oid[]) => {
    const prepared = { tree, objects: [] };
    return writeCommit(git, dir, {
      format,
      parents,
      prepared,
      author: NOBODY,
      committer: NOBODY,
      message: 'merge',
    });
  };
  // The empty tree is an object that every repository knows without having it.
  const base = await commit(merge.base ?? emptyTree(format), []);
  const [one, other] = await Promise.all([commit(ours, [base]), commit(theirs ?? emptyTree(format), [base])]);
  const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--messages', one, other];
  const { code, stdout } = await git.run(args, { dir, okCodes: [0, 1], timeout: TIMEOUT });
  const { tree, conflicts } = parseMergeTree(stdout);
  return code === 0 ? { tree } : { conflicts };
}
