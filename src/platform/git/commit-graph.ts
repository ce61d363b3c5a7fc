// The commit-graph of a repository: one file, or a chain of them (`commit-graphs/commit-graph-chain`). Positions count
// through the chain, lowest file first. What is not in it, younger commits mostly, has to be read as an object.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { alternatesOf } from './alternates.ts';
import type { BloomFilter } from './changed-paths.ts';
import { DamagedGraph } from './commit-graph-file.ts';
import { type GraphLayer, openGraphLayer } from './commit-graph-layer.ts';
import type { Oid, RepoDir } from './git.types.ts';

const LONGEST_CHAIN = 64;

export interface CommitGraph {
  readonly count: number;
  /** Version of the Bloom filters; undefined when there are none. Layers with another version count as without. */
  readonly bloomVersion: 1 | 2 | undefined;
  find(oid: Oid): number | undefined;
  oid(position: number): Oid;
  tree(position: number): Oid;
  parents(position: number): number[];
  level(position: number): number;
  /** When it was committed, in seconds since 1970. */
  time(position: number): number;
  filter(position: number): BloomFilter | undefined;
  close(): void;
}

/** Opens the commit-graph as it is now; undefined when there is none that can be trusted. Close it after use. */
export function openCommitGraph(dir: RepoDir): CommitGraph | undefined {
  // Parents cut off by `shallow` are still in the graph.
  if (existsSync(join(dir, 'shallow'))) return undefined;
  const places = [join(dir, 'objects'), ...alternatesOf(dir)].map((objects) => join(objects, 'info'));
  for (const [index, info] of places.entries()) {
    const single = openGraphLayer(join(info, 'commit-graph'));
    if (single?.bases === 0) return graphOf([single]);
    single?.close();
    const chain = openChain(places.slice(index).map((place) => join(place, 'commit-graphs')));
    if (chain) return chain;
  }
  return undefined;
}

/** The chain of the first folder; its lower layers may lie in the others, which the repository shares. */
function openChain(folders: string[]): CommitGraph | undefined {
  const layers: GraphLayer[] = [];
  for (const hash of chainOf(folders[0] ?? '')) {
    const layer = openFirst(folders.map((folder) => join(folder, `graph-${hash}.graph`)));
    // Merged and removed while it was being read: the layers below are still good by themselves.
    if (!layer || layer.bases !== layers.length) {
      layer?.close();
      break;
    }
    layers.push(layer);
  }
  return layers.length > 0 ? graphOf(layers) : undefined;
}

function openFirst(paths: string[]): GraphLayer | undefined {
  for (const path of paths) {
    const layer = openGraphLayer(path);
    if (layer) return layer;
  }
  return undefined;
}

function chainOf(folder: string): string[] {
  try {
    const lines = readFileSync(join(folder, 'commit-graph-chain'), 'latin1').split('\n');
    return lines.filter((line) => /^[0-9a-f]{40,64}$/.test(line)).slice(0, LONGEST_CHAIN);
  } catch {
    return [];
  }
}

function graphOf(layers: GraphLayer[]): CommitGraph {
  const starts: number[] = [];
  let count = 0;
  for (const layer of layers) {
    starts.push(count);
    count += layer.count;
  }
  const bloomVersion = layers.findLast((layer) => layer.bloom)?.bloom?.version;

  /** Runs a question on the layer that holds a position. */
  function at<T>(position: number, ask: (layer: GraphLayer, index: number) => T): T {
    for (let i = layers.length - 1; i >= 0; i--) {
      const [layer, start] = [layers[i], starts[i]];
      if (layer && start !== undefined && position >= start && position < count)
        return ask(layer, position - start);
    }
    throw new DamagedGraph('it names a commit that it does not have');
  }

  return {
    count,
    bloomVersion,
    find(oid) {
      const bytes = Buffer.from(oid, 'hex');
      for (let i = layers.length - 1; i >= 0; i--) {
        const index = layers[i]?.find(bytes);
        if (index !== undefined) return (starts[i] ?? 0) + index;
      }
      return undefined;
    },
    oid: (position) => at(position, (layer, index) => layer.oid(index)),
    tree: (position) => at(position, (layer, index) => layer.tree(index)),
    parents: (position) => at(position, (layer, index) => layer.parents(index)),
    level: (position) => at(position, (layer, index) => layer.level(index)),
    time: (position) => at(position, (layer, index) => layer.time(index)),
    filter: (position) =>
      at(position, (layer, index) =>
        layer.bloom?.version === bloomVersion ? layer.filter(index) : undefined,
      ),
    close: () => {
      for (const layer of layers) layer.close();
    },
  };
}
