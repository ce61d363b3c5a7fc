// Finds what a page's address means inside a repository: a commit by the first digits of its id, an entry by its path.
import type { ObjectReader, Oid, TreeEntry } from './git.types.ts';

const DIGITS = /^[0-9a-f]{4,64}$/;
const ROOT: Omit<TreeEntry, 'oid'> = { mode: '40000', type: 'tree', nameBytes: Buffer.alloc(0), name: '' };

/** The commit whose id begins with these digits, at least four; undefined when there is none or more than one. */
export async function expandCommitId(objects: ObjectReader, digits: string): Promise<Oid | undefined> {
  const start = digits.toLowerCase();
  return DIGITS.test(start) ? objects.commitWithPrefix(start) : undefined;
}

/** The entry at a path of raw names below a tree; the tree itself for an empty path. Undefined when missing. */
export async function entryAtPath(
  objects: ObjectReader,
  tree: Oid,
  path: readonly Buffer[],
): Promise<TreeEntry | undefined> {
  if (path.length === 0) return { ...ROOT, oid: tree };
  const slash = Buffer.from('/');
  // A name with a slash in it would be taken for two.
  if (path.some((name) => name.length === 0 || name.includes(47))) return undefined;
  return objects.entry(tree, Buffer.concat(path.flatMap((name, i) => (i === 0 ? [name] : [slash, name]))));
}
