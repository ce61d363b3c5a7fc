// The entries a walk looks for, and their comparison with a directory as raw tree data.
import { type BloomFilter, mayContain, type PathKey, pathKey } from '../changed-paths.ts';
import { entryBounds } from '../parse-tree.ts';

const SLASH = 47;

export interface Entry {
  /** Raw bytes as latin1. */
  name: string;
  /** Mode as git compares it, and object id: what the entry was at the commit asked for and all the way down. */
  content: string;
  key: PathKey | undefined;
}

/** Reads the entries of a directory; `path` is its own path, empty for the root. */
export function readEntries(
  data: Buffer,
  oidLength: number,
  path: Buffer,
  bloomVersion: 1 | 2 | undefined,
): Entry[] {
  const entries: Entry[] = [];
  const prefix = path.length > 0 ? Buffer.concat([path, Buffer.of(SLASH)]) : path;
  for (let at = 0; at < data.length; ) {
    const { space, zero, end } = entryBounds(data, at, oidLength);
    const full = bloomVersion && Buffer.concat([prefix, data.subarray(space + 1, zero)]);
    entries.push({
      name: data.toString('latin1', space + 1, zero),
      content: contentOf(data, at, space, zero, end),
      key: full ? pathKey(full, bloomVersion) : undefined,
    });
    at = end;
  }
  return entries;
}

/** Splits entries into those that are the same in a directory and those that differ or are missing there. */
export function compareEntries(
  data: Buffer,
  oidLength: number,
  entries: readonly Entry[],
): { same: readonly Entry[]; other: readonly Entry[] } {
  const wanted = new Map(entries.map((entry) => [entry.name, entry]));
  const same: Entry[] = [];
  for (let at = 0; at < data.length && wanted.size > 0; ) {
    const { space, zero, end } = entryBounds(data, at, oidLength);
    const name = data.toString('latin1', space + 1, zero);
    const entry = wanted.get(name);
    if (entry && contentOf(data, at, space, zero, end) === entry.content) {
      same.push(entry);
      wanted.delete(name);
    }
    at = end;
  }
  return { same, other: wanted.size === entries.length ? entries : [...wanted.values()] };
}

/** Splits entries into those a commit left alone for certain and those it may have changed. */
export function sievedEntries(
  filter: BloomFilter,
  entries: readonly Entry[],
): { same: readonly Entry[]; maybe: readonly Entry[] } {
  let maybe: Entry[] | undefined;
  // Most commits leave all alone: then nothing is made anew.
  for (const entry of entries) {
    if (entry.key && !mayContain(filter, entry.key)) continue;
    maybe ??= [];
    maybe.push(entry);
  }
  if (!maybe) return { same: entries, maybe: [] };
  const doubtful = new Set(maybe);
  return { same: entries.filter((entry) => !doubtful.has(entry)), maybe };
}

function contentOf(data: Buffer, at: number, space: number, zero: number, end: number): string {
  return canonicalMode(data.toString('latin1', at, space)) + data.toString('latin1', zero + 1, end);
}

/** Old trees hold other permissions, which git reads as one of five modes. */
function canonicalMode(mode: string): string {
  if (mode === '100644' || mode === '40000' || mode === '100755') return mode;
  const bits = Number.parseInt(mode, 8);
  switch (bits & 0o170000) {
    case 0o100000:
      return bits & 0o100 ? '100755' : '100644';
    case 0o120000:
      return '120000';
    case 0o040000:
      return '40000';
    default:
      return '160000';
  }
}
