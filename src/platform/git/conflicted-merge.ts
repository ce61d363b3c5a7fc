// Merges two commits that are in conflict, with everything that is needed to resolve it: for each path the entries of both sides
// and their ancestor, and what git made of it, with marks in texts (git-merge-tree(1), CONFLICTED FILE INFO).
import type { Git, Oid, RepoDir } from './git.types.ts';
import { UnrelatedHistories } from './merge-commits.ts';

export interface MergeEntry {
  mode: string;
  oid: Oid;
}

export interface ConflictedPath {
  /** Raw bytes; a name that git made up where a file and a directory want the same place. */
  path: Buffer;
  ancestor?: MergeEntry;
  ours?: MergeEntry;
  theirs?: MergeEntry;
  /** What git says of it, e.g. `CONFLICT (contents)`. */
  message: string;
}

export interface ConflictedMerge {
  /** The merged tree, in which texts in conflict have marks. */
  tree: Oid;
  paths: ConflictedPath[];
}

const TIMEOUT = 60_000;
const STAGES = { 1: 'ancestor', 2: 'ours', 3: 'theirs' } as const;
/** Marks hold the common ancestor's lines as well. */
const CONFIG = [['merge.conflictStyle', 'diff3']] as const;

/**
 * Merges two commits; without any path in conflict where they merge cleanly. Marks are labelled with the ids of the commits.
 * Throws UnrelatedHistories where they have nothing in common.
 */
export async function mergeWithConflicts(
  git: Git,
  dir: RepoDir,
  { ours, theirs }: { ours: Oid; theirs: Oid },
): Promise<ConflictedMerge> {
  const args = ['merge-tree', '--write-tree', '-z', '--messages', ours, theirs];
  const options = { dir, okCodes: [0, 1, 128], timeout: TIMEOUT, config: CONFIG };
  const { code, stdout, stderr } = await git.run(args, options);
  if (stderr.includes('refusing to merge unrelated histories')) throw new UnrelatedHistories();
  if (code === 128) throw new Error(`git merge-tree failed: ${stderr.trim().slice(-2000)}`);
  return parseConflicts(stdout);
}

/** Reads `<tree>\0(<mode> <oid> <stage>\t<path>\0)*\0(<count>\0<path>\0…<kind>\0<text>\0)*`. */
export function parseConflicts(output: Buffer): ConflictedMerge {
  const fields = splitAtZero(output);
  const tree = fields[0]?.toString('latin1').trim() ?? '';
  const paths = new Map<string, ConflictedPath>();
  let at = 1;
  for (; at < fields.length && (fields[at]?.length ?? 0) > 0; at++)
    addEntry(paths, fields[at] ?? Buffer.alloc(0));
  addMessages(paths, fields.slice(at + 1));
  return { tree, paths: [...paths.values()] };
}

function addEntry(paths: Map<string, ConflictedPath>, field: Buffer): void {
  const tab = field.indexOf(9);
  const [mode = '', oid = '', stage = ''] = field.toString('latin1', 0, tab).split(' ');
  const path = Buffer.from(field.subarray(tab + 1));
  const key = path.toString('latin1');
  const known = paths.get(key) ?? { path, message: 'CONFLICT' };
  const name = STAGES[Number(stage) as 1 | 2 | 3];
  if (name) known[name] = { mode, oid };
  paths.set(key, known);
}

function addMessages(paths: ReadonlyMap<string, ConflictedPath>, fields: readonly Buffer[]): void {
  for (let at = 0; at < fields.length; ) {
    const count = Number(fields[at]?.toString('latin1'));
    if (!Number.isSafeInteger(count) || count < 0) return;
    const kind = fields[at + 1 + count]?.toString('utf8') ?? '';
    for (const path of fields.slice(at + 1, at + 1 + count)) {
      const known = paths.get(path.toString('latin1'));
      if (known && kind.startsWith('CONFLICT')) known.message = kind;
    }
    at += count + 3;
  }
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
