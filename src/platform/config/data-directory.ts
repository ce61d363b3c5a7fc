// The one directory that holds everything: where each part lives, and how it is created.
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { AppError } from '../../base/errors.ts';

export interface DataPaths {
  readonly root: string;
  /** The SQLite file. */
  readonly database: string;
  readonly repositories: string;
  /** Objects shared by forks: laid out as repositories, known to nobody outside. */
  readonly pools: string;
  /** Files that belong to rows: assets of releases, LFS objects. */
  readonly storage: string;
  /** SSH host keys and other secrets, mode 0700. */
  readonly keys: string;
  /** Safe to delete while stopped. */
  readonly cache: string;
  /** Sockets and pipes of the running process, emptied at start. */
  readonly runtime: string;
}

/** The file whose lock the serving process holds; see platform/db/process-lock. */
export const LOCK_FILE = 'lock.db';

/** Names the parts of a data directory without touching the disk. */
export function dataPaths(directory: string): DataPaths {
  const root = resolve(directory);
  return {
    root,
    database: join(root, 'opencodehub.db'),
    repositories: join(root, 'repositories'),
    pools: join(root, 'pools'),
    storage: join(root, 'storage'),
    keys: join(root, 'keys'),
    cache: join(root, 'cache'),
    runtime: join(root, 'run'),
  };
}

/** Creates what is missing, open to the own user alone. Throws AppError unavailable with the remedy. */
export function createDataDirectory(paths: DataPaths): void {
  const { root, repositories, pools, storage, keys, cache, runtime } = paths;
  for (const directory of [root, repositories, pools, storage, keys, cache, runtime]) {
    try {
      makeDirectory(directory);
      const found = statSync(directory);
      if (!found.isDirectory()) throw Object.assign(new Error('not a directory'), { code: 'ENOTDIR' });
      if ((found.mode & 0o077) !== 0) chmodSync(directory, 0o700);
    } catch (error) {
      throw describeFailure(directory, error);
    }
  }
}

/** As mkdir's `recursive`, which never returns where a file system refuses new directories by ENOENT, as /proc does. */
function makeDirectory(directory: string): void {
  if (existsSync(directory)) return;
  makeDirectory(dirname(directory));
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Removes what an earlier process left of its sockets and pipes. Only for the process that holds the lock. */
export function emptyRuntimeDirectory(paths: DataPaths): void {
  for (const name of readdirSync(paths.runtime)) {
    if (!name.startsWith(LOCK_FILE)) rmSync(join(paths.runtime, name), { recursive: true, force: true });
  }
}

function describeFailure(directory: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOENT') {
    const remedy = 'give it to the user who runs this program, or choose another one with --data';
    return new AppError('unavailable', `The data directory ${directory} cannot be written: ${remedy}.`, {
      cause: error,
    });
  }
  if (code === 'EEXIST' || code === 'ENOTDIR') {
    return new AppError('unavailable', `${directory} is not a directory: choose another one with --data.`, {
      cause: error,
    });
  }
  return error;
}
