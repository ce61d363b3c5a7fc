// Makes the refs of a push survive a power failure before the push is acknowledged. Git itself would sync them one
// after the other while it holds its locks: a minute for 10,000 refs.
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Git, RepoDir } from './git.types.ts';
import type { HookUpdate } from './hook-question.ts';

/** Beyond this many refs one packed file is cheaper than syncing each. */
const MOST_LOOSE = 64;

/** Syncs the refs that have just moved. */
export async function syncRefs(git: Git, dir: RepoDir, updates: HookUpdate[]): Promise<void> {
  if (updates.length > MOST_LOOSE) {
    await git.run(['pack-refs', '--all'], { dir });
    // Git syncs the new file, but not that it has taken the place of the old one.
    await syncIfThere(dir);
    return;
  }
  const paths = updates.map((update) => join(dir, update.ref));
  await Promise.all([...paths, join(dir, 'packed-refs')].map(syncIfThere));
  await Promise.all([...new Set([dir, ...paths.map((path) => dirname(path))])].map(syncIfThere));
}

async function syncIfThere(path: string): Promise<void> {
  try {
    const handle = await open(path, 'r');
    await handle.sync().finally(() => handle.close());
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
  }
}
