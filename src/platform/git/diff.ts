// Diffs between two commits or trees: one process, parsed as it streams. What is larger than is shown is counted only,
// and what is larger than can be counted in reasonable time is left out, with a mark and never with an error.
import { AppError, notFound } from '../../base/errors.ts';
import type { Diff, DiffFile, DiffLimits, DiffOptions } from './diff.types.ts';
import { parseDiff } from './diff-parse.ts';
import { emphasizeWords } from './diff-words.ts';
import { isExhausted } from './exhaustion.ts';
import type { Git, GitProcess, ObjectFormat, Oid, RepoDir, SpawnOptions } from './git.types.ts';
import { isOid } from './object-paths.ts';
import { takeTurns } from './turns.ts';

const PAGE_LIMITS: DiffLimits = {
  files: 3000,
  loadedFiles: 100,
  loadedOfMany: 50,
  linesOfMany: 750,
  linesPerFile: 3000,
  lines: 10_000,
  bytes: 4 * 1024 * 1024,
  lineLength: 2000,
};
/** Output read at most, and the milliseconds it may take. */
const MOST_OUTPUT = 96 * 1024 * 1024;
const LONGEST = 15_000;
const LONGEST_COUNT = 5_000;

const EMPTY_TREES: Record<ObjectFormat, Oid> = {
  sha1: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  sha256: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
};

const OPTIONS = [
  ...[
    '-r',
    '-M',
    '-l400',
    '--full-index',
    '--no-color',
    '--no-ext-diff',
    '--no-textconv',
    '--submodule=short',
  ],
  ...['--src-prefix=a/', '--dst-prefix=b/', '--no-relative', '--ignore-submodules=none'],
];
/** Larger files are binary to a diff: comparing them takes several times their size in memory. */
const CONFIG: NonNullable<SpawnOptions['config']> = [['core.bigFileThreshold', '10m']];

/** The id of the tree without entries, which every repository knows. */
export function emptyTree(format: ObjectFormat): Oid {
  return EMPTY_TREES[format];
}

/** The changes between two commits or trees. Throws AppError not_found when one is missing. */
export async function readDiff(git: Git, dir: RepoDir, options: DiffOptions): Promise<Diff> {
  const limits = { ...PAGE_LIMITS, ...options.limits };
  const { from, to } = await sidesOf(git, dir, options);
  const args = ['diff-tree', ...OPTIONS, '--raw', '-z', '-p', ...choicesOf(options), from, to, '--'];
  const process = await git.spawn([...args, ...pathspecsOf(options.paths)], spawnOptions(dir, options));
  const parser = parseDiff(limits);
  const isWhole = await feed(process, parser.push, { longest: LONGEST, signal: options.signal });
  const { files, fileCount } = parser.end();
  const wanted = files.filter((file) => isWanted(file, options.paths));
  settle(wanted, isWhole);
  await emphasize(wanted);
  const listed = fileCount - (files.length - wanted.length);
  const isListed = isWhole && listed === wanted.length;
  // What was too much to be listed at all is too much to be counted.
  const isCountable = !isListed && !options.paths && fileCount > 0;
  const counted = isCountable ? await countTotals(git, dir, { ...options, from }) : undefined;
  return {
    ...{ from, to, files: wanted },
    ...(counted ?? { fileCount: listed, ...sumOf(wanted) }),
    complete: isListed && !wanted.some((file) => file.tooLarge),
  };
}

interface Totals {
  fileCount: number;
  additions: number;
  deletions: number;
}

/** Counts a diff that is too large to be listed; undefined when that takes too long as well. */
async function countTotals(
  git: Git,
  dir: RepoDir,
  options: DiffOptions & { from: Oid },
): Promise<Totals | undefined> {
  const args = [
    'diff-tree',
    ...OPTIONS,
    '--numstat',
    '-z',
    ...choicesOf(options),
    options.from,
    options.to,
    '--',
  ];
  const process = await git.spawn(args, spawnOptions(dir, options));
  const totals: Totals = { fileCount: 0, additions: 0, deletions: 0 };
  let rest = '';
  const push = (chunk: Buffer) => {
    // A rename has an empty name here and its two names after it, which do not look like records.
    const records = (rest + chunk.toString('latin1')).split('\0');
    rest = records.pop() ?? '';
    for (const record of records) addRecord(totals, record);
  };
  const isWhole = await feed(process, push, { longest: LONGEST_COUNT, signal: options.signal });
  return isWhole ? totals : undefined;
}

function addRecord(totals: Totals, record: string): void {
  const match = /^(\d+|-)\t(\d+|-)\t/.exec(record);
  if (!match) return;
  totals.fileCount++;
  totals.additions += Number(match[1]) || 0;
  totals.deletions += Number(match[2]) || 0;
}

async function sidesOf(git: Git, dir: RepoDir, options: DiffOptions): Promise<{ from: Oid; to: Oid }> {
  const { to } = options;
  const from = options.from ?? (await sideBefore(git, dir, to));
  if (!isOid(from) || !isOid(to)) throw notFound('commit');
  return { from, to };
}

