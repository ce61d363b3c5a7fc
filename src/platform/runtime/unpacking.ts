// Puts a shipped file on the disk so that nobody else's bytes can take its place, even when several processes do it at once.
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
import { sha256Hex } from '../../base/crypto.ts';
import { AppError } from '../../base/errors.ts';

const ATTEMPTS = 3;

/** Creates the directory if needed (mode 0700) and resolves it; throws AppError when others could write to it. */
export function openPrivateDirectory(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const directory = realpathSync(path);
  const stat = statSync(directory);
  if (isTrustedOwner(stat.uid) && !isWritableByOthers(stat.mode)) return directory;
  throw new AppError(
    'unavailable',
    `${directory} belongs to others or can be written by them, who could put their code there. Run chmod 700 on it, or set data.addon_directory.`,
  );
}

/**
 * Makes sure that `directory/name` holds bytes with this SHA-256, and returns its path. A file that differs, a symbolic
 * link or a file of somebody else is replaced. The directory comes from openPrivateDirectory; the shipped bytes are
 * asked for only when they are needed.
 */
export function unpackFile(directory: string, name: string, sha256: string, shipped: () => Buffer): string {
  const path = join(directory, name);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (holds(path, sha256)) return path;
    writeAside(path, shipped());
  }
  throw new AppError('unavailable', `${path} is changed by somebody else while this program writes it.`);
}

/** Whether the path is a regular file of ours (or root's), safe from others, with this hash. */
function holds(path: string, sha256: string): boolean {
  const file = openWithoutFollowing(path);
  if (file === undefined) return false;
  try {
    const stat = fstatSync(file);
    const safe = stat.isFile() && isTrustedOwner(stat.uid) && !isWritableByOthers(stat.mode);
    return safe && sha256Hex(readFileSync(file)) === sha256;
  } finally {
    closeSync(file);
  }
}

/** Non-blocking, since a named pipe would hold the open until somebody writes. */
function openWithoutFollowing(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
}

/** Writes under a name nobody can guess, flushes, and renames: no half-written file is ever seen, even after a crash. */
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

function isTrustedOwner(uid: number): boolean {
  return uid === 0 || uid === process.getuid?.();
}

function isWritableByOthers(mode: number): boolean {
  return (mode & 0o022) !== 0;
}
