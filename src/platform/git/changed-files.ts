// The files that differ between two commits, or all files of one, by one process.
import type { Git, Oid, RepoDir } from './git.types.ts';

export interface ChangedFile {
  /** Raw bytes. */
  path: Buffer;
  /** The blob it is now; undefined when it is gone. */
  oid: Oid | undefined;
}

/** git's empty tree, which it knows without having it, by the length of its ids. */
const EMPTY_TREES: Readonly<Record<number, Oid>> = {
  40: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  64: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
};

/**
 * Files (no links, no submodules) that differ between two commits, sorted by path; all files of `to` without `from`. Parses
 * `diff-tree --raw -z`: `:<old mode> <new mode> <old id> <new id> <status>\0<path>\0`.
 */
export async function* changedFiles(
  git: Git,
  dir: RepoDir,
  { from, to, signal }: { from?: Oid; to: Oid; signal?: AbortSignal },
): AsyncGenerator<ChangedFile> {
  const start = from ?? EMPTY_TREES[to.length] ?? to;
  const args = ['diff-tree', '-r', '--raw', '-z', '--no-renames', '--no-abbrev', start, to, '--'];
  const process = await git.spawn(args, { dir, background: true, ...(signal ? { signal } : {}) });
  process.stdin.end();
  let head: string | undefined;
  try {
    for await (const field of nulFields(process.stdout as AsyncIterable<Buffer>)) {
      if (head === undefined) {
        head = field.toString('latin1');
        continue;
      }
      const [, mode = '', , oid = '', status] = head.split(' ');
      head = undefined;
      if (status === 'D') yield { path: field, oid: undefined };
      else yield { path: field, oid: mode.startsWith('100') ? oid : undefined };
    }
    const { code, stderr } = await process.exited;
    if (code !== 0) throw new Error(`git diff-tree ended with ${code}: ${stderr}`);
  } finally {
    process.kill();
  }
}

async function* nulFields(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const data = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let start = 0;
    for (let end = data.indexOf(0); end >= 0; end = data.indexOf(0, start)) {
      yield Buffer.from(data.subarray(start, end));
      start = end + 1;
    }
    rest = Buffer.from(data.subarray(start));
  }
}
