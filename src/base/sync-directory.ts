// Makes what happened to the names in a directory survive a power failure.
import { open } from 'node:fs/promises';

/** Syncs a directory: files that were made, renamed or removed in it stay so. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
