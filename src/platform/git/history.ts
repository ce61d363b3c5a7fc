// Lists commits: one process a page at most, the commits themselves through the object reader.
import type { Commit, Git, Oid, RepoDir } from './git.types.ts';

export interface HistoryRequest {
  from: Oid;
  /** Raw bytes of a file or directory; only commits that changed it. A path with a line break has no history. */
  path?: Buffer;
  skip: number;
  limit: number;
}

export interface HistoryPage {
  commits: Commit[];
  /** Whether older commits follow. */
  more: boolean;
}

/** One page of the commits reachable from `from`, newest first as git orders them. */
export async function listCommits(git: Git, dir: RepoDir, request: HistoryRequest): Promise<HistoryPage> {
  const { from, path, skip, limit } = request;
  if (path?.includes(10)) return { commits: [], more: false };
  // Paths go in by standard input: arguments cannot carry names that are not UTF-8.
  const input = path ? Buffer.concat([Buffer.from(`${from}\n--\n`), path, Buffer.from('\n')]) : `${from}\n`;
  const { stdout } = await git.run(['rev-list', `--max-count=${limit + 1}`, `--skip=${skip}`, '--stdin'], {
    dir,
    input,
    env: { GIT_LITERAL_PATHSPECS: '1' },
  });
  const oids = stdout.toString('latin1').split('\n').filter(Boolean);
  return { commits: await git.objects(dir).commits(oids.slice(0, limit)), more: oids.length > limit };
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
): Promise<HistoryPage> {
  const args = ['rev-list', `--max-count=${range.limit + 1}`, range.head, `^${range.base}`];
  const { stdout } = await git.run(args, { dir });
  const oids = stdout.toString('latin1').split('\n').filter(Boolean);
  return {
    commits: await git.objects(dir).commits(oids.slice(0, range.limit)),
    more: oids.length > range.limit,
  };
}
