// A repository as its readers may see it: the same objects, with branches and tags as its only refs. For git programs
// that print or resolve any ref there is: `$Format:%D$` in an archived file names every ref of a commit, and
// upload-archive takes hidden refs too (git-archive(1), git-upload-archive(1)).
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Git, GitProcess, Ref, RepoDir } from './git.types.ts';

/** Starts a process on the view of a repository; the view goes when the process has ended. */
export async function withVisibleRefs(
  git: Git,
  dir: RepoDir,
  start: (view: RepoDir) => Promise<GitProcess>,
): Promise<GitProcess> {
  const view = await makeView(git, dir);
  const remove = () => rm(view, { recursive: true, force: true });
  try {
    const process = await start(view);
    void process.exited.then(remove);
    return process;
  } catch (error) {
    await remove();
    throw error;
  }
}

async function makeView(git: Git, dir: RepoDir): Promise<RepoDir> {
  const view = await mkdtemp(join(tmpdir(), 'och-view-'));
  const refs = [...(await git.refs(dir, 'refs/heads/')), ...(await git.refs(dir, 'refs/tags/'))];
  await mkdir(join(view, 'refs'), { mode: 0o700 });
  await symlink(join(dir, 'objects'), join(view, 'objects'));
  for (const file of ['HEAD', 'config']) await copyFile(join(dir, file), join(view, file));
  await writeFile(join(view, 'packed-refs'), packedRefs(refs));
  // Not one of our storage keys, but a repository all the same.
  return view as RepoDir;
}

/** Without a word on what tags peel to: git then looks for itself. */
function packedRefs(refs: readonly Ref[]): string {
  return ['# pack-refs with: sorted ', ...refs.map(({ oid, name }) => `${oid} ${name}`), ''].join('\n');
}
