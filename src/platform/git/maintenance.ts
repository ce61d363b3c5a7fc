// Keeps a repository quick: packs its refs and objects, writes the commit-graph with Bloom filters and the bitmaps.
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DAY, HOUR, MINUTE } from '../../base/time.ts';
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
const KEPT_UNREACHABLE = 15 * DAY;
/** Packs smaller than this are made anew as a whole each time. */
const LARGE = 256 * 1024 * 1024;
const MOST_OF_IT = 0.7;

/** Repositories that are being repacked: what lies there half written is no leftover. */
const repacking = new Set<RepoDir>();

/**
 * Maintains a repository, whose packs are large from so many bytes on. The light pass, after pushes, takes milliseconds: packed refs and one more layer of
 * commit-graph; pushes wait for it. The full pass also repacks, beside pushes; they wait only where it removes what
 * nothing has reached for long. Throws AppError unavailable when pushes never pause.
 */
export async function maintainRepository(
  git: Git,
  dir: RepoDir,
  options: { full: boolean; signal?: AbortSignal; large?: number },
): Promise<void> {
  const { full, signal, large = LARGE } = options;
  const run = (args: string[]) =>
    git.run(args, { dir, background: true, timeout: HEAVY, ...(signal ? { signal } : {}) });
  const isBusy = repacking.has(dir);
  const tidy = async () => {
    // Nothing else writes now: what a crash left a minute ago belongs to nobody.
    if (!isBusy) await removeLeftovers(dir, Date.now() - MINUTE);
    await run(['pack-refs', '--all', '--prune']);
    if (!full && !isBusy) await writeGraph(run, '--split');
  };
  await git.activity.withMaintenance(dir, tidy, PATIENCE);
  if (!full || isBusy) return;
  repacking.add(dir);
  try {
    await repackBesidePushes(git, dir, run, large);
    await writeGraph(run, '--split=replace');
  } finally {
    repacking.delete(dir);
  }
  await git.forget(dir);
}

type Run = (args: string[]) => Promise<unknown>;

async function writeGraph(run: Run, shape: string): Promise<void> {
  await run(['commit-graph', 'write', '--reachable', '--changed-paths', shape, '--no-progress']);
}

/**
 * Removing what is unreachable must not meet a push that begins to use it again, so that alone waits for pushes and makes
 * them wait. Otherwise a repack takes away only packs that were there at its start, when all they hold is in new ones.
 */
async function repackBesidePushes(git: Git, dir: RepoDir, run: Run, large: number): Promise<void> {
  if (await holdsExpired(dir)) {
    const isShared = await sharesSince(dir, SHARED_SETTLED);
    await git.activity.withMaintenance(dir, () => repackWholly(run, isShared, EXPIRY), PATIENCE);
    return;
  }
  const isGrowing = await isGrowingSlowly(dir, large);
  if (isGrowing) await repackGeometrically(run);
  // A pack of few objects, however large, is taken in with the others, and its bitmaps go.
  if (isGrowing && (await isGrowingSlowly(dir, large))) return;
  await repackWholly(run, await sharesSince(dir, SHARED_SETTLED), 'never');
}

/** Whether an unreachable object was set aside so long ago that it may go. */
async function holdsExpired(dir: RepoDir): Promise<boolean> {
  const oldest = (Date.now() - KEPT_UNREACHABLE) / 1000;
  for (const path of await namesIn(join(dir, 'objects', 'pack'), (name) => name.endsWith('.mtimes')))
    if (timesIn(await readFile(path).catch(() => Buffer.alloc(0))).some((time) => time < oldest)) return true;
  return false;
}

/** The seconds in a `.mtimes` file (gitformat-pack(5)): magic, version and hash, a number per object, two hashes. */
function timesIn(data: Buffer): number[] {
  if (data.toString('latin1', 0, 4) !== 'MTME' || data.length < 12) return [];
  const hash = data.readUInt32BE(8) === 2 ? 32 : 20;
  const times: number[] = [];
  for (let at = 12; at + 4 <= data.length - 2 * hash; at += 4) times.push(data.readUInt32BE(at));
  return times;
}

/**
 * Whether one large pack with bitmaps holds most of a repository: then what came since is packed together, and the large
 * one stays as it is, bitmaps included. Many packs under one index cost clones more than a whole repack does.
 */
async function isGrowingSlowly(dir: RepoDir, large: number): Promise<boolean> {
  const paths = await namesIn(join(dir, 'objects', 'pack'), (name) => /\.(?:pack|bitmap)$/.test(name));
  const packs = paths.filter((path) => path.endsWith('.pack'));
  const sizes = await Promise.all(
    packs.map(async (path) => (await stat(path).catch(() => undefined))?.size ?? 0),
  );
  const [largest, total] = [Math.max(0, ...sizes), sizes.reduce((sum, size) => sum + size, 0)];
  const path = packs[sizes.indexOf(largest)]?.replace(/\.pack$/, '.bitmap') ?? '';
  return largest >= large && paths.includes(path) && largest >= total * MOST_OF_IT;
}

async function repackGeometrically(run: Run): Promise<void> {
  await run([
    ...['-c', 'pack.threads=1', '-c', 'core.bigFileThreshold=50m', '-c', 'repack.updateServerInfo=false'],
    ...['repack', '--geometric=2', '-d', '--local', '--no-write-bitmap-index', '--write-midx', '--quiet'],
  ]);
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
 * Everything into one pack with bitmaps. What lies in a pool as well is dropped, once no process can be left that was
 * started before the repository found objects there.
 */
async function repackWholly(run: Run, isShared: boolean, expiry: string): Promise<void> {
  await run([
    ...['-c', 'repack.writeBitmaps=true', '-c', 'pack.writeBitmapHashCache=true', '-c', 'pack.threads=1'],
    ...['-c', 'core.bigFileThreshold=50m', '-c', 'repack.updateServerInfo=false'],
    ...['repack', '--cruft', `--cruft-expiration=${expiry}`, '-d'],
    ...[isShared ? '--local' : '--write-bitmap-index', '--quiet'],
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
