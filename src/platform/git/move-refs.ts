// Moves refs in one transaction of git's own, and makes that survive a power failure.
import type { Git, RepoDir } from './git.types.ts';
import type { HookUpdate } from './hook-question.ts';
import { syncRefs } from './ref-durability.ts';

/**
 * Moves all refs or none: false when one of them is no longer what `oldOid` says. The caller holds a push's place (see
 * `Git.activity`). An all-zero `oldOid` or `newOid` stands for "does not exist".
 */
export async function moveRefs(git: Git, dir: RepoDir, updates: readonly HookUpdate[]): Promise<boolean> {
  if (updates.length === 0) return true;
  const commands = updates.map(({ ref, oldOid, newOid }) => `update ${ref}\0${newOid}\0${oldOid}\0`);
  const { code } = await git.run(['update-ref', '-z', '--stdin'], {
    dir,
    input: commands.join(''),
    config: [['core.fsync', 'loose-object,pack,pack-metadata']],
    okCodes: [0, 1, 128],
  });
  if (code !== 0) return false;
  await syncRefs(git, dir, [...updates]);
  return true;
}
