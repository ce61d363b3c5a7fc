// Locks as git-lfs asks for them (git-lfs, docs/api/locking.md).
import { AppError } from '../../base/errors.ts';
import type { LfsLock } from '../../features/lfs/lfs.types.ts';
import { AlreadyLocked, createLock, locksOf, removeLockOf } from '../../features/lfs/lfs-locks.service.ts';
import { type LfsCall, openForLfs, readLfsJson, sendLfsJson } from './lfs-call.ts';

/** Locks a path: 201 with the lock, or 409 with the one that is there. */
export async function answerCreateLock(call: LfsCall): Promise<void> {
  const { path } = await readLfsJson(call);
  const open = await openForLfs(call, 'upload');
  if (typeof path !== 'string') throw new AppError('invalid', 'Name the path of the file to lock.');
  try {
    sendLfsJson(call.response, 201, { lock: lockJson(await createLock(call.app, call.actor, open, path)) });
  } catch (error) {
    if (!(error instanceof AlreadyLocked)) throw error;
    sendLfsJson(call.response, 409, {
      lock: lockJson(error.lock),
      message: error.message,
      request_id: call.id,
    });
  }
}

/** Lists locks, all or those of a path or an id. */
export async function answerListLocks(call: LfsCall): Promise<void> {
  const open = await openForLfs(call, 'download');
  const { query } = call.route;
  const path = query.get('path');
  const { locks, next } = await locksOf(call.app, open, {
    ...(path === null ? {} : { path }),
    ...numbersOf({ id: query.get('id'), cursor: query.get('cursor'), limit: query.get('limit') }),
  });
  sendLfsJson(call.response, 200, { locks: locks.map(lockJson), ...cursorOf(next) });
}

/** Before a push: which locks are the client's own, and which are others'. */
export async function answerVerifyLocks(call: LfsCall): Promise<void> {
  const body = await readLfsJson(call);
  const open = await openForLfs(call, 'upload');
  const { actor } = call;
  const { locks, next } = await locksOf(
    call.app,
    open,
    numbersOf({ cursor: body.cursor as string, limit: body.limit as string }),
  );
  const isOurs = (lock: LfsLock) => actor.kind === 'user' && lock.userId === actor.userId;
  sendLfsJson(call.response, 200, {
    ours: locks.filter(isOurs).map(lockJson),
    theirs: locks.filter((lock) => !isOurs(lock)).map(lockJson),
    ...cursorOf(next),
  });
}

/** Takes a lock away. */
export async function answerUnlock(call: LfsCall): Promise<void> {
  const { force } = await readLfsJson(call);
  const open = await openForLfs(call, 'upload');
  const lock = await removeLockOf(call.app, call.actor, open, call.route.lockId, force === true);
  sendLfsJson(call.response, 200, { lock: lockJson(lock) });
}

function lockJson({ id, path, createdAt, ownerName }: LfsLock) {
  const locked_at = new Date(createdAt).toISOString();
  return { id: String(id), path, locked_at, owner: { name: ownerName } };
}

function cursorOf(next: number | undefined) {
  return next === undefined ? {} : { next_cursor: String(next) };
}

/** Whole numbers among what was sent; whatever else is there counts as not sent. */
function numbersOf<K extends string>(values: Record<K, unknown>): Partial<Record<K, number>> {
  const numbers: Partial<Record<K, number>> = {};
  for (const [name, value] of Object.entries(values) as [K, unknown][])
    if (/^\d{1,15}$/.test(String(value ?? ''))) numbers[name] = Number(value);
  return numbers;
}
