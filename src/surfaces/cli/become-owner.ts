// Commands run by root work as the owner of the data directory, so that they leave no files the server cannot write.
import { statSync } from 'node:fs';

/** Gives up root for the owner of an existing directory; does nothing for everybody else. */
export function becomeOwner(directory: string): void {
  if (process.getuid?.() !== 0) return;
  const owner = statSync(directory, { throwIfNoEntry: false });
  if (!owner || owner.uid === 0) return;
  process.setgroups?.([owner.gid]);
  process.setgid?.(owner.gid);
  process.setuid?.(owner.uid);
}
