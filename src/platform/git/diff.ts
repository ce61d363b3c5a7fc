// Diffs between two commits or trees: one process, parsed as it streams, ended when it is larger than is shown.

import type { Diff, DiffLimits, DiffOptions } from './diff.types.ts';
import { diffParser } from './diff-parse.ts';
import { emphasizeWords } from './diff-words.ts';
import type { Git, GitProcess, ObjectFormat, Oid, RepoDir } from './git.types.ts';

const PAGE_LIMITS: DiffLimits = {
  files: 3000,
  loadedFiles: 300,
  linesPerFile: 3000,
  lines: 20_000,
  bytes: 8 * 1024 * 1024,
  lineLength: 2000,
};

const EMPTY_TREES: Record<ObjectFormat, Oid> = {
  sha1: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  sha256: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
};

/** The id of the tree without entries, which every repository knows. */
export function emptyTree(format: ObjectFormat): Oid {
  return EMPTY_TREES[format];
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
export async function readDiff(git: Git, dir: RepoDir, options: DiffOptions): Promise<Diff> {
  const limits = { ...PAGE_LIMITS, ...options.limits };
  const from = options.from ?? (await sideBefore(git, dir, options.to));
  const signal = options.signal ? { signal: options.signal } : {};
  const args = ['diff-tree', ...OPTIONS, '--raw', '-z', '-p', ...choicesOf(options), from, options.to, '--'];
  const paths = (options.paths ?? []).map((path) => path.toString('utf8'));
  const process = await git.spawn([...args, ...paths], {
    dir,
    env: { GIT_LITERAL_PATHSPECS: '1' },
    ...signal,
  });
  process.stdin.end();
  const parser = diffParser(limits);
  const whole = await feed(process, parser.push);
  const { code, stderr } = await process.exited;
  if (whole && code !== 0) throw new Error(`git diff-tree ended with ${code}: ${stderr}`);
  const { files, fileCount } = parser.end();
  for (const hunk of files.flatMap((file) => file.hunks)) emphasizeWords(hunk);
  const sum = (side: 'additions' | 'deletions') =>
    files.reduce((total, file) => total + (file[side] ?? 0), 0);
  const complete = whole && fileCount === files.length && !files.some((file) => file.tooLarge);
  return {
    from,
    to: options.to,
    files,
    fileCount,
    additions: sum('additions'),
    deletions: sum('deletions'),
    complete,
  };
}

/** A commit's first parent, or the tree without entries. */
async function sideBefore(git: Git, dir: RepoDir, to: Oid): Promise<Oid> {
  const commit = await git.objects(dir).commit(to);
  return commit?.parents[0] ?? emptyTree(to.length === 64 ? 'sha256' : 'sha1');
}

function choicesOf({ context, ignoreWhitespace }: DiffOptions): string[] {
  return [
    ...(ignoreWhitespace ? ['-w'] : []),
    ...(context === undefined ? [] : [`-U${Math.trunc(context)}`]),
  ];
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
