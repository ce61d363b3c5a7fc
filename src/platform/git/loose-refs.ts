// Loose refs of the files backend: one small file each below `refs/`. What a folder holds is kept while the folder is
// unchanged: git replaces a ref by renaming a lock file onto it, which changes the folder's times.
import { constants } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { Oid, RepoDir } from './git.types.ts';
import { identityOf } from './packed-refs.ts';
import { isValidRefName } from './ref-names.ts';

const OID = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;
const LONGEST_CONTENT = 4096;
const CACHE = 16 * 1024 * 1024;
const DEEPEST = 64;
/** Files read at once. */
const AT_ONCE = 32;

/** What a ref's file says: an id, or the name of another ref. */
export type LooseRef = { oid: Oid } | { target: string };

interface Folder {
  identity: string;
  folders: string[];
  refs: [name: string, ref: LooseRef][];
}

const kept = new LRUCache<string, Folder>({ maxSize: CACHE });

/** One ref's file; undefined when there is none, 'broken' when it is not a ref's. */
export async function readLooseRef(dir: RepoDir, name: string): Promise<LooseRef | 'broken' | undefined> {
  const text = await readSmall(join(dir, name));
  return text === undefined ? undefined : (parseLoose(text) ?? 'broken');
}

/** All loose refs in a folder such as `refs/heads` and below it, in no order. */
export async function readLooseRefs(dir: RepoDir, folder: string, depth = 0): Promise<[string, LooseRef][]> {
  if (depth > DEEPEST || !(folder === 'refs' || isValidRefName(folder))) return [];
  const found = await readFolder(dir, folder);
  if (!found) return [];
  const below: [string, LooseRef][][] = [];
  for (const name of found.folders) below.push(await readLooseRefs(dir, name, depth + 1));
  return found.refs.concat(...below);
}

async function readFolder(dir: RepoDir, folder: string): Promise<Folder | undefined> {
  const path = join(dir, folder);
  const identity = await identityOf(path);
  if (!identity) return undefined;
  const known = kept.get(path);
  if (known?.identity === identity.text) return known;
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  const named = entries
    .map((entry) => ({ entry, name: `${folder}/${entry.name}` }))
    .filter(({ name }) => isValidRefName(name));
  const names = named.filter(({ entry }) => entry.isFile()).map(({ name }) => name);
  const folders = named.filter(({ entry }) => entry.isDirectory()).map(({ name }) => name);
  const found: Folder = { identity: identity.text, folders, refs: await readAll(dir, names) };
  const size = (found.refs.length + folders.length) * 250 + 250;
  if (identity.settled) kept.set(path, found, { size });
  return found;
}

async function readAll(dir: RepoDir, names: string[]): Promise<[string, LooseRef][]> {
  const refs: [string, LooseRef][] = [];
  for (let at = 0; at < names.length; at += AT_ONCE) {
    const some = names.slice(at, at + AT_ONCE);
    const read = await Promise.all(some.map((name) => readLooseRef(dir, name)));
    read.forEach((ref, i) => {
      const name = some[i];
      if (name !== undefined && ref !== undefined && ref !== 'broken') refs.push([name, ref]);
    });
  }
  return refs;
}

function parseLoose(text: string): LooseRef | undefined {
  const content = text.trimEnd();
  if (content.startsWith('ref:')) return { target: content.slice(4).trim() };
  return OID.test(content) ? { oid: content } : undefined;
}

/** A small file's text; symbolic links, folders and pipes are not refs. */
async function readSmall(path: string): Promise<string | undefined> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const { bytesRead, buffer } = await file.read(Buffer.alloc(LONGEST_CONTENT), 0, LONGEST_CONTENT, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return undefined;
  } finally {
    await file?.close();
  }
}
