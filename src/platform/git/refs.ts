// Reads refs from the files backend (gitrepository-layout(5)) without a process: loose files over `packed-refs`.
import { constants } from 'node:fs';
import { type FileHandle, open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { Oid, Ref, RepoDir } from './git.types.ts';
import { isValidRefName } from './ref-names.ts';

const SYMBOLIC_DEPTH = 5;
const OID = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;
const PACKED_CACHE = 32 * 1024 * 1024;
const LOOSE_LIMIT = 4096;

interface Packed {
  identity: string;
  /** In the file's order, which is by name. */
  refs: Map<string, Ref>;
}

const packedFiles = new LRUCache<string, Packed>({ maxSize: PACKED_CACHE, maxEntrySize: PACKED_CACHE });

/** All refs below a prefix that ends in a slash, by name (byte order as git's). */
export async function readRefs(dir: RepoDir, prefix: string): Promise<Ref[]> {
  const found = new Map<string, Ref>();
  // Loose before packed: pack-refs writes the packed file before it removes loose ones, so what moves between the
  // two reads is seen at least once; what was read loose is the newer one.
  const loose = await readLoose(dir, prefix.replace(/\/$/, ''));
  const packed = await readPacked(dir);
  for (const ref of packed.values()) if (ref.name.startsWith(prefix)) found.set(ref.name, ref);
  for (const ref of loose) found.set(ref.name, withPeeled(ref, packed.get(ref.name)));
  return [...found.values()].toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
}

/** The id a full ref name points at; symbolic refs are followed. Undefined when there is none. */
export async function readRef(dir: RepoDir, name: string): Promise<Oid | undefined> {
  return resolve(dir, name, 0);
}

/** The ref that HEAD names, whether it exists or not. */
export async function readHead(dir: RepoDir): Promise<string | undefined> {
  const text = await readSmall(join(dir, 'HEAD'));
  return text?.startsWith('ref: ') ? text.slice(5).trim() : undefined;
}

async function resolve(dir: RepoDir, name: string, depth: number): Promise<Oid | undefined> {
  if (depth > SYMBOLIC_DEPTH || (name !== 'HEAD' && !(name.startsWith('refs/') && isValidRefName(name))))
    return undefined;
  const text = await readSmall(join(dir, name));
  if (text?.startsWith('ref: ')) return resolve(dir, text.slice(5).trim(), depth + 1);
  if (text !== undefined && OID.test(text.trim())) return text.trim();
  return (await readPacked(dir)).get(name)?.oid;
}

async function readLoose(dir: RepoDir, folder: string): Promise<Ref[]> {
  if (!isValidRefName(`${folder}/x`)) return [];
  const entries = await readdir(join(dir, folder), { withFileTypes: true }).catch(() => []);
  const refs: Ref[] = [];
  for (const entry of entries) {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) refs.push(...(await readLoose(dir, name)));
    else if (entry.isFile() && isValidRefName(name)) {
      const oid = await resolve(dir, name, 0);
      if (oid) refs.push({ name, oid });
    }
  }
  return refs;
}

function withPeeled(loose: Ref, packed: Ref | undefined): Ref {
  return packed?.oid === loose.oid && packed.peeled ? { ...loose, peeled: packed.peeled } : loose;
}

/** The parsed `packed-refs`, kept for as long as the file is the same one. */
async function readPacked(dir: RepoDir): Promise<Map<string, Ref>> {
  const path = join(dir, 'packed-refs');
  const before = await identityOf(path);
  if (before === undefined) return new Map();
  const known = packedFiles.get(dir);
  if (known?.identity === before) return known.refs;
  const refs = parsePacked(await readFile(path, 'latin1').catch(() => ''));
  // Replaced while it was read: good for this answer, but not to be kept under the wrong identity.
  if ((await identityOf(path)) === before) {
    packedFiles.set(dir, { identity: before, refs }, { size: refs.size * 300 + 1 });
  }
  return refs;
}

async function identityOf(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found && `${found.ino}:${found.size}:${found.mtimeNs}`;
}

/** Lines of `<oid> <name>`, each perhaps followed by `^<oid>`, what its annotated tag peels to. */
export function parsePacked(text: string): Map<string, Ref> {
  const refs = new Map<string, Ref>();
  let last: Ref | undefined;
  for (const line of text.split('\n')) {
    if (line.startsWith('#') || line === '') continue;
    if (line.startsWith('^')) {
      if (last && OID.test(line.slice(1))) last.peeled = line.slice(1);
      continue;
    }
    const space = line.indexOf(' ');
    const [oid, raw] = [line.slice(0, space), line.slice(space + 1)];
    last = undefined;
    if (!OID.test(oid)) continue;
    // Read as Latin-1 to be quick; names are UTF-8 where they are not plain ASCII.
    const name = /[\x80-\xff]/.test(raw) ? Buffer.from(raw, 'latin1').toString('utf8') : raw;
    last = { name, oid };
    refs.set(name, last);
  }
  return refs;
}

/** A loose ref's content; symbolic links, folders and anything large are not refs. */
async function readSmall(path: string): Promise<string | undefined> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const { bytesRead, buffer } = await file.read(Buffer.alloc(LOOSE_LIMIT), 0, LOOSE_LIMIT, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return undefined;
  } finally {
    await file?.close();
  }
}
