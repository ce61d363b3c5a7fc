// Finds and reads one directory in commit after commit: most have it unchanged, so each step down is remembered.
import type { ObjectReader, Oid } from '../git.types.ts';
import { splitPath } from '../object-paths.ts';
import { findTreeEntry, oidLengthOf } from '../parse-tree.ts';

/** Steps remembered before starting over; a walk rarely goes back far. */
const STEPS = 20_000;
/** Trees held at once, and the bytes they may have together. */
const TREES = 96;
const BYTES = 16 * 1024 * 1024;

export interface DirectoryTrees {
  /** The directory's tree below a root tree; undefined where it is not, or not a directory. */
  find(root: Oid): Promise<Oid | undefined>;
  read(tree: Oid): Promise<Buffer>;
}

/** Reads the directory at `path` (raw bytes, empty for the root). */
export function openDirectoryTrees(objects: ObjectReader, path: Buffer): DirectoryTrees {
  const names = path.length > 0 ? splitPath(path) : [];
  const steps = new Map<string, Promise<Oid | undefined>>();
  const trees = new Map<Oid, Promise<Buffer>>();
  let largest = 1;

  const capacity = () => Math.max(4, Math.min(TREES, Math.floor(BYTES / largest)));

  function read(tree: Oid): Promise<Buffer> {
    const known = trees.get(tree);
    if (known) return known;
    const reading = objects.treeData(tree).then((data) => {
      largest = Math.max(largest, data.length);
      return data;
    });
    trees.set(tree, reading);
    for (const oldest of trees.keys()) {
      if (trees.size <= capacity()) break;
      trees.delete(oldest);
    }
    return reading;
  }

  function step(depth: number, tree: Oid, name: Buffer): Promise<Oid | undefined> {
    const key = `${depth}:${tree}`;
    const known = steps.get(key);
    if (known) return known;
    if (steps.size >= STEPS) steps.clear();
    const found = read(tree).then((data) => {
      const entry = findTreeEntry(data, name, oidLengthOf(tree));
      return entry?.type === 'tree' ? entry.oid : undefined;
    });
    steps.set(key, found);
    return found;
  }

  async function find(root: Oid): Promise<Oid | undefined> {
    let tree: Oid | undefined = root;
    for (let depth = 0; depth < names.length && tree !== undefined; depth++) {
      tree = await step(depth, tree, names[depth] ?? Buffer.alloc(0));
    }
    return tree;
  }

  return { find, read };
}
