// The paths of all files of a tree, as one git process lists them.
import type { Git, Oid, RepoDir } from './git.types.ts';
import { isOid } from './object-paths.ts';

const TAB = 9;
const SPACE = 32;
/** `<mode> commit <oid>`: submodules are no files. */
const COMMIT = Buffer.from('commit');

/**
 * Paths in git's order, raw bytes, each ended by NUL; submodules are left out. After `maxBytes` the list breaks off
 * behind a whole path and ends with one more NUL, which says so.
 */
export async function* listPaths(
  git: Git,
  dir: RepoDir,
  tree: Oid,
  { maxBytes, signal }: { maxBytes: number; signal: AbortSignal },
): AsyncGenerator<Buffer> {
  if (!isOid(tree)) throw new Error('not the id of a tree');
  const process = await git.spawn(['ls-tree', '-r', '-z', '--full-tree', tree], { dir, signal });
  process.stdin.end();
  let rest: Buffer = Buffer.alloc(0);
  let left = maxBytes;
  try {
    for await (const chunk of process.stdout as AsyncIterable<Buffer>) {
      const data = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      const end = data.lastIndexOf(0) + 1;
      rest = Buffer.from(data.subarray(end));
      const paths = pathsOf(data.subarray(0, end));
      if (paths.length > left) {
        yield wholePaths(paths, left);
        return;
      }
      left -= paths.length;
      if (paths.length > 0) yield paths;
    }
    const { code, stderr } = await process.exited;
    if (code !== 0) throw new Error(`git ls-tree ended with ${code}: ${stderr}`);
  } finally {
    process.kill();
  }
}

/** The paths of whole records `<mode> <type> <oid>\t<path>\0`, moved together in a buffer of their own. */
function pathsOf(records: Buffer): Buffer {
  const paths = Buffer.allocUnsafe(records.length);
  let written = 0;
  for (let at = 0; at < records.length; ) {
    const tab = records.indexOf(TAB, at);
    const end = records.indexOf(0, tab) + 1;
    const type = records.indexOf(SPACE, at) + 1;
    if (records.compare(COMMIT, 0, COMMIT.length, type, type + COMMIT.length) !== 0)
      written += records.copy(paths, written, tab + 1, end);
    at = end;
  }
  return paths.subarray(0, written);
}

function wholePaths(paths: Buffer, room: number): Buffer {
  const end = room > 0 ? paths.lastIndexOf(0, room - 1) + 1 : 0;
  return Buffer.concat([paths.subarray(0, end), Buffer.of(0)]);
}
