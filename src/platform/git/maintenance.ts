// Keeps a repository quick: packs its refs and objects, writes the commit-graph with Bloom filters and the bitmaps.
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HOUR, MINUTE } from '../../base/time.ts';
import { alternatesOf, sharesSince } from './alternates.ts';
import type { Git, RepoDir } from './git.types.ts';

const HEAVY = 4 * HOUR;
/** Milliseconds to wait for running pushes: other repositories wait for the same worker, so it comes again instead. */
const PATIENCE = MINUTE / 2;
/** Clones and pages take less than this. */
const SHARED_SETTLED = 6 * HOUR;
const WORTH_BITMAPS = 8 * 1024 * 1024;
/** Unreachable objects are kept this long: whatever was begun before must be over. */
const EXPIRY = '2.weeks.ago';

/**
 * Maintains a repository while no push runs. The light pass, after pushes, takes milliseconds: packed refs and one more
 * layer of commit-graph. The full pass repacks everything with bitmaps. Throws AppError unavailable when pushes never
 * pause.
 */
export async function maintainRepository(
  git: Git,
  dir: RepoDir,
  options: { full: boolean; signal?: AbortSignal },
): Promise<void> {
  const { signal } = options;
  const work = async () => {
    // Nothing else writes now: what a crash left a minute ago belongs to nobody.
    await removeLeftovers(dir, Date.now() - MINUTE);
    const run = (args: string[]) =>
      git.run(args, { dir, background: true, timeout: HEAVY, ...(signal ? { signal } : {}) });
    await run(['pack-refs', '--all', '--prune']);
    if (options.full) await repack(run, await sharesSince(dir, SHARED_SETTLED));
    const shape = options.full ? '--split=replace' : '--split';
    await run(['commit-graph', 'write', '--reachable', '--changed-paths', shape, '--no-progress']);
  };
  await git.activity.withMaintenance(dir, work, PATIENCE);
  if (options.full) await git.forget(dir);
}

/** Whether a clone costs several times what it would after a full pass: a large import has no bitmaps yet. */
export async function lacksBitmaps(dir: RepoDir): Promise<boolean> {
  // A pool has bitmaps of its own.
  if (alternatesOf(dir).length > 0) return false;
  const packs = await namesIn(join(dir, 'objects', 'pack'), (name) => /\.(?:pack|bitmap)$/.test(name));
  if (packs.some((path) => path.endsWith('.bitmap'))) return false;
  const sizes = await Promise.all(packs.map(async (path) => (await stat(path)).size));
  return sizes.reduce((sum, size) => sum + size, 0) >= WORTH_BITMAPS;
}

/**
 * What lies in a pool as well is dropped, once no process can be left that was started before the repository found
 * objects there.
 */
async function repack(run: (args: string[]) => Promise<unknown>, isShared: boolean): Promise<void> {
  await run([
    ...['-c', 'repack.writeBitmaps=true', '-c', 'pack.writeBitmapHashCache=true', '-c', 'pack.threads=1'],
    ...['-c', 'core.bigFileThreshold=50m'],
    ...[
      'repack',
      '--cruft',
      `--cruft-expiration=${EXPIRY}`,
      '-d',
      ...(isShared ? ['--local'] : ['--write-bitmap-index']),
      '--quiet',
    ],
  ]);
}

/**
 * Removes lock files and quarantine directories that a power failure left. Only while nothing writes to the repository,
 * e.g. at start; later only those too old to be in use.
 */
export async function removeLeftovers(dir: RepoDir, olderThan = Date.now() - HOUR): Promise<number> {
  const candidates = [
    ...(await namesIn(dir, (name) => name.endsWith('.lock'))),
    ...(await namesIn(join(dir, 'refs'), (name) => name.endsWith('.lock'), true)),
    ...(await namesIn(
      join(dir, 'objects'),
      (name) => /^(?:tmp_objdir-)?incoming-/.test(name) || name.startsWith('tmp_'),
    )),
    ...(await namesIn(join(dir, 'objects', 'pack'), (name) => /^(?:tmp_|\.tmp-)/.test(name))),
    ...(await namesIn(join(dir, 'objects', 'info'), (name) => name.endsWith('.lock'), true)),
  ];
  let removed = 0;
  for (const path of candidates) {
    const status = await stat(path).catch(() => undefined);
    if (!status || status.mtimeMs >= olderThan) continue;
    await rm(path, { recursive: true, force: true });
    removed += 1;
  }
  return removed + (await removeEmptyRefs(dir, olderThan));
}

/** A ref that was being written when the power failed, and never acknowledged, may be an empty file that git trips over. */
async function removeEmptyRefs(dir: RepoDir, olderThan: number): Promise<number> {
  let removed = 0;
  for (const path of await namesIn(join(dir, 'refs'), () => true, true)) {
    const status = await stat(path).catch(() => undefined);
    if (!status?.isFile() || status.size > 0 || status.mtimeMs >= olderThan) continue;
    await rm(path, { force: true });
    removed += 1;
  }
  return removed;
}

/** Bytes a repository's files take. */
export async function sizeOnDisk(dir: RepoDir): Promise<number> {
  let total = 0;
  for (const path of await namesIn(dir, () => true, true)) {
    const status = await stat(path).catch(() => undefined);
    if (status?.isFile()) total += status.size;
  }
  return total;
}

async function namesIn(
  path: string,
  wanted: (name: string) => boolean,
  recursive = false,
): Promise<string[]> {
  try {
    const names = await readdir(path, { recursive, encoding: 'utf8' });
    return names.filter(wanted).map((name) => join(path, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
