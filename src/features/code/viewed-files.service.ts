// Marks of the files that somebody has looked at in a comparison. A mark stands for a path and both versions of the file,
// so that a file that changes loses it, wherever the same change is shown.
import type { Actor, UserActor } from '../../base/actor.ts';
import { sha256Hex } from '../../base/crypto.ts';
import { AppError } from '../../base/errors.ts';
import { DAY } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { DiffFile } from '../../platform/git/diff.types.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { countMarks, insertMark, marksAmong, removeMark, removeMarksBefore } from './viewed-files.store.ts';

/** Marks one person may have in one repository. */
const MOST_MARKS = 100_000;
const KEPT = 365 * DAY;

/** The mark of a file: a hash over its path and both blobs. */
export function markOf(file: Pick<DiffFile, 'newPathBytes' | 'oldOid' | 'newOid'>): string {
  const ids = Buffer.from(`\0${file.oldOid ?? ''}\0${file.newOid ?? ''}`);
  return sha256Hex(Buffer.concat([file.newPathBytes, ids]));
}

/** Marks a file as viewed, or no longer. Throws AppError invalid for what is no mark. */
export async function setViewed(
  app: App,
  actor: Actor,
  open: OpenRepository,
  mark: string,
  isViewed: boolean,
): Promise<void> {
  await requireAbility(app.db.read, actor, open, 'code:mark');
  const { userId } = requireUser(actor);
  if (!/^[0-9a-f]{64}$/.test(mark)) throw new AppError('invalid', 'This is no file of a comparison.');
  const whose = { userId, repositoryId: open.repository.id };
  await app.db.write(async (tx) => {
    if (!isViewed) return removeMark(tx, whose, mark);
    if ((await countMarks(tx, whose)) >= MOST_MARKS)
      throw new AppError('too_large', 'You have marked as many files here as can be remembered.');
    await insertMark(tx, { ...whose, mark, createdAt: app.clock.now() });
  });
}

/** Those of some files that the actor has viewed, by their marks; undefined for whoever can mark none. */
export async function viewedAmong(
  app: App,
  actor: Actor,
  open: OpenRepository,
  files: () => readonly DiffFile[],
): Promise<Set<string> | undefined> {
  if (actor.kind !== 'user' || actor.via !== 'session') return undefined;
  const whose = { userId: actor.userId, repositoryId: open.repository.id };
  // Most have none, and then nothing needs to be hashed.
  if ((await countMarks(app.db.read, whose)) === 0) return new Set();
  return marksAmong(app.db.read, whose, files().map(markOf));
}

/** Forgets marks of long ago. */
export async function forgetOldMarks(app: App): Promise<void> {
  const before = app.clock.now() - KEPT;
  await app.db.write((tx) => removeMarksBefore(tx, before));
}

function requireUser(actor: Actor): UserActor {
  if (actor.kind !== 'user') throw new AppError('unauthenticated', 'Sign in to mark files as viewed.');
  return actor;
}
