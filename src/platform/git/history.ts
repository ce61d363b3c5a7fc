// Lists commits: one process a page at most, the commits themselves through the object reader.
import { AppError } from '../../base/errors.ts';
import type { Git, Oid, RepoDir } from './git.types.ts';
import type { CommitPage, CommitQuery } from './history.types.ts';

/** One page of the commits reachable from `from`, newest first as git orders them; the cursor counts those before. */
export async function listCommits(git: Git, dir: RepoDir, query: CommitQuery): Promise<CommitPage> {
  const { from, path, limit, signal } = query;
  const skip = skipOf(query.cursor);
  if (path?.includes(10)) return { commits: [] };
  // Paths go in by standard input: arguments cannot carry names that are not UTF-8.
  const input = path ? Buffer.concat([Buffer.from(`${from}\n--\n`), path, Buffer.from('\n')]) : `${from}\n`;
  const { stdout } = await git.run(['rev-list', `--max-count=${limit + 1}`, `--skip=${skip}`, '--stdin'], {
    ...{ dir, input, env: { GIT_LITERAL_PATHSPECS: '1' } },
    ...(signal ? { signal } : {}),
  });
  return pageOf(git, dir, stdout, { skip, limit });
}

function skipOf(cursor: string | undefined): number {
  if (cursor === undefined || /^\d{1,9}$/.test(cursor)) return Number(cursor ?? 0);
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
export async function countCommits(git: Git, dir: RepoDir, from: Oid): Promise<number> {
  const { stdout } = await git.run(['rev-list', '--count', '--use-bitmap-index', from], { dir });
  return Number(stdout.toString('latin1'));
}

/** The commit both sides descend from, for three-dot comparisons; undefined for unrelated histories. */
export async function mergeBase(git: Git, dir: RepoDir, one: Oid, other: Oid): Promise<Oid | undefined> {
  const { stdout } = await git.run(['merge-base', one, other], { dir, okCodes: [0, 1] });
  return stdout.toString('latin1').trim() || undefined;
}

/** One page of the commits that `head` has and `base` has not. */
export async function listCommitsBetween(
  git: Git,
  dir: RepoDir,
  range: { base: Oid; head: Oid; limit: number },
): Promise<CommitPage> {
  const args = ['rev-list', `--max-count=${range.limit + 1}`, range.head, `^${range.base}`];
  const { stdout } = await git.run(args, { dir });
  return pageOf(git, dir, stdout, { skip: 0, limit: range.limit });
}
