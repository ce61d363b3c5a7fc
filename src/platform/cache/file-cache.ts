// Files that can be made again, kept on disk within a bound: the least recently used go first. Many who ask for one
// that is being made get it as it grows, from the one who makes it.
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../base/errors.ts';
import { MINUTE } from '../../base/time.ts';

/** Makes a file's content; its signal is aborted when nobody waits for it any more. */
export type Making = (signal: AbortSignal) => AsyncIterable<Uint8Array>;

export interface CachedFile {
  /** Bytes; undefined while it is being made. */
  size: number | undefined;
  /** Its bytes, each time from the beginning. A reader that stops early lets go of it. */
  chunks: AsyncGenerator<Buffer>;
  /** Instead of `chunks`: the bytes from `from` up to and without `to`. Undefined while it is being made. */
  part: ((from: number, to: number) => AsyncGenerator<Buffer>) | undefined;
}

export interface GetOptions {
  /** A reader that waits for more lets go when it is aborted, and its chunks end. */
  signal?: AbortSignal;
  /** What is being made may not outgrow the bound either: its making ends with AppError too_large. */
  bounded?: boolean;
}

export interface FileCache {
  /**
   * The file of a key, made by `make` when there is none. `kind` is a folder: small letters and hyphens.
   */
  get(kind: string, key: string, make: Making, options?: GetOptions): Promise<CachedFile>;
  /** The file of a key if it is there whole. */
  find(kind: string, key: string): Promise<CachedFile | undefined>;
  /** Bytes of the file of a key if it is there whole; it is not opened. */
  sizeOf(kind: string, key: string): Promise<number | undefined>;
  /** Removes the files used longest ago until the rest fits; returns bytes left. Called by a job and after each making. */
  evict(): Promise<number>;
}

const CHUNK = 256 * 1024;
/** Milliseconds that a file stays open for whoever asked for it and does not begin to read. */
const UNREAD = MINUTE;
/** The share of the bound that one file may take. */
const LARGEST_SHARE = 0.5;

interface Filling {
  /** Where it will lie once it is whole. */
  path: string;
  /** Shared by whoever writes and reads; undefined before it is made and after the last has left. */
  handle: FileHandle | undefined;
  written: number;
  done: boolean;
  error: unknown;
  readers: number;
  stop: AbortController;
  /** Called, all of them, when more was written or it has ended. */
  waiting: Set<() => void>;
}

/** Opens the cache in a folder; `maxBytes` bounds everything in it. */
export function openFileCache(folder: string, maxBytes: number, patience = UNREAD): FileCache {
  const fillings = new Map<string, Filling>();

  const pathOf = (kind: string, key: string) => {
    if (!/^[a-z-]+$/.test(kind)) throw new Error(`Not a kind of cached files: ${kind}`);
    return join(folder, kind, createHash('sha256').update(key).digest('hex'));
  };

  async function find(kind: string, key: string): Promise<CachedFile | undefined> {
    const path = pathOf(kind, key);
    const handle = await open(path, 'r').catch(ignoreMissing);
    if (!handle) return undefined;
    const { size } = await handle.stat();
    const now = new Date();
    await utimes(path, now, now).catch(ignoreMissing);
    const kept = untilRead(handle, patience);
    return { size, chunks: wholeFile(kept), part: (from, to) => partOfFile(kept, from, to) };
  }

  function begin(path: string, make: Making, bounded: boolean): Filling {
    const filling: Filling = {
      path,
      handle: undefined,
      written: 0,
      done: false,
      error: undefined,
      readers: 0,
      stop: new AbortController(),
      waiting: new Set(),
    };
    fillings.set(path, filling);
    void fill(filling, make, bounded).finally(() => {
      if (fillings.get(path) === filling) fillings.delete(path);
    });
    return filling;
  }

  async function fill(filling: Filling, make: Making, bounded: boolean): Promise<void> {
    const fresh = `${filling.path}.new-${randomBytes(6).toString('hex')}`;
    try {
      await mkdir(dirname(fresh), { recursive: true, mode: 0o700 });
      filling.handle = await open(fresh, 'wx+', 0o600);
      for await (const chunk of make(filling.stop.signal)) {
        await writeAll(filling.handle, chunk);
        filling.written += chunk.length;
        wake(filling);
        if (bounded) await makeRoom(chunk.length);
      }
      filling.stop.signal.throwIfAborted();
      if (filling.written <= maxBytes * LARGEST_SHARE) await rename(fresh, filling.path);
    } catch (error) {
      filling.error = error;
    }
    filling.done = true;
    // Readers hold it open; on the disk it is gone unless it was renamed.
    await rm(fresh, { force: true });
    await closeUnread(filling);
    wake(filling);
    if (filling.error === undefined) await evict();
  }

  /** What is being made counts too: the rest gives way to it, until it alone is more than everything may be. */
  let unnoticed = 0;
  async function makeRoom(bytes: number): Promise<void> {
    unnoticed += bytes;
    if (unnoticed < maxBytes / 64) return;
    unnoticed = 0;
    if ((await evict()) > maxBytes) throw new AppError('too_large', 'This is too large to be made here.');
  }

  let evicting: Promise<number> | undefined;
  function evict(): Promise<number> {
    evicting ??= evictOldest(folder, maxBytes).finally(() => {
      evicting = undefined;
    });
    return evicting;
  }

  return {
    find,
    evict,
    sizeOf: async (kind, key) => (await stat(pathOf(kind, key)).catch(ignoreMissing))?.size,
    async get(kind, key, make, options = {}) {
      const path = pathOf(kind, key);
      if (!isRunning(fillings.get(path))) {
        const found = await find(kind, key);
        if (found) return found;
      }
      const running = fillings.get(path);
      const filling = isRunning(running) ? running : begin(path, make, options.bounded === true);
      return { size: undefined, chunks: growingFile(filling, options.signal), part: undefined };
    },
  };
}

