// Commands run by root work as whoever runs the server, so that they leave no files which the server cannot write.
import { statSync } from 'node:fs';
import { dataPaths } from '../../platform/config/data-directory.ts';

/** Gives up root for the owner of the data: of the database if there is one, else of the directory. */
export function becomeOwner(directory: string): void {
  if (process.getuid?.() !== 0) return;
  const paths = dataPaths(directory);
  const owner =
    statSync(paths.database, { throwIfNoEntry: false }) ?? statSync(paths.root, { throwIfNoEntry: false });
  if (!owner || owner.uid === 0) return;
  process.setgroups?.([owner.gid]);
  process.setgid?.(owner.gid);
  process.setuid?.(owner.uid);
}
