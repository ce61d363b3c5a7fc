// Archives of a commit, streamed as git makes them.
import type { Git, GitProcess, Oid, RepoDir } from './git.types.ts';

export type ArchiveFormat = 'zip' | 'tar.gz';

/** Streams the files of a commit below `prefix/`, whose characters the caller has made safe for a file name. */
export function streamArchive(
  git: Git,
  dir: RepoDir,
  request: { oid: Oid; format: ArchiveFormat; prefix: string },
): Promise<GitProcess> {
  const { oid, format, prefix } = request;
  return git.spawn(['archive', `--format=${format}`, `--prefix=${prefix}/`, oid], { dir });
}
