// Parses tree objects: a run of `<octal mode> <name>\0<object id as bytes>`.
import type { Oid, TreeEntry } from './git.types.ts';

/** The entries of a tree object, in git's order. `oidLength` is 20 bytes for sha1 and 32 for sha256. */
export function parseTree(data: Buffer, oidLength: number): TreeEntry[] {
  const entries: TreeEntry[] = [];
  let at = 0;
  while (at < data.length) {
    const space = data.indexOf(32, at);
    const zero = data.indexOf(0, space + 1);
    if (space < 0 || zero < 0 || zero + oidLength >= data.length + 1)
      throw new Error('A tree object is damaged.');
    const mode = data.toString('latin1', at, space);
    const nameBytes = data.subarray(space + 1, zero);
    at = zero + 1 + oidLength;
    const oid = data.toString('hex', zero + 1, at);
    entries.push({ mode, type: typeOfMode(mode), nameBytes, name: nameBytes.toString('utf8'), oid });
  }
  return entries;
}

/** Length in bytes of the ids of the object format that `oid` is of. */
export function oidLengthOf(oid: Oid): number {
  return oid.length / 2;
}

function typeOfMode(mode: string): TreeEntry['type'] {
  if (mode === '40000' || mode === '040000') return 'tree';
  return mode === '160000' ? 'commit' : 'blob';
}
