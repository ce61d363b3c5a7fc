// Pages of a tree's entries, also of all that lies below it, as one git process lists them.
import type { Git, Oid, RepoDir } from './git.types.ts';
import { isOid } from './object-paths.ts';

export interface ListedEntry {
  /** Octal, six digits. */
  mode: string;
  type: 'blob' | 'tree' | 'commit';
  oid: Oid;
  /** Raw bytes, relative to the tree. */
  path: Buffer;
}

export interface TreeQuery {
  /** Whether what lies in directories is listed too, behind each. */
  recursive: boolean;
  skip: number;
  limit: number;
  signal?: AbortSignal | undefined;
}

/** Entries of a tree in git's order, and how many there are in all. `<mode> <type> <oid>\t<path>\0` each. */
export async function listTree(
  git: Git,
  dir: RepoDir,
  tree: Oid,
  { recursive, skip, limit, signal }: TreeQuery,
): Promise<{ entries: ListedEntry[]; total: number }> {
  if (!isOid(tree)) throw new Error('not the id of a tree');
  const args = ['ls-tree', ...(recursive ? ['-r', '-t'] : []), '-z', '--full-tree', tree];
  const process = await git.spawn(args, { dir, ...(signal ? { signal } : {}) });
  process.stdin.end();
  const entries: ListedEntry[] = [];
  let total = 0;
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of process.stdout as AsyncIterable<Buffer>) {
      const data = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      let start = 0;
      for (let end = data.indexOf(0); end >= 0; end = data.indexOf(0, start)) {
        if (total >= skip && entries.length < limit) entries.push(entryOf(data.subarray(start, end)));
        total++;
        start = end + 1;
      }
      rest = Buffer.from(data.subarray(start));
    }
    const { code, stderr } = await process.exited;
    signal?.throwIfAborted();
    if (code !== 0) throw new Error(`git ls-tree ended with ${code}: ${stderr}`);
  } finally {
    process.kill();
  }
  return { entries, total };
}

function entryOf(record: Buffer): ListedEntry {
  const tab = record.indexOf(9);
  const [mode = '', type = '', oid = ''] = record.toString('latin1', 0, tab).split(' ');
  const kind = type === 'tree' || type === 'commit' ? type : 'blob';
  return { mode, type: kind, oid, path: Buffer.from(record.subarray(tab + 1)) };
}
