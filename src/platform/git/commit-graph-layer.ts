// One file of a commit-graph (gitformat-commit-graph(5)): header, table of chunks, then chunks
//   OIDF 256 counts by first byte | OIDL sorted ids | CDAT tree, two parents, level and time | EDGE further parents
//   BIDX ends of the Bloom filters | BDAT their settings and bytes

import type { BloomFilter, BloomSettings } from './changed-paths.ts';
import { DamagedGraph, openPagedFile, type PagedFile } from './commit-graph-file.ts';

const NO_PARENT = 0x70000000;
const MORE_PARENTS = 0x80000000;
const HEADER = 8;
const TABLE_ENTRY = 12;
const BLOOM_HEADER = 12;

export interface GraphLayer {
  /** Commits in this file. */
  readonly count: number;
  readonly oidLength: number;
  /** How many files this one builds upon. */
  readonly bases: number;
  /** Undefined without usable Bloom filters. */
  readonly bloom: BloomSettings | undefined;
  find(oid: Buffer): number | undefined;
  oid(index: number): string;
  tree(index: number): string;
  /** Positions in the whole chain. */
  parents(index: number): number[];
  /** The topological level: larger than that of any parent. */
  level(index: number): number;
  /** When it was committed, in seconds since 1970. */
  time(index: number): number;
  /** The filter of the paths changed against the first parent; undefined when it was not computed. */
  filter(index: number): BloomFilter | undefined;
  close(): void;
}

/** Opens one file; undefined when it is missing or not one that is understood. */
export function openGraphLayer(path: string): GraphLayer | undefined {
  const file = openPagedFile(path);
  if (!file) return undefined;
  const layer = readable(file);
  if (!layer) file.close();
  return layer;
}

function readable(file: PagedFile): GraphLayer | undefined {
  try {
    return layerOf(file);
  } catch (error) {
    if (error instanceof DamagedGraph) return undefined;
    throw error;
  }
}

function layerOf(file: PagedFile): GraphLayer | undefined {
  const header = Buffer.from(file.view(0, HEADER));
  if (header.toString('latin1', 0, 4) !== 'CGPH' || header[4] !== 1) return undefined;
  const oidLength = header[5] === 2 ? 32 : 20;
  const chunks = chunksOf(file, header[6] ?? 0);
  const [fanout, lookup, data] = ['OIDF', 'OIDL', 'CDAT'].map((id) => chunks.get(id)?.offset);
  if (fanout === undefined || lookup === undefined || data === undefined) return undefined;
  const count = file.uint32(fanout + 255 * 4);
  const record = oidLength + 16;
  const edges = chunks.get('EDGE');
  const whole =
    chunks.get('CDAT')?.length === count * record && chunks.get('OIDL')?.length === count * oidLength;
  if (!whole) return undefined;

  const parents = (index: number): number[] => {
    const at = data + index * record + oidLength;
    const [first, second] = [file.uint32(at), file.uint32(at + 4)];
    if (first === NO_PARENT) return [];
    if (second === NO_PARENT) return [first];
    if (second < MORE_PARENTS) return [first, second];
    return [first, ...edgesFrom(file, edges, second - MORE_PARENTS)];
  };

  return {
    count,
    oidLength,
    bases: header[7] ?? 0,
    ...bloomOf(file, chunks, count),
    find: (oid) => search(file, { fanout, lookup, oidLength }, oid),
    oid: (index) => file.view(lookup + index * oidLength, oidLength).toString('hex'),
    tree: (index) => file.view(data + index * record, oidLength).toString('hex'),
    parents,
    level: (index) => file.uint32(data + index * record + oidLength + 8) >>> 2,
    time: (index) => {
      const at = data + index * record + oidLength + 8;
      return (file.uint32(at) & 3) * 2 ** 32 + file.uint32(at + 4);
    },
    close: file.close,
  };
}

interface Chunk {
  offset: number;
  length: number;
}

function chunksOf(file: PagedFile, count: number): Map<string, Chunk> {
  const chunks = new Map<string, Chunk>();
  for (let i = 0; i < count; i++) {
    const at = HEADER + i * TABLE_ENTRY;
    const offset = offsetAt(file, at + 4);
    const end = offsetAt(file, at + TABLE_ENTRY + 4);
    if (end < offset || end > file.size) return new Map();
    chunks.set(file.view(at, 4).toString('latin1'), { offset, length: end - offset });
  }
  return chunks;
}

function offsetAt(file: PagedFile, at: number): number {
  return file.uint32(at) * 2 ** 32 + file.uint32(at + 4);
}

/** Octopus merges: a list whose last number has its highest bit set. */
function edgesFrom(file: PagedFile, edges: Chunk | undefined, from: number): number[] {
  const found: number[] = [];
  const length = (edges?.length ?? 0) / 4;
  for (let i = from; edges && i < length; i++) {
    const edge = file.uint32(edges.offset + i * 4);
    found.push(edge & 0x7fffffff);
    if (edge >= MORE_PARENTS) return found;
  }
  throw new DamagedGraph('a list of parents does not end');
}

function search(
  file: PagedFile,
  { fanout, lookup, oidLength }: { fanout: number; lookup: number; oidLength: number },
  oid: Buffer,
): number | undefined {
  const first = oid[0] ?? 0;
  let low = first === 0 ? 0 : file.uint32(fanout + (first - 1) * 4);
  let high = file.uint32(fanout + first * 4);
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = file.view(lookup + middle * oidLength, oidLength).compare(oid);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return undefined;
}

function bloomOf(
  file: PagedFile,
  chunks: Map<string, Chunk>,
  count: number,
): Pick<GraphLayer, 'bloom' | 'filter'> {
  const [index, data] = [chunks.get('BIDX'), chunks.get('BDAT')];
  const none = { bloom: undefined, filter: () => undefined };
  if (!index || !data || index.length !== count * 4 || data.length < BLOOM_HEADER) return none;
  const version = file.uint32(data.offset);
  const hashes = file.uint32(data.offset + 4);
  if ((version !== 1 && version !== 2) || hashes === 0 || hashes > 64) return none;
  const room = data.length - BLOOM_HEADER;
  return {
    bloom: { version, hashes },
    filter: (at) => {
      const from = at === 0 ? 0 : file.uint32(index.offset + (at - 1) * 4);
      const to = file.uint32(index.offset + at * 4);
      // An empty one means that too many paths changed to be worth a filter.
      if (to <= from || to > room) return undefined;
      return { bytes: file.view(data.offset + BLOOM_HEADER + from, to - from), hashes };
    },
  };
}
