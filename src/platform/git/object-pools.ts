// Pools of objects that the repositories of a network of forks share. A pool is a bare repository that is filled once,
// with exactly what a repository's branches and tags reach at that moment, and never changed or cleaned afterwards:
// whatever finds objects in it can rely on them. It shows no refs, and what it was filled from is kept in its file `tips`.
import { randomBytes } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isAppError } from '../../base/errors.ts';
import { syncDirectory } from '../../base/sync-directory.ts';
import { HOUR } from '../../base/time.ts';
import type { DataPaths } from '../config/data-directory.ts';
import { alternatesOf, seeingObjectsOf } from './alternates.ts';
import type { Git, ObjectFormat, Oid, Ref, RepoDir } from './git.types.ts';
import { packedRefsText } from './packed-refs-text.ts';
import { initRepository, listDirectoriesBelow } from './repository.ts';

const STORAGE_KEY = /^[a-z0-9]{32}$/;
/** Copying a large history takes a while at a low priority. */
const PATIENCE = 4 * HOUR;
const LISTING = { dataBytes: 2 * 1024 ** 3, cpuSeconds: 3600 };

/** The directory of a pool: `pools/ab/cd/<key>.git`. Throws when it is not one of our keys. */
export function poolDirectory(paths: DataPaths, storageKey: string): RepoDir {
  if (!STORAGE_KEY.test(storageKey)) throw new Error(`Not a storage key: ${JSON.stringify(storageKey)}`);
  return join(paths.pools, storageKey.slice(0, 2), storageKey.slice(2, 4), `${storageKey}.git`) as RepoDir;
}

/** The refs whose objects forks share: what everybody who may fork a repository sees of it. */
export async function sharedRefs(git: Git, dir: RepoDir): Promise<Ref[]> {
  const lists = await Promise.all([git.refs(dir, 'refs/heads/'), git.refs(dir, 'refs/tags/')]);
  return lists.flat();
}

/** Makes a pool of everything that refs of a repository reach. It appears whole or not at all. */
export async function makePool(
  git: Git,
  pool: RepoDir,
  source: {
    dir: RepoDir;
    refs: readonly Ref[];
    objectFormat: ObjectFormat;
    signal?: AbortSignal | undefined;
  },
): Promise<void> {
  const made = `${pool}.new-${randomBytes(6).toString('hex')}` as RepoDir;
  try {
    await initRepository(git, made, { objectFormat: source.objectFormat, defaultBranch: 'none' });
    await fillPool(git, made, source);
    await rename(made, pool);
    await syncDirectory(dirname(pool));
  } catch (error) {
    await rm(made, { recursive: true, force: true });
    throw error;
  }
}

async function fillPool(git: Git, made: RepoDir, { dir, refs, signal }: Parameters<typeof makePool>[2]) {
  const options = { dir: made, background: true, timeout: PATIENCE, ...(signal ? { signal } : {}) };
  const packedRefs = join(made, 'packed-refs');
  // Bitmaps are written for packs of everything that refs reach; the refs are there only meanwhile.
  await writeFile(packedRefs, packedRefsText(refs), { mode: 0o600 });
  await git.run(
    ['pack-objects', '--all', '--revs', '--delta-base-offset', '--write-bitmap-index', '-q', packBase(made)],
    {
      ...options,
      input: '',
      env: seeingObjectsOf(dir),
      config: [
        ['pack.writeBitmapHashCache', 'true'],
        ['pack.threads', '1'],
        ['core.bigFileThreshold', '50m'],
      ],
    },
  );
  await git.run(
    ['commit-graph', 'write', '--reachable', '--changed-paths', '--split=replace', '--no-progress'],
    {
      ...options,
      config: [['core.fsync', 'loose-object,pack,pack-metadata,commit-graph']],
    },
  );
  await rm(packedRefs);
  await writeFile(join(made, 'tips'), `${tipsOf(refs).join('\n')}\n`, { mode: 0o600, flush: true });
  for (const folder of ['objects/info', 'objects/pack', '.']) await syncDirectory(join(made, folder));
}

