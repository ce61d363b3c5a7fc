// How repositories of a network share objects: which pool a new fork uses, and when a pool goes. See docs/architecture.md.
import { randomBytes } from 'node:crypto';
import { HOUR } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { useObjectsOf } from '../../platform/git/alternates.ts';
import type { Ref, RepoDir } from '../../platform/git/git.types.ts';
import {
  copyObjects,
  isPoolWithin,
  makePool,
  poolDirectory,
  poolsInUse,
  poolTips,
  removePool,
} from '../../platform/git/object-pools.ts';
import {
  insertPool,
  listPoolsAround,
  listUnusedPools,
  type ObjectPool,
  removeUnusedPoolRow,
} from './forks.store.ts';
import { findLiveById, updateRepository } from './repos.store.ts';
import type { OpenRepository } from './repos.types.ts';

/** Pools looked at for one that fits. */
const CANDIDATES = 4;
/** A pool may be older than the row of the fork that it was made for. */
const SETTLED = 24 * HOUR;

/** One pool at a time is looked for or made, per repository: forks that come together share it. */
const looking = new WeakMap<App, Map<number, Promise<unknown>>>();

/**
 * A pool whose every object is reached by the refs of a repository: an existing one, or a new one, which the repository
 * itself uses as well if it uses none yet.
 */
export async function requirePool(
  app: App,
  parent: OpenRepository,
  refs: readonly Ref[],
  signal?: AbortSignal,
): Promise<ObjectPool> {
  const known = looking.get(app) ?? new Map<number, Promise<unknown>>();
  looking.set(app, known);
  const { id } = parent.repository;
  const before = known.get(id) ?? Promise.resolve();
  const found = before.catch(() => undefined).then(() => findOrMakePool(app, parent, refs, signal));
  known.set(id, found);
  try {
    return await found;
  } finally {
    if (known.get(id) === found) known.delete(id);
  }
}

async function findOrMakePool(
  app: App,
  { repository, dir }: OpenRepository,
  refs: readonly Ref[],
  signal: AbortSignal | undefined,
): Promise<ObjectPool> {
  for (const pool of await listPoolsAround(app.db.read, repository.id, CANDIDATES))
    if (await isPoolWithin(app.git, dir, refs, poolDirectory(app.paths, pool.storageKey))) return pool;
  const storageKey = randomBytes(16).toString('hex');
  const place = poolDirectory(app.paths, storageKey);
  await makePool(app.git, place, { dir, refs, objectFormat: repository.objectFormat, signal });
  try {
    return await adoptPool(app, repository.id, dir, storageKey);
  } catch (error) {
    await removePool(place);
    throw error;
  }
}

/** The row first: a repository that found objects in a pool nobody knows of could lose them. */
async function adoptPool(
  app: App,
  repositoryId: number,
  dir: RepoDir,
  storageKey: string,
): Promise<ObjectPool> {
  const { pool, isShared } = await app.db.write(async (tx) => {
    const pool = await insertPool(tx, { storageKey, createdAt: app.clock.now() });
    const now = await findLiveById(tx, repositoryId);
    const isShared = now?.repository.poolId === null;
    if (isShared) await updateRepository(tx, repositoryId, { poolId: pool.id });
    return { pool, isShared };
  });
  if (!isShared) return pool;
  await useObjectsOf(dir, poolDirectory(app.paths, storageKey));
  // Readers that are open do not know of the pool yet.
  await app.git.forget(dir);
  return pool;
}

/** Gives a new repository the pool's objects, and of the parent's whatever refs reach besides. */
export async function shareObjects(
  app: App,
  {
    dir,
    from,
    pool,
    refs,
    signal,
  }: {
    dir: RepoDir;
    from: RepoDir;
    pool: ObjectPool;
    refs: readonly Ref[];
    signal?: AbortSignal | undefined;
  },
): Promise<void> {
  const place = poolDirectory(app.paths, pool.storageKey);
  await useObjectsOf(dir, place);
  await copyObjects(app.git, {
    from,
    to: dir,
    want: refs.map((ref) => ref.oid),
    have: await poolTips(place),
    ...(signal ? { signal } : {}),
  });
}

/** Removes pools that no repository uses any more, neither in the database nor on the disk. */
export async function removeUnusedPools(app: App): Promise<void> {
  const unused = await listUnusedPools(app.db.read, app.clock.now() - SETTLED, 100);
  if (unused.length === 0) return;
  // A database restored from earlier may not know of a repository that lies there.
  const used = await poolsInUse(app.paths);
  for (const { id, storageKey } of unused) {
    if (used.has(storageKey)) {
      app.log.error(
        { storageKey },
        'a repository on disk shares a pool that no repository of the database uses',
      );
      continue;
    }
    if (await app.db.write((tx) => removeUnusedPoolRow(tx, id)))
      await removePool(poolDirectory(app.paths, storageKey));
  }
}
