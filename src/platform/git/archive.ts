// Archives of a commit, streamed as git makes them (git-archive(1)). The server's memory does not grow with them.
import { AppError, notFound } from '../../base/errors.ts';
import type { Git, GitProcess, Oid, RepoDir } from './git.types.ts';
import { isOid } from './object-paths.ts';
import { withVisibleRefs } from './visible-refs.ts';

export type ArchiveFormat = 'zip' | 'tar.gz';

export interface ArchiveRequest {
  oid: Oid;
  format: ArchiveFormat;
  /** The folder everything lies in; its characters are safe for a file name. */
  prefix: string;
  /** Only what lies at this path, or everything. */
  path?: string;
  signal?: AbortSignal;
}

/**
 * The same bytes for the same commit: gzip without name and time, by git itself and not by a program of the system.
 * Files that ask for the commit's signature by export-subst start no program that checks it.
 */
export const ARCHIVE_CONFIG = [
  ['tar.tar.gz.command', 'git archive gzip'],
  ['core.bigFileThreshold', '16m'],
  ['gpg.program', 'false'],
  ['gpg.ssh.program', 'false'],
  ['gpg.x509.program', 'false'],
] as const;

/**
 * Streams the files of a commit below `prefix/`. Throws AppError not_found when there is no such commit, before
 * anything is sent.
 */
export async function streamArchive(git: Git, dir: RepoDir, request: ArchiveRequest): Promise<GitProcess> {
  const { oid, format, prefix, path, signal } = request;
  const commit = isOid(oid) ? await git.objects(dir).commit(oid) : undefined;
  if (!commit) throw notFound('commit');
  if (path?.includes('\0')) throw new AppError('invalid', 'A path cannot hold a zero byte.');
  const only = path === undefined ? [] : ['--', path];
  const args = ['archive', `--format=${format}`, `--prefix=${prefix}/`, commit.oid, ...only];
  const process = await withVisibleRefs(git, dir, (view) =>
    git.spawn(args, {
      dir: view,
      env: { GIT_LITERAL_PATHSPECS: '1' },
      config: ARCHIVE_CONFIG,
      background: true,
      ...(signal ? { signal } : {}),
    }),
  );
  process.stdin.end();
  return process;
}
