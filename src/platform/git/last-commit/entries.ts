// The entries a walk looks for, and their comparison with a directory as raw tree data. Directories may have 100,000
// entries, so both go step by step: the caller decides when to give other work a turn.
import { type BloomFilter, mayContain, type PathKey, pathKey } from '../changed-paths.ts';
import { entryBounds } from '../parse-tree.ts';

const SLASH = 47;
const STEP = 500;

export interface Entry {
  /** Raw bytes as latin1. */
  name: string;
  /** Mode as git compares it: this and the id are what the entry is at the commit asked for and all the way down. */
  mode: string;
  /** Where its id begins in the data it was read from. */
  at: number;
  key: PathKey | undefined;
  /** The number of the comparison that looks for it now. */
  wantedBy: number;
}

/** The directory as it is at the commit asked for. */
export interface Directory {
  data: Buffer;
  oidLength: number;
  entries: Entry[];
  byName: Map<string, Entry>;
  comparisons: number;
}

/** Reads the entries of a directory; `path` is its own path, empty for the root. */
export function* readDirectory(
  data: Buffer,
  oidLength: number,
  path: Buffer,
  bloomVersion: 1 | 2 | undefined,
): Generator<undefined, Directory> {
  const prefix = path.length > 0 ? Buffer.concat([path, Buffer.of(SLASH)]) : path;
  const directory: Directory = { data, oidLength, entries: [], byName: new Map(), comparisons: 0 };
  for (let at = 0; at < data.length; ) {
    const { space, zero, end } = entryBounds(data, at, oidLength);
    const full = bloomVersion && Buffer.concat([prefix, data.subarray(space + 1, zero)]);
    const entry: Entry = {
      name: data.toString('latin1', space + 1, zero),
      mode: canonicalMode(data.toString('latin1', at, space)),
      at: zero + 1,
      key: full ? pathKey(full, bloomVersion) : undefined,
      wantedBy: 0,
    };
    directory.entries.push(entry);
    directory.byName.set(entry.name, entry);
    if (directory.entries.length % STEP === 0) yield;
    at = end;
  }
  return directory;
}

/** Splits entries into those that are the same in another commit's directory and those that differ or are missing. */
export function* compareEntries(
  directory: Directory,
  other: Buffer,
  entries: readonly Entry[],
): Generator<undefined, { same: readonly Entry[]; other: readonly Entry[] }> {
  const { byName, oidLength } = directory;
  const number = ++directory.comparisons;
  for (const entry of entries) entry.wantedBy = number;
  const same: Entry[] = [];
  let steps = 0;
  for (let at = 0; at < other.length && same.length < entries.length; ) {
    const { space, zero, end } = entryBounds(other, at, oidLength);
    const entry = byName.get(other.toString('latin1', space + 1, zero));
    if (entry?.wantedBy === number && isSame(directory, entry, other, { at, space, zero, end })) {
      same.push(entry);
      entry.wantedBy = 0;
    }
    if (++steps % STEP === 0) yield;
    at = end;
  }
  if (same.length === 0) return { same, other: entries };
  return { same, other: entries.filter((entry) => entry.wantedBy === number) };
}

function isSame(
  { data, oidLength }: Directory,
  entry: Entry,
  other: Buffer,
  bounds: { at: number; space: number; zero: number; end: number },
): boolean {
  const { at, space, zero, end } = bounds;
  if (data.compare(other, zero + 1, end, entry.at, entry.at + oidLength) !== 0) return false;
  return canonicalMode(other.toString('latin1', at, space)) === entry.mode;
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
