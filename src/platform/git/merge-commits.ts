// Merges two commits in a bare repository, without a work tree (git-merge-tree(1), --write-tree): git finds the merge bases
// itself, so that the tree is the one that `git merge` makes.
import { AppError } from '../../base/errors.ts';
import type { Git, Oid, RepoDir } from './git.types.ts';
import { type MergeConflict, parseMergeTree } from './merge-tree-output.ts';

export type { MergeConflict } from './merge-tree-output.ts';

export type MergedCommits =
  | { tree: Oid }
  /** What git says of it, path by path; at most 1,000. */
  | { conflicts: MergeConflict[] };

export interface CommitsToMerge {
  ours: Oid;
  theirs: Oid;
  /** Of objects in quarantine, or of a place for objects that nobody keeps. */
  env?: Record<string, string>;
  signal?: AbortSignal;
}

const TIMEOUT = 60_000;

/** Two histories that have nothing in common. */
export class UnrelatedHistories extends AppError {
  constructor() {
    super('conflict', 'These branches have entirely different histories: git finds nothing in common.');
  }
}

/**
 * The tree that two commits merge to, with its objects in the repository, or what is in conflict. Throws UnrelatedHistories
 * where `git merge` refuses, AppError unavailable when it takes longer than a minute.
 */
export async function mergeCommits(
  git: Git,
  dir: RepoDir,
  { ours, theirs, env, signal }: CommitsToMerge,
): Promise<MergedCommits> {
  const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--messages', ours, theirs];
  const { code, stdout, stderr } = await git.run(args, {
    ...{ dir, okCodes: [0, 1, 128], timeout: TIMEOUT },
    ...(env ? { env } : {}),
    ...(signal ? { signal } : {}),
  });
  if (stderr.includes('refusing to merge unrelated histories')) throw new UnrelatedHistories();
  const { tree, conflicts } = parseMergeTree(stdout);
  if (code === 128 || tree === '')
    throw new Error(`git merge-tree failed with code ${code}: ${stderr.trim()}`);
  return code === 0 ? { tree } : { conflicts };
}
