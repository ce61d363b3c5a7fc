// Parses tree objects: a run of `<octal mode> <name>\0<object id as bytes>`.
import type { Oid, TreeEntry } from './git.types.ts';

const SPACE = 32;
/** Entries read between two moments at which other work may get a turn. */
const STEP = 500;

/** The entries of a tree object, in git's order, step by step. `oidLength` is 20 bytes for sha1 and 32 for sha256. */
export function* parseTree(data: Buffer, oidLength: number): Generator<undefined, TreeEntry[]> {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < data.length; ) {
    const { space, zero, end } = entryBounds(data, at, oidLength);
    entries.push(entryOf(data, at, space, zero, end));
    if (entries.length % STEP === 0) yield;
    at = end;
  }
  return entries;
}

/** The entry of one name, found without looking at what it need not: quick also among 100,000 entries. */
export function findTreeEntry(data: Buffer, name: Buffer, oidLength: number): TreeEntry | undefined {
  for (let at = 0; at < data.length; ) {
    const { space, zero, end } = entryBounds(data, at, oidLength);
    const same =
      zero - space - 1 === name.length && data.compare(name, 0, name.length, space + 1, zero) === 0;
    if (same) return entryOf(data, at, space, zero, end);
    at = end;
  }
  return undefined;
}

/** Where an entry's mode, name and id end. Throws when the object is cut short. */
export function entryBounds(data: Buffer, at: number, oidLength: number) {
  // Modes have 5 or 6 digits in every tree git has written.
  let space = at + 5;
  if (data[space] !== SPACE) space = data[at + 6] === SPACE ? at + 6 : data.indexOf(SPACE, at);
  const zero = data.indexOf(0, space + 1);
  const end = zero + 1 + oidLength;
  if (space < at || zero < 0 || end > data.length) throw new Error('A tree object is damaged.');
  return { space, zero, end };
}

/** Length in bytes of the ids of the object format that `oid` is of. */
export function oidLengthOf(oid: Oid): number {
  return oid.length / 2;
}

function entryOf(data: Buffer, at: number, space: number, zero: number, end: number): TreeEntry {
  const mode = data.toString('latin1', at, space);
  return {
    mode,
    type: typeOfMode(mode),
    nameBytes: data.subarray(space + 1, zero),
    name: data.toString('utf8', space + 1, zero),
    oid: data.toString('hex', zero + 1, end),
  };
}

function typeOfMode(mode: string): TreeEntry['type'] {
  if (mode === '40000' || mode === '040000') return 'tree';
  return mode === '160000' ? 'commit' : 'blob';
}
