// `packed-refs` of the files backend: one sorted file, searched where it lies instead of being parsed as a whole.
//   # pack-refs with: peeled fully-peeled sorted
//   <oid> <name>
//   ^<oid>            what the annotated tag above peels to
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { Ref, RepoDir } from './git.types.ts';

/** Bytes of files kept, and of what was parsed of them: 200,000 refs are 13 MB and 30 MB. */
const CACHE = 48 * 1024 * 1024;
const LISTS = 48 * 1024 * 1024;
/** About what one parsed ref takes. */
const PARSED = 160;
/** Milliseconds that must lie between a change and a read for the read to be kept: file times are coarse. */
const SETTLED = 1000;
const OID = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;
const [LINE_FEED, SPACE, CARET] = [10, 32, 94];

export interface PackedRefs {
  find(name: string): Ref | undefined;
  /** Refs whose names begin with a prefix that ends in a slash, by name in byte order. Not to be changed by the caller. */
  list(prefix: string): readonly Ref[];
}

const NONE: PackedRefs = { find: () => undefined, list: () => [] };
const kept = new LRUCache<string, { identity: string; refs: PackedRefs }>({
  maxSize: CACHE,
});
const lists = new LRUCache<string, { of: PackedRefs; refs: readonly Ref[] }>({ maxSize: LISTS });

/** The packed refs as they are now; read again only when the file is another one. */
export async function readPackedRefs(dir: RepoDir): Promise<PackedRefs> {
  const path = join(dir, 'packed-refs');
  const known = kept.get(dir);
  if (known && known.identity === (await identityOf(path))?.text) return known.refs;
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return NONE;
  try {
    // The identity of what is read, even when the file is replaced meanwhile: it is replaced as a whole.
    const identity = identityFrom(await file.stat({ bigint: true }));
    const data = await file.readFile();
    const refs = keepingLists(dir, packedRefsOf(data));
    if (identity.settled) kept.set(dir, { identity: identity.text, refs }, { size: data.length + 200 });
    return refs;
  } finally {
    await file.close();
  }
}

function keepingLists(dir: RepoDir, parsed: PackedRefs): PackedRefs {
  return {
    find: parsed.find,
    list(prefix) {
      const key = `${dir}\0${prefix}`;
      const known = lists.get(key);
      if (known?.of === parsed) return known.refs;
      const refs = parsed.list(prefix);
      lists.set(key, { of: parsed, refs }, { size: refs.length * PARSED + 200 });
      return refs;
    },
  };
}

interface Identity {
  text: string;
  settled: boolean;
}

/** What tells one version of a file or folder from another; undefined when it is missing. */
export async function identityOf(path: string): Promise<Identity | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found && identityFrom(found);
}

function identityFrom(found: { ino: bigint; size: bigint; mtimeNs: bigint; ctimeNs: bigint }): Identity {
  return {
    text: `${found.ino}:${found.size}:${found.mtimeNs}:${found.ctimeNs}`,
    settled: Date.now() - Number(found.ctimeNs / 1_000_000n) > SETTLED,
  };
}

/** Makes the content of a packed-refs file searchable. */
export function packedRefsOf(content: Buffer): PackedRefs {
  const isSorted = /^# pack-refs with:.* sorted\b/.test(content.toString('latin1', 0, 200));
  const data = isSorted ? content : sortedLines(content);
  const start = data[0] === 35 ? data.indexOf(LINE_FEED) + 1 : 0;

  function lowerBound(key: Buffer): number {
    let [low, high] = [start, data.length];
    while (low < high) {
      const middle = recordAt(data, start, (low + high) >>> 1);
      if (nameOf(data, middle).compare(key) < 0) low = nextRecord(data, middle);
      else high = middle;
    }
    return low;
  }

  function listFrom(prefix: string): readonly Ref[] {
    // A prefix ends in a slash; what sorts behind everything below it begins with the next character.
    const from = lowerBound(Buffer.from(prefix));
    const to = lowerBound(Buffer.from(`${prefix.slice(0, -1)}0`));
    return parseRecords(data.toString('latin1', from, to));
  }

  return {
    find(name) {
      const key = Buffer.from(name);
      const at = lowerBound(key);
      const found = at < data.length ? nameOf(data, at) : undefined;
      if (!found?.equals(key)) return undefined;
      return parseRecords(data.toString('latin1', at, nextRecord(data, at)))[0];
    },
    list: listFrom,
  };
}

/** The beginning of the record that holds a byte; a `^` line belongs to the line above it. */
function recordAt(data: Buffer, start: number, at: number): number {
  let from = at <= start ? start : data.lastIndexOf(LINE_FEED, at - 1) + 1;
  while (data[from] === CARET && from > start) from = data.lastIndexOf(LINE_FEED, from - 2) + 1;
  return Math.max(from, start);
}

function nextRecord(data: Buffer, at: number): number {
  let next = lineEnd(data, at) + 1;
  while (data[next] === CARET) next = lineEnd(data, next) + 1;
  return next;
}

function lineEnd(data: Buffer, at: number): number {
  const end = data.indexOf(LINE_FEED, at);
  return end < 0 ? data.length : end;
}

function nameOf(data: Buffer, at: number): Buffer {
  const end = lineEnd(data, at);
  const space = data.indexOf(SPACE, at);
  return space < 0 || space > end ? data.subarray(end, end) : data.subarray(space + 1, end);
}

/** Parsed as Latin-1 to be quick; names beyond ASCII are read again as the UTF-8 they are. */
function parseRecords(text: string): Ref[] {
  const refs: Ref[] = [];
  let last: Ref | undefined;
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    if (text[at] === '^') {
      const peeled = text.slice(at + 1, end);
      if (last && OID.test(peeled)) last.peeled = peeled;
    } else {
      last = recordOf(text, at, end);
      if (last) refs.push(last);
    }
    at = end + 1;
  }
  return refs;
}

function recordOf(text: string, at: number, end: number): Ref | undefined {
  const space = text.indexOf(' ', at);
  const oid = text.slice(at, space);
  if (!OID.test(oid)) return undefined;
  const raw = text.slice(space + 1, end);
  return { name: /[\x80-\xff]/.test(raw) ? Buffer.from(raw, 'latin1').toString('utf8') : raw, oid };
}

/** Very old versions of git wrote the refs in no order. */
function sortedLines(content: Buffer): Buffer {
  const records = content.toString('latin1').split(/\n(?!\^)/);
  const named = records.filter((record) => /^[0-9a-f]{40,64} /.test(record));
  // Latin-1 text compares as its bytes do.
  const nameIn = (record: string) => record.slice(record.indexOf(' ') + 1, record.indexOf('\n') >>> 0);
  const sorted = named.toSorted((a, b) => (nameIn(a) < nameIn(b) ? -1 : 1));
  return Buffer.from(sorted.map((record) => `${record.trimEnd()}\n`).join(''), 'latin1');
}
