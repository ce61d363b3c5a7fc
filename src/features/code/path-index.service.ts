// All paths of a tree, laid out to be searched quickly: bytes one after the other, and what each path holds as a mask.
import { setImmediate as nextTurn } from 'node:timers/promises';

export interface PathIndex {
  /** Paths, each ended by NUL. */
  bytes: Buffer;
  count: number;
  /** Where each path starts; one more entry says where the last one ends. */
  starts: Uint32Array;
  /** Where each path's last name starts. */
  names: Uint32Array;
  /** Which characters each path holds; see `MASK_OF`. */
  masks: Uint32Array;
  /** Whether there are more paths than this. */
  isCut: boolean;
}

/** Bytes to what they count as: capital letters as small ones. */
export const FOLDED: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte,
);

/** Bytes to the bits of masks: a bit for each letter, some for digits and marks. */
export const MASK_OF: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  const folded = FOLDED[byte] ?? 0;
  if (folded >= 0x61 && folded <= 0x7a) return 1 << (folded - 0x61);
  if (folded >= 0x30 && folded <= 0x39) return 1 << (26 + (folded % 2));
  return folded === 0x2f ? 1 << 28 : folded === 0x2e ? 1 << 29 : folded < 128 ? 1 << 30 : 1 << 31;
});

/** Paths that are looked at between two turns of the event loop. */
const SLICE = 4096;
const SLASH = 0x2f;

/** Lays out the paths of `listPaths`, letting other requests in between. */
export async function indexPaths(bytes: Buffer): Promise<PathIndex> {
  const isCut = bytes.at(-1) === 0 && bytes.at(-2) === 0;
  const count = countPaths(bytes) - (isCut ? 1 : 0);
  const index: PathIndex = {
    bytes,
    count,
    isCut,
    starts: new Uint32Array(count + 1),
    names: new Uint32Array(count),
    masks: new Uint32Array(count),
  };
  for (let from = 0, at = 0; from < count; from += SLICE) {
    at = layOut(index, from, Math.min(count, from + SLICE), at);
    await nextTurn();
  }
  return index;
}

/** Bytes it holds in memory. */
export function sizeOfIndex(index: PathIndex): number {
  return index.bytes.length + index.starts.length * 12;
}

function countPaths(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(0); at >= 0; at = bytes.indexOf(0, at + 1)) count++;
  return count;
}

function layOut(index: PathIndex, from: number, to: number, start: number): number {
  const { bytes, starts, names, masks } = index;
  let at = start;
  for (let path = from; path < to; path++) {
    starts[path] = at;
    let name = at;
    let mask = 0;
    for (let byte = bytes[at] ?? 0; byte !== 0; byte = bytes[++at] ?? 0) {
      mask |= MASK_OF[byte] ?? 0;
      if (byte === SLASH) name = at + 1;
    }
    names[path] = name;
    masks[path] = mask >>> 0;
    at++;
  }
  starts[to] = at;
  return at;
}
