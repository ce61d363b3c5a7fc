// The one directory that holds everything: where each part lives. (Creation and the lock follow.)
import { join, resolve } from 'node:path';

export interface DataPaths {
  readonly root: string;
  /** The SQLite file. */
  readonly database: string;
  readonly repositories: string;
  /** SSH host keys and other secrets, mode 0700. */
  readonly keys: string;
  /** Safe to delete while stopped. */
  readonly cache: string;
  /** Sockets and pipes of the running process, emptied at start. */
  readonly runtime: string;
}

/** Names the parts of a data directory without touching the disk. */
export function dataPaths(directory: string): DataPaths {
  const root = resolve(directory);
  return {
    root,
    database: join(root, 'opencodehub.db'),
    repositories: join(root, 'repositories'),
    keys: join(root, 'keys'),
    cache: join(root, 'cache'),
    runtime: join(root, 'run'),
  };
}
