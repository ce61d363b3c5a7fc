// Bloom filters of the paths each commit changed (gitformat-commit-graph(5), BDAT): whether a commit left a path alone
// for certain. Hashes are murmur3 with two seeds, combined as h0 + i * h1.

export interface BloomSettings {
  /** 1 hashes bytes over 127 as the writing machine's `char` had it, 2 as unsigned. */
  version: 1 | 2;
  /** Bits set for each path. */
  hashes: number;
}

export interface BloomFilter {
  bytes: Uint8Array;
  hashes: number;
}

/** A path prepared for looking it up in any filter of a version. */
export interface PathKey {
  first: number;
  second: number;
}

const FIRST_SEED = 0x293ae76f;
const SECOND_SEED = 0x7e646e2c;

/** Prepares a path; undefined where version 1 leaves open how it was hashed. */
export function pathKey(path: Uint8Array, version: 1 | 2): PathKey | undefined {
  if (version === 1 && path.some((byte) => byte > 127)) return undefined;
  return { first: murmur3(path, FIRST_SEED), second: murmur3(path, SECOND_SEED) };
}

/** Whether a path may be among those a filter was made of; false is certain. */
export function mayContain(filter: BloomFilter, key: PathKey): boolean {
  const { bytes, hashes } = filter;
  const bits = bytes.length * 8;
  let hash = key.first;
  for (let i = 0; i < hashes; i++) {
    const bit = hash % bits;
    if (((bytes[bit >>> 3] ?? 0) & (1 << (bit & 7))) === 0) return false;
    hash = (hash + key.second) >>> 0;
  }
  return true;
}

/** murmur3, 32 bits, of a byte string. */
export function murmur3(data: Uint8Array, seed: number): number {
  let hash = seed;
  const words = data.length >>> 2;
  for (let i = 0; i < words; i++) {
    hash ^= scramble(wordAt(data, i * 4, 4));
    hash = Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64;
  }
  const rest = data.length & 3;
  if (rest > 0) hash ^= scramble(wordAt(data, words * 4, rest));
  hash ^= data.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function wordAt(data: Uint8Array, at: number, length: number): number {
  let word = 0;
  for (let i = length - 1; i >= 0; i--) word = (word << 8) | (data[at + i] ?? 0);
  return word;
}

function scramble(word: number): number {
  const mixed = Math.imul(word, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}
