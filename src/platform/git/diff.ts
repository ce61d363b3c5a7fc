// Diffs between two commits or trees: one process, parsed as it streams, ended when it is larger than is shown.

import type { Diff, DiffLimits } from './diff.types.ts';
import { diffParser } from './diff-parse.ts';
import type { Git, GitProcess, ObjectFormat, Oid, RepoDir } from './git.types.ts';

/** What one page of a diff shows at the most. */
export const PAGE_LIMITS: DiffLimits = {
  files: 3000,
  linesPerFile: 3000,
  lines: 20_000,
  lineLength: 2000,
  bytes: 8 * 1024 * 1024,
};

const EMPTY_TREES: Record<ObjectFormat, Oid> = {
  sha1: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  sha256: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
};

/** The id of the tree without entries, which every repository knows. */
export function emptyTree(format: ObjectFormat): Oid {
  return EMPTY_TREES[format];
}

export interface DiffRequest {
  from: Oid;
  to: Oid;
  /** Only this file (UTF-8 path). */
  path?: string;
  ignoreWhitespace?: boolean;
}

const OPTIONS = [
  '-r',
  '-M',
  '-l400',
  '--full-index',
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--submodule=short',
];

/** The changes between two commits or trees; what is over the limits is marked and not loaded. */
export async function readDiff(
  git: Git,
  dir: RepoDir,
  request: DiffRequest,
  limits = PAGE_LIMITS,
): Promise<Diff> {
  const args = ['diff-tree', ...OPTIONS, '--raw', '-z', '-p', ...rangeOf(request)];
  const process = await git.spawn(args, { dir, env: { GIT_LITERAL_PATHSPECS: '1' } });
  process.stdin.end();
  const parser = diffParser(limits);
  const whole = await feed(process, parser.push);
  const { code, stderr } = await process.exited;
  if (whole && code !== 0) throw new Error(`git diff-tree ended with ${code}: ${stderr}`);
  const { files, truncated } = parser.end();
  const sum = (count: 'additions' | 'deletions') => files.reduce((total, file) => total + file[count], 0);
  return { files, truncated, additions: sum('additions'), deletions: sum('deletions') };
}

/** Whether the output was read to its end; the process is ended when it was not. */
async function feed(process: GitProcess, push: (chunk: Buffer) => boolean): Promise<boolean> {
  for await (const chunk of process.stdout) {
    if (push(chunk as Buffer)) continue;
    process.kill();
    return false;
  }
  return true;
}

function rangeOf({ from, to, path, ignoreWhitespace }: DiffRequest): string[] {
  return [...(ignoreWhitespace ? ['-w'] : []), from, to, '--', ...(path === undefined ? [] : [path])];
}

/** The diff as text for `.diff`, streamed whole. */
export function streamDiff(git: Git, dir: RepoDir, from: Oid, to: Oid): Promise<GitProcess> {
  return git.spawn(['diff-tree', ...OPTIONS, '-p', '--binary', from, to, '--'], { dir });
}

/** A commit as a mail for `.patch` (git-format-patch(1)), streamed whole. */
export function streamPatch(git: Git, dir: RepoDir, commit: Oid): Promise<GitProcess> {
  return git.spawn(['format-patch', '-1', '--stdout', '--no-signature', '--full-index', '--binary', commit], {
    dir,
  });
}
