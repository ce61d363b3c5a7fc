// Reads parts of a commit-graph file on demand: pages of 64 KiB, the recently used ones of all repositories kept.
// Reads are synchronous: they cost microseconds from the page cache, and a walk makes millions of them.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { LRUCache } from 'lru-cache';

const PAGE = 64 * 1024;
/** Each page also holds the first bytes of the next, so that no record has to be put together from two. */
const OVERLAP = 1024;
const KEPT_BYTES = 32 * 1024 * 1024;
/** Pages one open file refers to; a longer walk through a huge file starts over. */
const PAGES_PER_FILE = 1024;

const kept = new LRUCache<string, Buffer>({ maxSize: KEPT_BYTES, sizeCalculation: (page) => page.length });

export interface PagedFile {
  readonly size: number;
  uint32(offset: number): number;
  /** A view of up to OVERLAP bytes, valid until the next call. */
  view(offset: number, length: number): Buffer;
  close(): void;
}

/** A commit-graph that cannot be what git wrote: everything in it can be read from the objects instead. */
export class DamagedGraph extends Error {
  constructor(why: string) {
    super(`A commit-graph is damaged: ${why}.`);
  }
}

/** Opens a file; undefined when there is none. */
export function openPagedFile(path: string): PagedFile | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return undefined;
  }
  const { dev, ino, size: bytes, mtimeNs } = fstatSync(fd, { bigint: true });
  const size = Number(bytes);
  const identity = `${dev}:${ino}:${size}:${mtimeNs}`;
  let pages = new Map<number, Buffer>();

  function load(number: number): Buffer {
    if (pages.size >= PAGES_PER_FILE) pages = new Map();
    const key = `${identity}:${number}`;
    const page = kept.get(key) ?? readPage(fd, number * PAGE);
    kept.set(key, page);
    pages.set(number, page);
    return page;
  }

  function pageAt(offset: number): Buffer {
    const number = Math.floor(offset / PAGE);
    return pages.get(number) ?? load(number);
  }

  return {
    size,
    uint32(offset) {
      if (offset + 4 > size) throw new DamagedGraph('it is cut short');
      return pageAt(offset).readUInt32BE(offset % PAGE);
    },
    view(offset, length) {
      if (offset + length > size) throw new DamagedGraph('it is cut short');
      const at = offset % PAGE;
      if (length <= OVERLAP) return pageAt(offset).subarray(at, at + length);
      const whole = Buffer.alloc(length);
      return whole.subarray(0, readSync(fd, whole, 0, length, offset));
    },
    close: () => closeSync(fd),
  };
}

function readPage(fd: number, offset: number): Buffer {
  const page = Buffer.allocUnsafeSlow(PAGE + OVERLAP);
  return page.subarray(0, readSync(fd, page, 0, page.length, offset));
}
