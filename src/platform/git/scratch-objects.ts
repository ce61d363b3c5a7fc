// A place for objects that nobody keeps: git reads the repository's objects beside those written there, and what was
// written is gone afterwards. For previews of what is not committed yet.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Git, RepoDir } from './git.types.ts';

/** Runs `work` with a git whose processes write objects to a throw-away directory. Its readers see only the repository's. */
export async function withScratchObjects<T>(
  git: Git,
  dir: RepoDir,
  work: (scratch: Git) => Promise<T>,
): Promise<T> {
  const objects = await mkdtemp(join(tmpdir(), 'och-scratch-'));
  const env = {
    GIT_OBJECT_DIRECTORY: objects,
    // Quoted as git reads it: the path may hold the colon that separates several.
    GIT_ALTERNATE_OBJECT_DIRECTORIES: JSON.stringify(join(dir, 'objects')),
  };
  const config = [['core.fsync', 'none']] as const;
  const scratch: Git = {
    ...git,
    spawn: (args, options = {}) =>
      git.spawn(args, {
        ...options,
        env: { ...options.env, ...env },
        config: [...(options.config ?? []), ...config],
      }),
    run: (args, options = {}) =>
      git.run(args, {
        ...options,
        env: { ...options.env, ...env },
        config: [...(options.config ?? []), ...config],
      }),
  };
  try {
    return await work(scratch);
  } finally {
    await rm(objects, { recursive: true, force: true });
  }
}
