// Loads native addons in the executable: unpacked under their checksum, compared with what was shipped, then linked.
// From sources the packages load their own; the build redirects them to `loadAddon`.
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { AppError } from '../../base/errors.ts';
import { resource, resourceNames } from './resources.ts';

const DIRECTORY = 'opencodehub.addon-directory';
const UNPACK_ATTEMPTS = 3;

const loaded = new Map<string, unknown>();

/** Says where addons are unpacked. Called once at start, before the first one is needed; workers inherit it. */
export function useAddonDirectory(directory: string): void {
  setEnvironmentData(DIRECTORY, directory);
}

/** The exports of an addon shipped in the executable, by its short name (`better-sqlite3`, `argon2`). */
export function loadAddon(name: string): unknown {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const exports = link(unpackAddon(name, openAddonDirectory()));
  loaded.set(name, exports);
  return exports;
}

/**
 * Makes sure the addon lies in the directory byte for byte as shipped, and returns its path. Files that differ,
 * symbolic links and files of others are replaced, never loaded. Several processes may do this at once.
 */
function unpackAddon(name: string, directory: string): string {
  const asset = resourceNames('addons/').find((key) => key.endsWith(`-${name}.node`));
  if (asset === undefined) throw new Error(`This executable holds no addon ${name}`);
  const shipped = resource(asset);
  const path = join(directory, asset.slice('addons/'.length));
  for (let attempt = 0; attempt < UNPACK_ATTEMPTS; attempt++) {
    if (isAsShipped(path, shipped)) return path;
    writeAside(path, shipped);
  }
  throw new AppError('unavailable', `${path} is changed by somebody else while this program writes it.`);
}

/** Whether the path holds a regular file of ours (or root's) that equals what was shipped. */
function isAsShipped(path: string, shipped: Buffer): boolean {
  const file = openWithoutFollowing(path);
  if (file === undefined) return false;
  try {
    const stat = fstatSync(file);
    const safe = stat.isFile() && isTrustedOwner(stat.uid) && !isWritableByOthers(stat.mode);
    return safe && stat.size === shipped.length && readFileSync(file).equals(shipped);
  } finally {
    closeSync(file);
  }
}

function openWithoutFollowing(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
}

/** Writes under a name nobody can guess, flushes, and renames, so that no half-written file is ever seen. */
function writeAside(path: string, bytes: Buffer): void {
  const temporary = `${path}.${randomBytes(8).toString('hex')}`;
  const file = openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o500);
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    fsyncSync(file);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

/** Creates the directory if needed and refuses one that others could write to. */
function openAddonDirectory(): string {
  const configured = getEnvironmentData(DIRECTORY);
  if (typeof configured !== 'string') throw new Error('useAddonDirectory was not called');
  mkdirSync(configured, { recursive: true, mode: 0o700 });
  const directory = realpathSync(configured);
  const stat = statSync(directory);
  if (isTrustedOwner(stat.uid) && !isWritableByOthers(stat.mode)) return directory;
  throw new AppError(
    'unavailable',
    `${directory} belongs to or can be written by others, who could put their code into it. Run chmod 700 on it, or set data.addon_directory.`,
  );
}

function isTrustedOwner(uid: number): boolean {
  return uid === 0 || uid === process.getuid?.();
}

function isWritableByOthers(mode: number): boolean {
  return (mode & 0o022) !== 0;
}

function link(path: string): unknown {
  const module: { exports: unknown } = { exports: {} };
  try {
    process.dlopen(module, path);
  } catch (cause) {
    throw new AppError(
      'unavailable',
      `${path} cannot be loaded: ${(cause as Error).message}. Where it lies on a file system mounted noexec, set data.addon_directory.`,
      { cause },
    );
  }
  return module.exports;
}
