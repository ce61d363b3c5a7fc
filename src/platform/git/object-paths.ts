// Finds what a path of raw bytes names below a tree, and which revisions may be asked of git by name.
import type { Oid, TreeEntry } from './git.types.ts';
import { findTreeEntry, oidLengthOf } from './parse-tree.ts';
import { isValidRefName } from './ref-names.ts';

const SLASH = 47;
const DEEPEST = 256;
const OID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
/** Paths that git would read as relative to a work tree, or that do not fit on one line of its input. */
const ODD_PATH = /[\x00-\x1f]|(?:^|\/)\.{0,2}(?:\/|$)/;

/** Whether text is a full object id. */
export function isOid(text: string): boolean {
  return OID.test(text);
}

/** A revision split into what names an object and the path below it. */
export interface ParsedRevision {
  base: string;
  path: string | undefined;
  /** Whether git itself can be asked for the whole. */
  plain: boolean;
}

/**
 * Reads a full id, a full ref name or HEAD, optionally followed by `:path`. Undefined for anything else: git's richer
 * syntax would let a URL search history or end the process.
 */
export function parseRevision(rev: string): ParsedRevision | undefined {
  const colon = rev.indexOf(':');
  const base = colon < 0 ? rev : rev.slice(0, colon);
  const isRef = base === 'HEAD' || (base.startsWith('refs/') && isValidRefName(base));
  if (!isOid(base) && !(isRef && base.isWellFormed())) return undefined;
  const path = colon < 0 ? undefined : rev.slice(colon + 1);
  return { base, path, plain: path === undefined || (!ODD_PATH.test(path) && path.isWellFormed()) };
}

/** Walks from a tree to the entry at a path; undefined where there is none. The empty path names nothing. */
export async function walkPath(
  readTree: (oid: Oid) => Promise<Buffer | undefined>,
  tree: Oid,
  path: Buffer,
): Promise<TreeEntry | undefined> {
  const names = splitPath(path);
  if (names.length > DEEPEST || names.some((name) => name.length === 0)) return undefined;
  let oid = tree;
  let entry: TreeEntry | undefined;
  for (const name of names) {
    if (entry && entry.type !== 'tree') return undefined;
    const data = await readTree(oid);
    entry = data && findTreeEntry(data, name, oidLengthOf(oid));
    if (!entry) return undefined;
    oid = entry.oid;
  }
  return entry;
}

/** The names of a path of raw bytes. */
export function splitPath(path: Buffer): Buffer[] {
  const names: Buffer[] = [];
  let from = 0;
  for (let at = path.indexOf(SLASH); at >= 0; at = path.indexOf(SLASH, from)) {
    names.push(path.subarray(from, at));
    from = at + 1;
  }
  names.push(path.subarray(from));
  return names;
}
