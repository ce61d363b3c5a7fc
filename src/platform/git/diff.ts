// Diffs between two commits or trees: one process, parsed as it streams. What is larger than is shown is counted only,
// and what is larger than can be counted in reasonable time is left out, with a mark and never with an error.
import { notFound } from '../../base/errors.ts';
import type { Diff, DiffFile, DiffLimits, DiffOptions } from './diff.types.ts';
import { parseDiff } from './diff-parse.ts';
import { choicesOf, comparingIn, DIFF_OPTIONS, feed, pathspecsOf, sidesOf } from './diff-process.ts';
import { countChanges } from './diff-totals.ts';
import { emphasizeWords } from './diff-words.ts';
import type { Git, GitProcess, Oid, RepoDir } from './git.types.ts';
import { isOid } from './object-paths.ts';
import { takeTurns } from './turns.ts';

export { emptyTree } from './diff-process.ts';

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

/** The changes between two commits or trees. Throws AppError not_found when one is missing. */
export async function readDiff(git: Git, dir: RepoDir, options: DiffOptions): Promise<Diff> {
  const limits = { ...PAGE_LIMITS, ...options.limits };
  const { from, to } = await sidesOf(git, dir, options);
  const args = [
    'diff-tree',
    ...DIFF_OPTIONS,
    '-M',
    '--raw',
    '-z',
    '-p',
    ...choicesOf(options),
    from,
    to,
    '--',
  ];
  const process = await git.spawn([...args, ...pathspecsOf(options.paths)], comparingIn(dir, options));
  const parser = parseDiff(limits);
  const isWhole = await feed(process, parser.push, { signal: options.signal });
  const { files, fileCount } = parser.end();
  const wanted = files.filter((file) => isWanted(file, options.paths));
  settle(wanted, isWhole);
  await emphasize(wanted);
  const listed = fileCount - (files.length - wanted.length);
  const isListed = isWhole && listed === wanted.length;
  // What was too much to be listed at all is too much to be counted.
  const isCountable = !isListed && !options.paths && fileCount > 0;
  const counted = isCountable ? await countChanges(git, dir, { ...options, from }) : undefined;
  return {
    ...{ from, to, files: wanted },
    ...(counted ?? { fileCount: listed, ...sumOf(wanted) }),
    complete: isListed && !wanted.some((file) => file.tooLarge),
  };
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

/**
 * Fills in the lines of some files of a listing. Renames are looked for among the renamed alone, and the others
 * compared without, so that files are paired as in the listing. A file whose lines did not come is marked too large.
 */
export async function readLines(
  git: Git,
  dir: RepoDir,
  options: DiffOptions & { files: readonly DiffFile[] },
): Promise<void> {
  const { files } = options;
  const named = files.filter(isNameable);
  for (const file of files) if (!named.includes(file)) file.tooLarge = true;
  const moved = named.filter((file) => file.status === 'R' || file.status === 'C');
  const others = named.filter((file) => !moved.includes(file));
  await Promise.all([
    readGroup(git, dir, options, moved, '-M'),
    readGroup(git, dir, options, others, '--no-renames'),
  ]);
  await emphasize(files);
}

/** Bytes of a path that is asked for: the system bounds arguments, and git bounds no path. */
const LONGEST_PATH = 8192;

function isNameable({ oldPathBytes, newPathBytes }: DiffFile): boolean {
  return Math.max(oldPathBytes.length, newPathBytes.length) <= LONGEST_PATH;
}

async function readGroup(
  git: Git,
  dir: RepoDir,
  options: DiffOptions,
  files: readonly DiffFile[],
  renames: '-M' | '--no-renames',
): Promise<void> {
  if (files.length === 0) return;
  const { from, to } = await sidesOf(git, dir, options);
  const most = files.length * 2 + 100;
  const limits = { ...PAGE_LIMITS, ...options.limits, files: most, loadedFiles: most };
  const args = [
    'diff-tree',
    ...DIFF_OPTIONS,
    renames,
    '--raw',
    '-z',
    '-p',
    ...choicesOf(options),
    from,
    to,
    '--',
  ];
  const paths = files.flatMap((file) => [...new Set([file.newPathBytes, file.oldPathBytes])]);
  const process = await git.spawn([...args, ...pathspecsOf(paths)], comparingIn(dir, options));
  const parser = parseDiff(limits);
  const isWhole = await feed(process, parser.push, { signal: options.signal });
  const found = parser.end().files;
  settle(found, isWhole);
  const byPaths = new Map(found.map((file) => [pairOf(file), file]));
  for (const file of files) {
    const { binary, tooLarge = true, additions, deletions, hunks = [] } = byPaths.get(pairOf(file)) ?? {};
    Object.assign(file, { binary: binary ?? false, tooLarge, additions, deletions, hunks });
  }
}

function pairOf({ oldPathBytes, newPathBytes }: DiffFile): string {
  return `${oldPathBytes.toString('latin1')}\0${newPathBytes.toString('latin1')}`;
}

/** What is compared as text: two sides, and where the objects of the second are besides `dir`. */
export interface Streamed {
  from: Oid;
  to: Oid;
  others?: readonly RepoDir[];
}

/** The diff as text for `.diff`, streamed whole. */
export function streamDiff(git: Git, dir: RepoDir, { from, to, others }: Streamed): Promise<GitProcess> {
  if (!isOid(from) || !isOid(to)) throw notFound('commit');
  const { config: _config, ...options } = comparingIn(dir, others ? { others } : {});
  return git.spawn(['diff-tree', ...DIFF_OPTIONS, '-M', '-p', '--binary', from, to, '--'], options);
}

/** A commit as a mail for `.patch` (git-format-patch(1)), streamed whole. */
export function streamPatch(git: Git, dir: RepoDir, commit: Oid): Promise<GitProcess> {
  if (!isOid(commit)) throw notFound('commit');
  return git.spawn(['format-patch', '-1', ...PATCH_OPTIONS, commit], { dir });
}

/** The commits that `to` has and `from` has not as mails, the oldest first, streamed whole. */
export function streamPatches(git: Git, dir: RepoDir, { from, to, others }: Streamed): Promise<GitProcess> {
  if (!isOid(from) || !isOid(to)) throw notFound('commit');
  const { config: _config, ...options } = comparingIn(dir, others ? { others } : {});
  return git.spawn(['format-patch', ...PATCH_OPTIONS, `${from}..${to}`], options);
}

const PATCH_OPTIONS = ['--stdout', '--no-signature', '--full-index', '--binary'];
