// Removes files that belong to nobody: never used in a text that was saved, or left behind by what is gone.
import { DAY } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import {
  attachmentKeysAmong,
  listUnclaimedBefore,
  removeUnclaimed,
  standsInDraft,
} from './attachments.store.ts';

/** How long a file waits for its text to be saved. */
const WAITS = DAY;
/** Files that no row points at are removed when they have lain there for so long. */
const ORPHANED_AFTER = DAY;
const AT_ONCE = 500;

/** Removes files whose text was not saved within a day. */
export async function removeUnclaimedAttachments(app: App, signal: AbortSignal): Promise<void> {
  const before = app.clock.now() - WAITS;
  while (!signal.aborted) {
    const rows = await listUnclaimedBefore(app.db.read, before, AT_ONCE);
    let removed = 0;
    for (const { id, storageKey, uploaderId, token } of rows) {
      // A pending comment of a review is a text that will be saved.
      if (await standsInDraft(app.db.read, uploaderId, token)) continue;
      // A text may have been saved since.
      if (!(await app.db.write((tx) => removeUnclaimed(tx, id)))) continue;
      removed += 1;
      await app.storage.remove(storageKey);
    }
    if (rows.length < AT_ONCE || removed === 0) return;
  }
}

/** Removes what no row points at: files of deleted repositories, and what a crash left. */
export async function sweepAttachments(app: App, signal: AbortSignal): Promise<void> {
  const aged = await app.storage.list('attachments', app.clock.now() - ORPHANED_AFTER);
  for (let from = 0; from < aged.length && !signal.aborted; from += AT_ONCE) {
    const keys = aged.slice(from, from + AT_ONCE);
    const known = new Set(await attachmentKeysAmong(app.db.read, keys));
    for (const key of keys.filter((one) => !known.has(one))) await app.storage.remove(key);
  }
}
