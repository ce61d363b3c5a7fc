// Where a file's bytes come from: a blob of git, or the large file (Git LFS) that a pointer in the blob's place stands for.
import type { App } from '../../platform/app.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import type { LfsPointer } from '../lfs/lfs.types.ts';
import {
  findLfsObject,
  MOST_POINTER_BYTES,
  parsePointer,
  readLfsObject,
} from '../lfs/lfs-objects.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { ByteRange } from './byte-ranges.service.ts';
import type { FoundEntry } from './code.types.ts';
import { outputOf } from './streams.service.ts';

/** Bytes up to which a blob is read into memory to be streamed; larger ones come from a process. */
const IN_MEMORY = 4 * 1024 * 1024;

export interface FileSource {
  /** The same for the same bytes, whatever holds them. */
  key: string;
  /** Bytes. */
  size: number;
  /** The blob's own id. */
  oid: Oid;
  /** The pointer, where the blob is one. */
  pointer?: LfsPointer;
  /** Whether the pointer's content is here; then it is what is read. */
  isResolved: boolean;
  /** Everything; call it for what is small enough. */
  read(): Promise<Buffer>;
  /** The first bytes, a few kilobytes at least where there are so many. */
  start(): Promise<Buffer>;
  /** The bytes of a range; `signal` ends the process that may bring them. */
  chunks(range: ByteRange, signal?: AbortSignal): AsyncGenerator<Buffer>;
}

/** The source of a file's content; undefined when the blob is missing. Pointers are followed within the repository only. */
export async function findSource(
  app: App,
  open: OpenRepository,
  entry: FoundEntry,
): Promise<FileSource | undefined> {
  const blob = await blobSource(app, open, entry.oid);
  if (!blob || entry.mode === '120000' || blob.size > MOST_POINTER_BYTES) return blob;
  const pointer = parsePointer(await blob.read());
  if (!pointer) return blob;
  const found = await findLfsObject(app, open, pointer.oid);
  if (!found || found.size !== pointer.size) return { ...blob, pointer };
  const chunks = async function* ({ from, to }: ByteRange): AsyncGenerator<Buffer> {
    if (to > from) yield* readLfsObject(app, found, { start: from, end: to - 1 });
  };
  return {
    key: `sha256:${pointer.oid}`,
    size: found.size,
    oid: entry.oid,
    pointer,
    isResolved: true,
    read: () => joined(chunks({ from: 0, to: found.size })),
    start: () => joined(chunks({ from: 0, to: Math.min(found.size, 16 * 1024) })),
    chunks,
  };
}

/** Where the bytes of a blob come from, whatever they stand for. */
export async function blobSource(app: App, open: OpenRepository, oid: Oid): Promise<FileSource | undefined> {
  const objects = app.git.objects(open.dir);
  const info = await objects.info(oid);
  if (!info) return undefined;
  const { size } = info;
  let whole: Promise<Buffer> | undefined;
  const read = () => {
    whole ??= objects.read(oid, Math.max(size, 1)).then((object) => object?.data ?? Buffer.alloc(0));
    return whole;
  };
  const streamed = (signal?: AbortSignal) =>
    outputOf(() => app.git.spawn(['cat-file', 'blob', oid], { dir: open.dir }), signal);
  return {
    key: oid,
    size,
    oid,
    isResolved: false,
    read,
    async start() {
      if (size <= IN_MEMORY) return read();
      for await (const chunk of streamed()) return chunk;
      return Buffer.alloc(0);
    },
    async *chunks(range, signal) {
      if (size <= IN_MEMORY) yield (await read()).subarray(range.from, range.to);
      else yield* partOf(streamed(signal), range);
    },
  };
}

async function joined(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

/** The bytes of a range out of chunks that begin at the blob's start. */
async function* partOf(source: AsyncGenerator<Buffer>, part: ByteRange): AsyncGenerator<Buffer> {
  let at = 0;
  for await (const chunk of source) {
    const from = Math.max(0, part.from - at);
    const to = Math.min(chunk.length, part.to - at);
    if (from < to) yield chunk.subarray(from, to);
    at += chunk.length;
    if (at >= part.to) return;
  }
  throw new Error('git cat-file ended before the end of the blob');
}
