// One SSH key stands for one thing: an account, or one repository. Checked in the transaction that adds it.
import { invalid } from '../../base/errors.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { parseNewSshKey } from './ssh-keys.input.ts';
import { findByFingerprint, isDeployKey } from './ssh-keys.store.ts';
import type { NewSshKey, PublicKey } from './ssh-keys.types.ts';

/** Checks a title and a key as they were typed. Throws AppError invalid on `title` or `key`. */
export function checkNewKey(input: NewSshKey): { title: string; key: PublicKey } {
  return parseNewSshKey(input);
}

/**
 * Throws AppError invalid on `key` when it is somebody's, or a repository's, already. Whose is told to `userId` alone:
 * their own.
 */
export async function requireFreeKey(db: Reader | Tx, fingerprint: string, userId?: number): Promise<void> {
  const taken = await findByFingerprint(db, fingerprint);
  if (taken && taken.key.userId === userId) {
    throw invalid({ key: `You have this key already, as “${taken.key.title}”.` });
  }
  if (taken) {
    throw invalid({ key: 'An account uses this key. One key stands for one thing: make a new pair.' });
  }
  if (await isDeployKey(db, fingerprint)) {
    throw invalid({
      key: 'A repository uses this key as a deploy key. One key stands for one thing: make a new pair.',
    });
  }
}