function isRunning(filling: Filling | undefined): filling is Filling {
  return filling !== undefined && !filling.done && !filling.stop.signal.aborted;
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  let at = 0;
  while (at < chunk.length) at += (await handle.write(chunk, at)).bytesWritten;
}

function wake(filling: Filling): void {
  for (const call of [...filling.waiting]) call();
}

/** An open file for whoever reads it: closed when nobody begins to, as after a request for the headers alone. */
function untilRead(handle: FileHandle, patience: number): () => FileHandle {
  const timer = setTimeout(() => void handle.close(), patience).unref();
  return () => {
    clearTimeout(timer);
    return handle;
  };
}

async function* wholeFile(kept: () => FileHandle): AsyncGenerator<Buffer> {
  yield* createReadStream('', { fd: kept(), highWaterMark: CHUNK }) as AsyncIterable<Buffer>;
}

async function* partOfFile(kept: () => FileHandle, from: number, to: number): AsyncGenerator<Buffer> {
  const options = { fd: kept(), highWaterMark: CHUNK, start: from, end: to - 1 };
  yield* createReadStream('', options) as AsyncIterable<Buffer>;
}

/** Follows a file that is being written until its end; the last reader that leaves before ends the making. */
async function* growingFile(filling: Filling, signal?: AbortSignal): AsyncGenerator<Buffer> {
  filling.readers += 1;
  try {
    for (let read = 0; !signal?.aborted; ) {
      if (read < filling.written) {
        const chunk = await readSome(filling, read);
        read += chunk.length;
        yield chunk;
      } else if (!filling.done) await more(filling, signal);
      else if (filling.error === undefined) return;
      else throw filling.error;
    }
  } finally {
    filling.readers -= 1;
    if (filling.readers === 0 && !filling.done) filling.stop.abort();
    await closeUnread(filling);
  }
}

async function readSome(filling: Filling, from: number): Promise<Buffer> {
  // A reader that begins after everybody has left finds it in its place, or not at all.
  if (!filling.handle && filling.error !== undefined) throw filling.error;
  filling.handle ??= await open(filling.path, 'r');
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK, filling.written - from));
  const { bytesRead } = await filling.handle.read(buffer, 0, buffer.length, from);
  if (bytesRead === 0) throw new Error('a cached file is shorter than was written');
  return buffer.subarray(0, bytesRead);
}

function more(filling: Filling, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const call = () => {
      filling.waiting.delete(call);
      signal?.removeEventListener('abort', call);
      resolve();
    };
    filling.waiting.add(call);
    signal?.addEventListener('abort', call, { once: true });
  });
}

async function closeUnread(filling: Filling): Promise<void> {
  if (!filling.done || filling.readers > 0) return;
  const { handle } = filling;
  filling.handle = undefined;
  await handle?.close();
}

async function evictOldest(folder: string, maxBytes: number): Promise<number> {
  const files: { path: string; size: number; usedAt: number }[] = [];
  for (const name of (await readdir(folder, { recursive: true }).catch(ignoreMissing)) ?? []) {
    const path = join(folder, name);
    const status = await stat(path).catch(ignoreMissing);
    if (status?.isFile()) files.push({ path, size: status.size, usedAt: status.mtimeMs });
  }
  files.sort((a, b) => a.usedAt - b.usedAt);
  let total = files.reduce((sum, file) => sum + file.size, 0);
  for (const file of files) {
    if (total <= maxBytes) break;
    if (file.path.includes('.new-')) continue;
    await rm(file.path, { force: true });
    total -= file.size;
  }
  return total;
}

function ignoreMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  return undefined;
}
