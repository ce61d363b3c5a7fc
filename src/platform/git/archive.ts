// Archives of a commit, streamed as git makes them (git-archive(1)). The server's memory does not grow with them.
import { notFound } from '../../base/errors.ts';
import type { Git, GitProcess, Oid, RepoDir } from './git.types.ts';
import { isOid } from './object-paths.ts';

export type ArchiveFormat = 'zip' | 'tar.gz';

/** The same bytes for the same commit: gzip without name and time, by git itself and not by a program of the system. */
const CONFIG = [['tar.tar.gz.command', 'git archive gzip']] as const;

/**
 * Streams the files of a commit below `prefix/`, whose characters the caller has made safe for a file name. Throws
 * AppError not_found when there is no such commit, before anything is sent.
 */
export async function streamArchive(
  git: Git,
  dir: RepoDir,
  request: { oid: Oid; format: ArchiveFormat; prefix: string; signal?: AbortSignal },
): Promise<GitProcess> {
  const { oid, format, prefix, signal } = request;
  const commit = isOid(oid) ? await git.objects(dir).commit(oid) : undefined;
  if (!commit) throw notFound('commit');
  const process = await git.spawn(['archive', `--format=${format}`, `--prefix=${prefix}/`, commit.oid], {
    dir,
    config: CONFIG,
    background: true,
    ...(signal ? { signal } : {}),
  });
  process.stdin.end();
  return process;
}
