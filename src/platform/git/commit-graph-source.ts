// Commits for a walk: from the commit-graph where they are in it, else read as objects. Each is known by a number:
// its position in the graph, or, for others, one counted on from the graph's end.
import type { BloomFilter } from './changed-paths.ts';
import type { CommitGraph } from './commit-graph.ts';
import type { ObjectReader, Oid } from './git.types.ts';

/** Levels have 30 bits; commits outside the graph are younger than all in it and ordered by time. */
const OUTSIDE = 2 ** 31;

export interface CommitSource {
  /** The number of a commit; undefined when there is no such commit. */
  find(oid: Oid): Promise<number | undefined>;
  /** The number without reading anything, for a commit that need not exist. */
  peek(oid: Oid): number | undefined;
  oid(node: number): Oid;
  tree(node: number): Oid;
  /** Larger than that of any ancestor, as far as clocks were right. */
  order(node: number): number;
  /** Parents; those of commits outside the graph are read, hence a promise. Missing ones are left out. */
  parents(node: number): number[] | Promise<number[]>;
  filter(node: number): BloomFilter | undefined;
}

interface OutsideCommit {
  oid: Oid;
  tree: Oid;
  parents: Oid[];
  order: number;
}

/** Opens a source over a graph, which may be missing. */
export function openCommitSource(objects: ObjectReader, graph: CommitGraph | undefined): CommitSource {
  const inGraph = graph?.count ?? 0;
  const outside: OutsideCommit[] = [];
  const numbers = new Map<Oid, number>();

  function outsideAt(node: number): OutsideCommit {
    const commit = outside[node - inGraph];
    if (!commit) throw new Error('The walk asked for a commit that it never met.');
    return commit;
  }

  const peek = (oid: Oid) => graph?.find(oid) ?? numbers.get(oid);

  async function find(oid: Oid): Promise<number | undefined> {
    const known = peek(oid);
    if (known !== undefined) return known;
    const commit = await objects.commit(oid);
    if (!commit) return undefined;
    const again = numbers.get(oid);
    if (again !== undefined) return again;
    const { tree, parents, committer } = commit;
    const node = inGraph + outside.length;
    outside.push({ oid, tree, parents, order: OUTSIDE + Math.max(0, committer.time / 1000) });
    numbers.set(oid, node);
    return node;
  }

  async function parentsOutside(commit: OutsideCommit): Promise<number[]> {
    const found = await Promise.all(commit.parents.map(find));
    return found.filter((node) => node !== undefined);
  }

  const isOutside = (node: number) => node >= inGraph || !graph;
  return {
    find,
    peek,
    oid: (node) => (isOutside(node) || !graph ? outsideAt(node).oid : graph.oid(node)),
    tree: (node) => (isOutside(node) || !graph ? outsideAt(node).tree : graph.tree(node)),
    order: (node) => (isOutside(node) || !graph ? outsideAt(node).order : graph.level(node)),
    parents: (node) => (isOutside(node) || !graph ? parentsOutside(outsideAt(node)) : graph.parents(node)),
    filter: (node) => (isOutside(node) || !graph ? undefined : graph.filter(node)),
  };
}
