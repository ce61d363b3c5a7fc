// Applies changes to a tree in memory: only the directories that are touched are read, and only they are made anew.
import { invalid } from '../../base/errors.ts';
import type { ObjectFormat, Oid } from './git.types.ts';
import { splitPath } from './object-paths.ts';
import { type NewObject, newObject } from './pack-objects.ts';
import { parseTree } from './parse-tree.ts';
import { pathProblem } from './path-names.ts';
import { runInTurns } from './turns.ts';

export type FileMode = '100644' | '100755' | '120000' | '160000';

/** One change, in the order given; names are raw bytes. */
export type TreeChange =
  /** Puts a file: new content, or an object that is there already. Replaces a file, never a directory. */
  | { path: Buffer; mode: FileMode; content: Buffer }
  | { path: Buffer; mode: FileMode; oid: Oid }
  /** Removes a file or a whole directory. */
  | { path: Buffer; delete: true }
  /** Moves a file or a whole directory, with its mode, to where nothing is yet. */
  | { path: Buffer; moveTo: Buffer };

interface Node {
  mode: string;
  oid: Oid;
  /** Set once the directory was opened; its `oid` no longer counts then. */
  directory?: Directory;
}

/** Entries by name, as latin1 strings of their bytes. */
type Directory = Map<string, Node>;

const TREE = '40000';
const DEEPEST = 255;

export interface TreeSource {
  format: ObjectFormat;
  /** The raw content of a tree object. */
  treeData(oid: Oid): Promise<Buffer>;
}

export interface ChangedTree {
  oid: Oid;
  /** What has to be stored: new blobs, then trees, each after those it holds. */
  objects: NewObject[];
}

/**
 * The tree that results from `base` (undefined: the empty one). Throws AppError invalid, with the field `path`, for
 * names that git refuses, files in a directory's place and the reverse, and what is to be removed and is not there.
 */
export async function changeTree(
  source: TreeSource,
  base: Oid | undefined,
  changes: readonly TreeChange[],
): Promise<ChangedTree> {
  const objects = new Map<Oid, NewObject>();
  const root: Node = { mode: TREE, oid: base ?? '', ...(base === undefined ? { directory: new Map() } : {}) };
  for (const change of changes) await apply(source, root, change, objects);
  const directory = root.directory;
  const oid = directory ? writeDirectory(source.format, directory, objects) : root.oid;
  return { oid, objects: [...objects.values()] };
}

async function apply(
  source: TreeSource,
  root: Node,
  change: TreeChange,
  objects: Map<Oid, NewObject>,
): Promise<void> {
  if ('delete' in change) {
    await removeAt(source, root, change.path);
  } else if ('moveTo' in change) {
    await putAt(source, root, change.moveTo, await removeAt(source, root, change.path), true);
  } else if ('oid' in change) {
    await putAt(source, root, change.path, { mode: change.mode, oid: change.oid }, false);
  } else {
    const blob = newObject(source.format, 'blob', change.content);
    objects.set(blob.oid, blob);
    await putAt(source, root, change.path, { mode: change.mode, oid: blob.oid }, false);
  }
}

async function putAt(
  source: TreeSource,
  root: Node,
  path: Buffer,
  node: Node,
  mustBeFree: boolean,
): Promise<void> {
  const problem = pathProblem(path, node.mode === '120000');
  if (problem !== undefined) throw invalid({ path: problem });
  const names = splitPath(path);
  if (names.length > DEEPEST) throw invalid({ path: 'This path lies too deep.' });
  const last = names.pop() ?? path;
  let directory = await opened(source, root);
  for (const [index, name] of names.entries()) {
    const key = name.toString('latin1');
    const below = directory.get(key) ?? { mode: TREE, oid: '', directory: new Map() };
    if (!isTree(below))
      throw invalid({ path: `${shown(names.slice(0, index + 1))} is a file, not a directory.` });
    directory.set(key, below);
    directory = await opened(source, below);
  }
  const there = directory.get(last.toString('latin1'));
  if (there && isTree(there)) throw invalid({ path: `${shown([...names, last])} is a directory.` });
  if (there && mustBeFree) throw invalid({ path: `${shown([...names, last])} exists already.` });
  directory.set(last.toString('latin1'), node);
}

/** Takes out what lies at a path, and the directories that are empty then. */
async function removeAt(source: TreeSource, root: Node, path: Buffer): Promise<Node> {
  const names = splitPath(path).map((name) => name.toString('latin1'));
  const trail: { directory: Directory; name: string }[] = [];
  let node: Node | undefined = root;
  for (const name of names) {
    if (!node || !isTree(node) || trail.length > DEEPEST) break;
    const directory: Directory = await opened(source, node);
    trail.push({ directory, name });
    node = directory.get(name);
  }
  if (!node || trail.length < names.length) throw invalid({ path: `${shown([path])} does not exist.` });
  for (const { directory, name } of trail.reverse()) {
    directory.delete(name);
    if (directory.size > 0) break;
  }
  return node;
}

async function opened(source: TreeSource, node: Node): Promise<Directory> {
  if (node.directory) return node.directory;
  const data = await source.treeData(node.oid);
  const entries = await runInTurns(parseTree(data, node.oid.length / 2));
  node.directory = new Map(
    entries.map(({ nameBytes, mode, oid }) => [nameBytes.toString('latin1'), { mode: plainMode(mode), oid }]),
  );
  return node.directory;
}

/** Modes as git writes them today; old trees hold others. */
function plainMode(mode: string): string {
  const bits = Number.parseInt(mode, 8);
  const kind = bits >> 12;
  if (kind === 4) return TREE;
  if (kind === 8) return bits & 0o100 ? '100755' : '100644';
  return mode;
}

function isTree(node: Node): boolean {
  return node.mode === TREE;
}

/** Makes the tree objects of a directory and of those below it that were opened. */
function writeDirectory(format: ObjectFormat, directory: Directory, objects: Map<Oid, NewObject>): Oid {
  const sorted = [...directory]
    .map(([name, node]) => ({ name, node, key: isTree(node) ? `${name}/` : name }))
    .sort((one, other) => (one.key < other.key ? -1 : 1));
  const parts: Buffer[] = [];
  for (const { name, node } of sorted) {
    const oid = node.directory ? writeDirectory(format, node.directory, objects) : node.oid;
    parts.push(Buffer.from(`${node.mode} ${name}\0`, 'latin1'), Buffer.from(oid, 'hex'));
  }
  const tree = newObject(format, 'tree', Buffer.concat(parts));
  objects.set(tree.oid, tree);
  return tree.oid;
}

function shown(names: readonly Buffer[]): string {
  const text = names.map((name) => name.toString('utf8')).join('/');
  return `"${text.length > 200 ? `${text.slice(0, 200)}…` : text}"`;
}