/** A commit's first parent, or the tree without entries. */
async function sideBefore(git: Git, dir: RepoDir, to: Oid): Promise<Oid> {
  const commit = await git.objects(dir).commit(to);
  return commit?.parents[0] ?? emptyTree(to.length === 64 ? 'sha256' : 'sha1');
}

function choicesOf({ context, ignoreWhitespace }: DiffOptions): string[] {
  return [
    ...(ignoreWhitespace ? ['-w'] : []),
    ...(context === undefined ? [] : [`-U${Math.min(10_000, Math.max(0, Math.trunc(context)))}`]),
  ];
}

function spawnOptions(dir: RepoDir, { signal }: Pick<DiffOptions, 'signal'>): SpawnOptions {
  return { dir, config: CONFIG, ...(signal ? { signal } : {}) };
}

/**
 * Paths as git's arguments. Those cannot carry bytes that are not UTF-8: any character is let stand for them there,
 * and `isWanted` drops what that brings too much.
 */
function pathspecsOf(paths: readonly Buffer[] = []): string[] {
  return paths.map((path) => {
    const text = path.toString('utf8');
    if (Buffer.from(text).equals(path)) return `:(top,literal)${text}`;
    const escaped = path.toString('latin1').replace(/[*?[\]\\]/g, '\\$&');
    return `:(top,glob)${escaped.replace(/[\x80-\xff]/g, '?')}`;
  });
}

function isWanted(file: DiffFile, paths: readonly Buffer[] = []): boolean {
  if (paths.length === 0) return true;
  return paths.some((path) => isBelow(file.newPathBytes, path) || isBelow(file.oldPathBytes, path));
}

function isBelow(path: Buffer, above: Buffer): boolean {
  const length = above.at(-1) === 47 ? above.length - 1 : above.length;
  const isPrefix = path.length >= length && path.compare(above, 0, length, 0, length) === 0;
  return isPrefix && (path.length === length || path[length] === 47);
}

/**
 * Hands on the output; false when it was ended early because of its size, the time it took or the memory it needed.
 * Throws the signal's reason when aborted, and AppError not_found when git does not know one of the sides.
 */
async function feed(
  process: GitProcess,
  push: (chunk: Buffer) => void,
  { longest, signal }: { longest: number; signal: AbortSignal | undefined },
): Promise<boolean> {
  process.stdin.end();
  let bytes = 0;
  let ended = false;
  const end = () => {
    ended = true;
    process.kill();
  };
  const timer = setTimeout(end, longest);
  try {
    for await (const chunk of process.stdout as AsyncIterable<Buffer>) {
      if (!ended) push(chunk);
      bytes += chunk.length;
      if (bytes > MOST_OUTPUT) end();
    }
  } catch (error) {
    process.kill();
    if (!ended && !signal?.aborted) throw error;
  } finally {
    clearTimeout(timer);
  }
  signal?.throwIfAborted();
  const exit = await process.exited;
  const { code, stderr } = exit;
  if (ended || code === 0) return !ended;
  if (isExhausted(exit)) return false;
  if (/bad object|unable to read tree|bad tree|not a tree|unknown revision/i.test(stderr))
    throw notFound('commit');
  throw new AppError('unavailable', 'The changes could not be read.', {
    cause: new Error(stderr.slice(-2000)),
  });
}

/** Files without a patch: nothing changed in them but white space, or reading ended before them. */
function settle(files: readonly DiffFile[], isWhole: boolean): void {
  for (const file of files) {
    if (file.additions !== undefined) continue;
    if (!isWhole) file.tooLarge = true;
    else Object.assign(file, { additions: 0, deletions: 0 });
  }
}

async function emphasize(files: readonly DiffFile[]): Promise<void> {
  const turns = takeTurns();
  for (const hunk of files.flatMap((file) => file.hunks)) {
    emphasizeWords(hunk);
    if (turns.isOver) await turns.pass();
  }
}

function sumOf(files: readonly DiffFile[]): { additions: number; deletions: number } {
  const sum = { additions: 0, deletions: 0 };
  for (const file of files) {
    sum.additions += file.additions ?? 0;
    sum.deletions += file.deletions ?? 0;
  }
  return sum;
}

/** The diff as text for `.diff`, streamed whole. */
export function streamDiff(git: Git, dir: RepoDir, from: Oid, to: Oid): Promise<GitProcess> {
  if (!isOid(from) || !isOid(to)) throw notFound('commit');
  return git.spawn(['diff-tree', ...OPTIONS, '-p', '--binary', from, to, '--'], { dir });
}

/** A commit as a mail for `.patch` (git-format-patch(1)), streamed whole. */
export function streamPatch(git: Git, dir: RepoDir, commit: Oid): Promise<GitProcess> {
  if (!isOid(commit)) throw notFound('commit');
  const options = ['-1', '--stdout', '--no-signature', '--full-index', '--binary'];
  return git.spawn(['format-patch', ...options, commit], { dir });
}
