// Parses the records of `git diff-tree --raw -z`, which name every file before the patches begin:
//   :<old mode> <new mode> <old id> <new id> <status>\0<path>\0[<new path>\0]
import type { DiffFile, DiffStatus } from './diff.types.ts';
import type { Oid } from './git.types.ts';

const COLON = 58;
/** A record that is longer than this is none. */
const LONGEST_RECORD = 64 * 1024;

export interface RawRecords {
  readonly files: DiffFile[];
  /** Files in the diff, also those that are not listed. */
  count(): number;
  /** Takes output; returns where the patches begin in this chunk, or undefined while there may be more records. */
  push(chunk: Buffer): number | undefined;
}

/** Starts to read records; the first `most` files are listed. */
export function readRawRecords(most: number): RawRecords {
  const files: DiffFile[] = [];
  let count = 0;
  let rest: Buffer = Buffer.alloc(0);

  function readRecord(data: Buffer, at: number): number | undefined {
    const headEnd = data.indexOf(0, at);
    const head = data.toString('latin1', at + 1, headEnd).split(' ');
    const letter = head[4] ?? '';
    const oneEnd = headEnd < 0 ? -1 : data.indexOf(0, headEnd + 1);
    const hasTwo = letter.startsWith('R') || letter.startsWith('C');
    const end = hasTwo && oneEnd >= 0 ? data.indexOf(0, oneEnd + 1) : oneEnd;
    if (end < 0) return undefined;
    count++;
    if (files.length < most) {
      const oldPath = Buffer.from(data.subarray(headEnd + 1, oneEnd));
      files.push(newFile(head, oldPath, hasTwo ? Buffer.from(data.subarray(oneEnd + 1, end)) : oldPath));
    }
    return end + 1;
  }

  return {
    files,
    count: () => count,
    push(chunk) {
      const before = rest.length;
      const data = before > 0 ? Buffer.concat([rest, chunk]) : chunk;
      let at = 0;
      while (at < data.length) {
        // A lone NUL ends the records.
        if (data[at] !== COLON) return Math.max(0, (data[at] === 0 ? at + 1 : at) - before);
        const next = readRecord(data, at);
        if (next === undefined) break;
        at = next;
      }
      rest = Buffer.from(data.subarray(at));
      if (rest.length > LONGEST_RECORD) throw new Error('git diff-tree wrote a record without an end.');
      return undefined;
    },
  };
}

function newFile(head: readonly string[], oldPathBytes: Buffer, newPathBytes: Buffer): DiffFile {
  const [oldMode = '', newMode = '', oldOid = '', newOid = '', letter = ''] = head;
  const similarity = Number.parseInt(letter.slice(1), 10);
  return {
    status: (letter[0] ?? 'M') as DiffStatus,
    oldPath: oldPathBytes.toString('utf8'),
    newPath: newPathBytes.toString('utf8'),
    oldPathBytes,
    newPathBytes,
    oldMode,
    newMode,
    oldOid: existing(oldOid),
    newOid: existing(newOid),
    ...(Number.isNaN(similarity) ? {} : { similarity }),
    binary: false,
    submodule: oldMode === '160000' || newMode === '160000',
    tooLarge: false,
    additions: undefined,
    deletions: undefined,
    hunks: [],
  };
}

function existing(oid: string): Oid | undefined {
  return /^0+$/.test(oid) ? undefined : oid;
}