/** What a pool was filled from. */
export async function poolTips(pool: RepoDir): Promise<Oid[]> {
  return (await readFile(join(pool, 'tips'), 'latin1')).split('\n').filter((line) => line !== '');
}

/** Whether everything in a pool is reached by these refs of a repository: else it would show what they do not. */
export async function isPoolWithin(
  git: Git,
  dir: RepoDir,
  refs: readonly Ref[],
  pool: RepoDir,
): Promise<boolean> {
  const known = new Set(refs.map((ref) => ref.oid));
  const others = (await poolTips(pool).catch((): undefined => undefined))?.filter((oid) => !known.has(oid));
  if (others === undefined) return false;
  if (others.length === 0) return true;
  try {
    const { stdout } = await git.run(['rev-list', '--objects', '--stdin'], {
      dir,
      background: true,
      timeout: PATIENCE,
      limits: LISTING,
      env: seeingObjectsOf(pool),
      input: [...others, ...tipsOf(refs).map((oid) => `^${oid}`), ''].join('\n'),
      maxBytes: 1,
    });
    return stdout.length === 0;
  } catch (error) {
    // The first thing that it names is one too many.
    if (isAppError(error, 'too_large')) return false;
    throw error;
  }
}

/**
 * Copies to one repository what ids of another one reach, leaving out what `have` reaches, which both must have. The
 * objects are durable afterwards; no ref points at them yet.
 */
export async function copyObjects(
  git: Git,
  {
    from,
    to,
    want,
    have,
    signal,
  }: { from: RepoDir; to: RepoDir; want: Oid[]; have: Oid[]; signal?: AbortSignal },
): Promise<void> {
  const known = new Set(have);
  const missing = want.filter((oid) => !known.has(oid));
  if (missing.length === 0) return;
  await git.run(['pack-objects', '--revs', '--delta-base-offset', '--non-empty', '-q', packBase(to)], {
    dir: to,
    background: true,
    timeout: PATIENCE,
    env: seeingObjectsOf(from),
    config: [['core.bigFileThreshold', '50m']],
    input: [...new Set(missing), ...[...known].map((oid) => `^${oid}`), ''].join('\n'),
    ...(signal ? { signal } : {}),
  });
  await syncDirectory(join(to, 'objects', 'pack'));
}

/** Writes the refs of a repository that has none yet. */
export async function writeFirstRefs(dir: RepoDir, refs: readonly Ref[]): Promise<void> {
  await writeFile(join(dir, 'packed-refs'), packedRefsText(refs), { mode: 0o600, flush: true });
  await syncDirectory(dir);
}

/** The storage keys of the pools on disk. */
export async function listPoolKeys(paths: DataPaths): Promise<string[]> {
  const folders = await listDirectoriesBelow(paths.pools);
  return folders.map((path) => basename(path, '.git')).filter((key) => STORAGE_KEY.test(key));
}

/** Removes a pool that no repository uses; a missing one is fine. */
export async function removePool(pool: RepoDir): Promise<void> {
  const aside = `${pool}.removed-${randomBytes(6).toString('hex')}`;
  await rename(pool, aside).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rm(aside, { recursive: true, force: true, maxRetries: 3 });
}

/** The keys of all pools in which a repository on disk finds objects, whatever the database says of it. */
export async function poolsInUse(paths: DataPaths): Promise<Set<string>> {
  const used = new Set<string>();
  const aside = join(paths.root, 'orphans');
  const asides = await readdir(aside).catch((): string[] => []);
  for (const dir of [
    ...(await listDirectoriesBelow(paths.repositories)),
    ...asides.map((name) => join(aside, name)),
  ])
    for (const objects of alternatesOf(dir)) used.add(basename(dirname(objects), '.git'));
  return used;
}

function packBase(dir: RepoDir): string {
  return join(dir, 'objects', 'pack', 'pack');
}

function tipsOf(refs: readonly Ref[]): Oid[] {
  return [...new Set(refs.map((ref) => ref.oid))];
}
