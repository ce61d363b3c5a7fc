// Merges three trees in a bare repository, without a work tree (git-merge-tree(1), --write-tree).
import { emptyTree } from './diff.ts';
import type { Git, ObjectFormat, Oid, RepoDir } from './git.types.ts';
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
  | { conflicts: { path: Buffer; message: string }[] };

const TIMEOUT = 60_000;
const NOBODY = { name: 'nobody', email: '', time: 0, offset: 0 };
const MOST_CONFLICTS = 1000;

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
  const fields = splitAtZero(stdout);
  const tree = fields[0]?.toString('latin1') ?? '';
  return code === 0 ? { tree } : { conflicts: conflictsIn(fields.slice(1)) };
}

function splitAtZero(data: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  let from = 0;
  for (let at = data.indexOf(0); at >= 0; at = data.indexOf(0, from)) {
    fields.push(data.subarray(from, at));
    from = at + 1;
  }
  return fields;
}

/** Names up to an empty one, then messages: how many paths, the paths, what kind, the text. */
function conflictsIn(fields: readonly Buffer[]): { path: Buffer; message: string }[] {
  const end = fields.findIndex((field) => field.length === 0);
  const names = fields.slice(0, end < 0 ? fields.length : end).slice(0, MOST_CONFLICTS);
  const said = new Map<string, string>();
  for (let at = end + 1; end >= 0 && at < fields.length; ) {
    const count = Number(fields[at]?.toString('latin1'));
    if (!Number.isSafeInteger(count) || count < 0) break;
    const paths = fields.slice(at + 1, at + 1 + count);
    const kind = fields[at + 1 + count]?.toString('utf8') ?? '';
    for (const path of paths) if (kind.startsWith('CONFLICT')) said.set(path.toString('latin1'), kind);
    at += count + 3;
  }
  return names.map((path) => ({ path, message: said.get(path.toString('latin1')) ?? 'CONFLICT' }));
}
