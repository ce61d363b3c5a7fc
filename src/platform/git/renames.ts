// Under which name a path lay before the commit that brought it.

import { readRawRecords } from './diff-raw.ts';
import type { Git, Oid, RepoDir } from './git.types.ts';
import { isOid } from './object-paths.ts';

/** Renames looked at, and the milliseconds it may take. */
const MOST_FILES = 10_000;
const LONGEST = 5000;

/**
 * The path that `path` (a file or directory) was renamed from between two commits; undefined when it was not, or when
 * there is too much to tell.
 */
export async function renamedFrom(
  git: Git,
  dir: RepoDir,
  { parent, commit, path, signal }: { parent: Oid; commit: Oid; path: Buffer; signal?: AbortSignal },
): Promise<Buffer | undefined> {
  if (!isOid(parent) || !isOid(commit)) return undefined;
  const args = [
    'diff-tree',
    '-r',
    '-M',
    '-l400',
    '--raw',
    '-z',
    '--no-abbrev',
    '--diff-filter=R',
    parent,
    commit,
    '--',
  ];
  const options = { dir, timeout: LONGEST, ...(signal ? { signal } : {}) };
  const result = await git.run(args, options).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    return undefined;
  });
  if (!result) return undefined;
  const records = readRawRecords(MOST_FILES);
  records.push(result.stdout);
  const file = records.files.find((one) => one.newPathBytes.equals(path));
  return file ? file.oldPathBytes : directoryBefore(records.files, path);
}

/** The directory that most of what lies below `path` came from, under the same names. */
function directoryBefore(
  files: readonly { oldPathBytes: Buffer; newPathBytes: Buffer }[],
  path: Buffer,
): Buffer | undefined {
  const counts = new Map<string, number>();
  for (const { oldPathBytes, newPathBytes } of files) {
    if (newPathBytes.length <= path.length || newPathBytes[path.length] !== 47) continue;
    if (!newPathBytes.subarray(0, path.length).equals(path)) continue;
    const rest = newPathBytes.subarray(path.length);
    const end = oldPathBytes.length - rest.length;
    if (end <= 0 || !oldPathBytes.subarray(end).equals(rest)) continue;
    const before = oldPathBytes.toString('latin1', 0, end);
    counts.set(before, (counts.get(before) ?? 0) + 1);
  }
  const [best] = [...counts].sort(([, one], [, other]) => other - one);
  return best && Buffer.from(best[0], 'latin1');
}
