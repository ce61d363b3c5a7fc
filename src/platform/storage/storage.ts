// Files that belong to rows: kept until their row is gone, whole or not there at all.
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../base/errors.ts';
import { syncDirectory } from '../../base/sync-directory.ts';
import { readSpareBytes } from '../observability/disk.ts';

/** Names one file: words of small letters, digits and hyphens between slashes, chosen by us and never from outside. */
export type StorageKey = string;

export interface StoredFile {
  /** Bytes. */
  size: number;
  /** SHA-256 in hex. */
  sha256: string;
}

/** The first and the last byte wanted, counted from 0. */
export interface ByteSpan {
  start: number;
  end: number;
}

export interface PutOptions {
  /** More than this ends it with AppError too_large. */
  maxBytes: number;
  /** What the file must be, else AppError invalid and nothing is kept. */
  expected?: Partial<StoredFile>;
}

export interface Storage {
  /** Keeps what the chunks hold, durably, replacing what was there; a failure leaves what was there. */
  put(key: StorageKey, chunks: AsyncIterable<Uint8Array>, options: PutOptions): Promise<StoredFile>;
  /**
   * Writes chunks into a file from an offset on, which must be its present length or less (what follows is cut off).
   * What arrived before a failure is kept. Returns the length afterwards. Throws AppError too_large, and unavailable
   * when the disk is nearly full.
   */
  append(
    key: StorageKey,
    offset: number,
    chunks: AsyncIterable<Uint8Array>,
    maxBytes: number,
  ): Promise<number>;
  /** Gives a file another key in one step; `hash` reads it for its checksum first. */
  move(from: StorageKey, to: StorageKey): Promise<void>;
  /** Reads a file for its length and checksum; undefined when there is none. */
  inspect(key: StorageKey): Promise<StoredFile | undefined>;
  /** Bytes of a file; undefined when there is none. */
  size(key: StorageKey): Promise<number | undefined>;
  /** The bytes of a file or of a span of it. */
  read(key: StorageKey, span?: ByteSpan): AsyncIterable<Buffer>;
  /** Missing files are fine. */
  remove(key: StorageKey): Promise<void>;
  /** Every key below a prefix whose file was last written before an instant (milliseconds since 1970). */
  list(prefix: string, olderThan: number): Promise<StorageKey[]>;
}

const KEY = /^[a-z0-9-]+(?:\/[a-z0-9-]+)+$/;

/** Bytes after which it is looked again whether there is room. */
const LOOK_AGAIN = 32 * 1024 * 1024;

/** Opens the storage in a folder of the disk; `spare` tells how many bytes may still be written there. */
export function openStorage(folder: string, spare = () => readSpareBytes(folder)): Storage {
  const pathOf = (key: StorageKey) => {
    if (!KEY.test(key) || key.length > 100) throw new Error(`Not a storage key: ${JSON.stringify(key)}`);
    return join(folder, key);
  };
  return {
    put: (key, chunks, options) => put(pathOf(key), chunks, options),
    append: (key, offset, chunks, maxBytes) => append(pathOf(key), offset, withRoom(chunks, spare), maxBytes),
    async move(from, to) {
      await mkdir(dirname(pathOf(to)), { recursive: true, mode: 0o700 });
      await rename(pathOf(from), pathOf(to));
      await syncDirectory(dirname(pathOf(to)));
    },
    inspect: (key) => inspect(pathOf(key)),
    size: (key) => sizeOf(pathOf(key)),
    read: (key, span) => createReadStream(pathOf(key), { ...span, highWaterMark: 256 * 1024 }),
    remove: (key) => rm(pathOf(key), { force: true }),
    list: (prefix, olderThan) => list(folder, prefix, olderThan),
  };
}

async function put(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  { maxBytes, expected }: PutOptions,
): Promise<StoredFile> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const fresh = `${path}.new-${randomBytes(6).toString('hex')}`;
  try {
    const stored = await writeWhole(fresh, chunks, maxBytes);
    requireExpected(stored, expected);
    await rename(fresh, path);
    await syncDirectory(dirname(path));
    return stored;
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

async function writeWhole(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<StoredFile> {
  const hash = createHash('sha256');
  const handle = await open(path, 'wx', 0o600);
  try {
    const size = await writeChunks(handle, 0, chunks, maxBytes, (chunk) => hash.update(chunk));
    await handle.sync();
    return { size, sha256: hash.digest('hex') };
  } finally {
    await handle.close();
  }
}

async function writeChunks(
  handle: FileHandle,
  from: number,
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
  seen?: (chunk: Uint8Array) => void,
): Promise<number> {
  let size = from;
  for await (const chunk of chunks) {
    if (size + chunk.length > maxBytes) throw tooLarge();
    await handle.write(chunk, 0, chunk.length, size);
    seen?.(chunk);
    size += chunk.length;
  }
  return size;
}

function tooLarge(): AppError {
  return new AppError('too_large', 'The file is larger than was announced or is allowed here.');
}

function requireExpected(stored: StoredFile, expected: Partial<StoredFile> | undefined): void {
  const fits =
    (expected?.size ?? stored.size) === stored.size && (expected?.sha256 ?? stored.sha256) === stored.sha256;
  if (!fits)
    throw new AppError('invalid', 'What arrived is not what was announced: its size or checksum differs.');
}

async function append(
  path: string,
  offset: number,
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<number> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const handle = await open(path, offset === 0 ? 'w' : 'r+', 0o600);
  try {
    if ((await handle.stat()).size < offset)
      throw new AppError('conflict', 'The upload has fewer bytes than that: ask where it stands.');
    await handle.truncate(offset);
    try {
      return await writeChunks(handle, offset, chunks, maxBytes);
    } finally {
      await handle.sync();
      if (offset === 0) await syncDirectory(dirname(path));
    }
  } finally {
    await handle.close();
  }
}

/** Lets chunks through while the disk has room for them. */
async function* withRoom(
  chunks: AsyncIterable<Uint8Array>,
  spare: () => Promise<number>,
): AsyncGenerator<Uint8Array> {
  let unchecked = 0;
  for await (const chunk of chunks) {
    if (unchecked <= 0) {
      if ((await spare()) < LOOK_AGAIN)
        throw new AppError(
          'unavailable',
          'The disk of this server is nearly full: nothing large can be kept.',
        );
      unchecked = LOOK_AGAIN;
    }
    unchecked -= chunk.length;
    yield chunk;
  }
}

async function inspect(path: string): Promise<StoredFile | undefined> {
  const size = await sizeOf(path);
  if (size === undefined) return undefined;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }))
    hash.update(chunk as Buffer);
  return { size, sha256: hash.digest('hex') };
}

async function sizeOf(path: string): Promise<number | undefined> {
  const status = await stat(path).catch(ignoreMissing);
  return status?.isFile() ? status.size : undefined;
}

async function list(folder: string, prefix: string, olderThan: number): Promise<StorageKey[]> {
  const names = await readdir(join(folder, prefix), { recursive: true }).catch(ignoreMissing);
  const found: StorageKey[] = [];
  for (const name of names ?? []) {
    const status = await stat(join(folder, prefix, name)).catch(ignoreMissing);
    if (status?.isFile() && status.mtimeMs < olderThan) found.push(`${prefix}/${name}`);
  }
  return found;
}

function ignoreMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  return undefined;
}
