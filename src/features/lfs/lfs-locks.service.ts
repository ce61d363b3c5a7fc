// Locks of files that cannot be merged (git-lfs, docs/api/locking.md): whoever may write may lock, and everybody sees who did.
import { type Actor, doneBy } from '../../base/actor.ts';
import { sha256Hex } from '../../base/crypto.ts';
import { AppError, invalid, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { permissionIncludes, requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { LfsLock } from './lfs.types.ts';
import { findLock, findLockByPath, insertLock, listLocks, removeLock } from './lfs-locks.store.ts';

const LONGEST_PATH = 4096;
/** Locks that one answer holds at most. */
export const LOCKS_AT_ONCE = 100;

/** A path is locked already: `lock` says by whom. */
export class AlreadyLocked extends AppError {
  readonly lock: LfsLock;

  constructor(lock: LfsLock) {
    super('conflict', `${lock.path} is locked by ${lock.ownerName} already.`);
    this.lock = lock;
  }
}

/** Locks a path for the actor. Throws `AlreadyLocked`, AppError invalid for what is no path, forbidden for deploy keys. */
export async function createLock(
  app: App,
  actor: Actor,
  open: OpenRepository,
  path: string,
): Promise<LfsLock> {
  await requireAbility(app.db.read, actor, open, 'code:write');
  const userId = requireUserId(actor);
  requirePath(path);
  const repositoryId = open.repository.id;
  const pathHash = sha256Hex(path);
  const [lock, isNew] = await app.db.write(async (tx) => {
    const row = { repositoryId, path, pathHash, userId, createdAt: app.clock.now() };
    const isFree = await insertLock(tx, row);
    return [await findLockByPath(tx, repositoryId, pathHash), isFree] as const;
  });
  if (!lock) throw notFound('lock');
  if (!isNew) throw new AlreadyLocked(lock);
  return lock;
}

function requireUserId(actor: Actor): number {
  if (actor.kind === 'user') return actor.userId;
  throw new AppError('forbidden', 'Files are locked by people: use your own credentials, not a deploy key.');
}

function requirePath(path: string): void {
  const isOdd = path === '' || path.includes('\0') || Buffer.byteLength(path) > LONGEST_PATH;
  if (isOdd) throw invalid({ path: 'Name the path of the file to lock.' });
}

/** Some locks of a repository behind a cursor, oldest first, and the cursor of what follows. */
export async function locksOf(
  app: App,
  open: OpenRepository,
  { path, id, cursor, limit }: { path?: string; id?: number; cursor?: number; limit?: number },
): Promise<{ locks: LfsLock[]; next?: number }> {
  if (path !== undefined) return one(await findLockByPath(app.db.read, open.repository.id, sha256Hex(path)));
  if (id !== undefined) return one(await findLock(app.db.read, open.repository.id, id));
  const most = Math.min(LOCKS_AT_ONCE, Math.max(1, limit ?? LOCKS_AT_ONCE));
  const found = await listLocks(app.db.read, open.repository.id, cursor ?? 0, most + 1);
  const locks = found.slice(0, most);
  const last = locks.at(-1);
  return found.length > most && last ? { locks, next: last.id } : { locks };
}

function one(lock: LfsLock | undefined): { locks: LfsLock[] } {
  return { locks: lock ? [lock] : [] };
}

/**
 * Takes a lock away: one's own, or, by `force`, another's, which maintainers may. Throws AppError not_found, or forbidden
 * when it is somebody else's.
 */
export async function removeLockOf(
  app: App,
  actor: Actor,
  open: OpenRepository,
  id: number,
  force: boolean,
): Promise<LfsLock> {
  await requireAbility(app.db.read, actor, open, 'code:write');
  return app.db.write(async (tx) => {
    const lock = await findLock(tx, open.repository.id, id);
    if (!lock) throw notFound('lock');
    const isOwn = actor.kind === 'user' && lock.userId === actor.userId;
    if (!isOwn) await requireMayBreak(open, lock, force);
    await removeLock(tx, id);
    if (!isOwn)
      await app.events.record(tx, {
        kind: 'lfs_lock.broken',
        ...doneBy(actor),
        repositoryId: open.repository.id,
        path: lock.path,
        userId: lock.userId,
      });
    return lock;
  });
}

async function requireMayBreak(open: OpenRepository, lock: LfsLock, force: boolean): Promise<void> {
  if (!permissionIncludes(open.permission, 'maintain'))
    throw new AppError('forbidden', `This lock is ${lock.ownerName}'s: only maintainers may break it.`);
  if (!force) throw new AppError('forbidden', `This lock is ${lock.ownerName}'s: use --force to break it.`);
}
