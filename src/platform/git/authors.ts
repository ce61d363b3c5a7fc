// Who wrote which commits when: one process for many commits, nothing of their messages.
import type { Git, Oid, RepoDir } from './git.types.ts';

export interface AuthoredCommit {
  oid: Oid;
  /** Milliseconds since 1970, as the author's clock had it: anything may stand there. */
  authoredAt: number;
  /** As it was written, in any case. */
  email: string;
}

const NUL = '%x00';

/** The newest commits that `head` has and `base` has not, `limit` at most; a base that is gone counts as none. */
export async function listAuthored(
  git: Git,
  dir: RepoDir,
  range: { head: Oid; base: Oid | undefined; limit: number },
): Promise<AuthoredCommit[]> {
  const ends = range.base === undefined ? [range.head] : [range.head, `^${range.base}`];
  const format = `--format=%H${NUL}%at${NUL}%ae`;
  const args = ['log', '--ignore-missing', `--max-count=${range.limit}`, format, ...ends, '--'];
  const { stdout } = await git.run(args, { dir, background: true });
  return stdout.toString('utf8').split('\n').filter(Boolean).flatMap(authoredOf);
}

function authoredOf(line: string): AuthoredCommit[] {
  const [oid, seconds, email] = line.split('\0');
  if (oid === undefined || email === undefined) return [];
  return [{ oid, authoredAt: Number(seconds) * 1000, email }];
}
