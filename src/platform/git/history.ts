// Lists and counts commits: one process a page at most, the commits themselves through the object reader.
import { AppError, notFound } from '../../base/errors.ts';
import type { DiffOptions } from './diff.types.ts';
import { othersEnvironment } from './diff-process.ts';
import type { Git, Oid, RepoDir, RunOptions } from './git.types.ts';
import type { CommitPage, CommitQuery } from './history.types.ts';
import { limitTo } from './history-limits.ts';
import { isOid } from './object-paths.ts';

/** Commits skipped at most to get to a page: git walks over all of them. */
const DEEPEST = 1_000_000;
const LITERAL = { GIT_LITERAL_PATHSPECS: '1' };

/**
 * One page of the commits reachable from `from`, newest first as git orders them; the cursor counts those before.
 * Throws AppError invalid for a cursor or a path that no page has led to.
 */
export async function listCommits(git: Git, dir: RepoDir, query: CommitQuery): Promise<CommitPage> {
  const skip = skipOf(query.cursor);
  const limits = [`--max-count=${query.limit + 1}`, `--skip=${skip}`];
  const not = query.not === undefined ? undefined : requireOid(query.not);
  const { args, input } = limitTo(requireOid(query.from), query.path, not);
  const options: RunOptions = { dir, input, env: LITERAL };
  if (query.signal) options.signal = query.signal;
  const { stdout } = await git.run(['rev-list', ...limits, ...args], options);
  return pageOf(git, dir, stdout, { skip, limit: query.limit });
}

/** The newest commit that touched a path, as seen from `from`; undefined when none did. */
export async function lastCommitOf(
  git: Git,
  dir: RepoDir,
  from: Oid,
  path: Buffer,
  signal?: AbortSignal,
): Promise<Oid | undefined> {
  const { args, input } = limitTo(requireOid(from), path);
  const options: RunOptions = { dir, input, env: LITERAL };
  if (signal) options.signal = signal;
  const { stdout } = await git.run(['rev-list', '--max-count=1', ...args], options);
  return stdout.toString('latin1').trim() || undefined;
}

function skipOf(cursor: string | undefined): number {
  const skip = Number(cursor ?? 0);
  if (/^\d{1,9}$/.test(cursor ?? '0') && skip <= DEEPEST) return skip;
  throw new AppError('invalid', 'This page of the history does not exist. Start again from the first page.');
}

async function pageOf(
  git: Git,
  dir: RepoDir,
  listed: Buffer,
  { skip, limit }: { skip: number; limit: number },
): Promise<CommitPage> {
  const oids = listed.toString('latin1').split('\n').filter(Boolean);
  const commits = await git.objects(dir).commits(oids.slice(0, limit));
  return oids.length > limit ? { commits, next: String(skip + limit) } : { commits };
}

/** How many commits are reachable; quick where the repository has bitmaps. */
export async function countCommits(git: Git, dir: RepoDir, from: Oid, signal?: AbortSignal): Promise<number> {
  const options: RunOptions = signal ? { dir, signal } : { dir };
  const { stdout } = await git.run(['rev-list', '--count', '--use-bitmap-index', requireOid(from)], options);
  return Number(stdout.toString('latin1'));
}

/** The commit both sides descend from, for three-dot comparisons; undefined for unrelated histories. */
export async function mergeBase(
  git: Git,
  dir: RepoDir,
  one: Oid,
  other: Oid,
  options: Pick<DiffOptions, 'others' | 'signal'> = {},
): Promise<Oid | undefined> {
  const args = ['merge-base', requireOid(one), requireOid(other)];
  const { stdout } = await git.run(args, { ...readingIn(dir, options), okCodes: [0, 1] });
  return stdout.toString('latin1').trim() || undefined;
}

/** Whether `commit` is `tip` or one of its ancestors; false when either does not exist. */
export async function containsCommit(git: Git, dir: RepoDir, commit: Oid, tip: Oid): Promise<boolean> {
  if (commit === tip) return true;
  const args = ['merge-base', '--is-ancestor', requireOid(commit), requireOid(tip)];
  const { code } = await git.run(args, { dir, okCodes: [0, 1, 128] });
  return code === 0;
}

/** One page of the commits that `head` has and `base` has not. */
export async function listCommitsBetween(
  git: Git,
  dir: RepoDir,
  range: { base: Oid; head: Oid; limit: number; cursor?: string; headDir?: RepoDir } & Pick<
    DiffOptions,
    'others' | 'signal'
  >,
): Promise<CommitPage> {
  const skip = skipOf(range.cursor);
  const limits = [`--max-count=${range.limit + 1}`, `--skip=${skip}`];
  const { stdout } = await git.run(
    ['rev-list', ...limits, requireOid(range.head), `^${requireOid(range.base)}`],
    readingIn(dir, range),
  );
  // All of them are reachable from the head, so where that lies they are.
  return pageOf(git, range.headDir ?? dir, stdout, { skip, limit: range.limit });
}

/** How many commits `head` has that `base` has not. */
export async function countCommitsBetween(
  git: Git,
  dir: RepoDir,
  range: { base: Oid; head: Oid } & Pick<DiffOptions, 'others' | 'signal'>,
): Promise<number> {
  const args = ['rev-list', '--count', requireOid(range.head), `^${requireOid(range.base)}`];
  const { stdout } = await git.run(args, readingIn(dir, range));
  return Number(stdout.toString('latin1'));
}

function readingIn(dir: RepoDir, { others, signal }: Pick<DiffOptions, 'others' | 'signal'>): RunOptions {
  const env = othersEnvironment(others);
  return { dir, ...(env ? { env } : {}), ...(signal ? { signal } : {}) };
}

/** Anything else could be an option or a search of the whole history. */
function requireOid(text: string): Oid {
  if (!isOid(text)) throw notFound('commit');
  return text;
}
