// Starts the processes that compare, and reads what they write within bounds of size, time and memory.
import { AppError, notFound } from '../../base/errors.ts';
import type { DiffOptions } from './diff.types.ts';
import { isExhausted } from './exhaustion.ts';
import type { Git, GitProcess, ObjectFormat, Oid, RepoDir, SpawnOptions } from './git.types.ts';
import { isOid } from './object-paths.ts';

/** Output read at most, and the milliseconds it may take. */
const MOST_OUTPUT = 96 * 1024 * 1024;
const LONGEST = 15_000;

const EMPTY_TREES: Record<ObjectFormat, Oid> = {
  sha1: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  sha256: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
};

/** What every comparison is made with; `-M` or `--no-renames` comes besides. */
export const DIFF_OPTIONS = [
  ...['-r', '-l400', '--full-index', '--no-color', '--no-ext-diff', '--no-textconv', '--submodule=short'],
  ...['--src-prefix=a/', '--dst-prefix=b/', '--no-relative', '--ignore-submodules=none'],
];
/** Larger files are binary to a diff: comparing them takes several times their size in memory. */
const CONFIG: NonNullable<SpawnOptions['config']> = [['core.bigFileThreshold', '10m']];

type Compared = Pick<DiffOptions, 'from' | 'to'>;

/** The id of the tree without entries, which every repository knows. */
export function emptyTree(format: ObjectFormat): Oid {
  return EMPTY_TREES[format];
}

/** Both sides as ids; the side before is by default the first parent. Throws AppError not_found for anything else. */
export async function sidesOf(git: Git, dir: RepoDir, options: Compared): Promise<{ from: Oid; to: Oid }> {
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

/** The arguments that context and white space ask for. */
export function choicesOf({
  context,
  ignoreWhitespace,
}: Pick<DiffOptions, 'context' | 'ignoreWhitespace'>): string[] {
  return [
    ...(ignoreWhitespace ? ['-w'] : []),
    ...(context === undefined ? [] : [`-U${Math.min(1_000_000, Math.max(0, Math.trunc(context)))}`]),
  ];
}

/** How a comparing process is started in `dir`, with the objects of the others at hand. */
export function comparingIn(
  dir: RepoDir,
  { signal, others }: Pick<DiffOptions, 'signal' | 'others'>,
): SpawnOptions {
  const env = othersEnvironment(others);
  return { dir, config: CONFIG, ...(env ? { env } : {}), ...(signal ? { signal } : {}) };
}

/** Lets a process read the objects of other repositories beside its own (git(1), GIT_ALTERNATE_OBJECT_DIRECTORIES). */
export function othersEnvironment(others: readonly RepoDir[] = []): Record<string, string> | undefined {
  if (others.length === 0) return undefined;
  // Names with a colon in them are quoted like in C.
  const names = others.map((dir) =>
    /[":\\\n]/.test(dir) ? JSON.stringify(`${dir}/objects`) : `${dir}/objects`,
  );
  return { GIT_ALTERNATE_OBJECT_DIRECTORIES: names.join(':') };
}

/**
 * Paths as git's arguments. Those cannot carry bytes that are not UTF-8: any character is let stand for them there,
 * and whoever reads the output drops what that brings too much.
 */
export function pathspecsOf(paths: readonly Buffer[] = []): string[] {
  return paths.map((path) => {
    const text = path.toString('utf8');
    if (Buffer.from(text).equals(path)) return `:(top,literal)${text}`;
    const escaped = path.toString('latin1').replace(/[*?[\]\\]/g, '\\$&');
    return `:(top,glob)${escaped.replace(/[\x80-\xff]/g, '?')}`;
  });
}

/**
 * Hands on the output; false when it was ended early because of its size, the time it took or the memory it needed.
 * Throws the signal's reason when aborted, and AppError not_found when git does not know one of the sides.
 */
export async function feed(
  process: GitProcess,
  push: (chunk: Buffer) => void,
  {
    longest = LONGEST,
    most = MOST_OUTPUT,
    signal,
  }: { longest?: number; most?: number; signal?: AbortSignal | undefined },
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
      if (bytes > most) end();
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
