// Reads refs from the files backend (gitrepository-layout(5)) without a process: loose files over `packed-refs`.
// Always loose before packed: pack-refs writes the packed file before it removes the loose ones, so a ref that moves
// between the two reads is seen at least once, and a ref found loose is the newer one. No read has to be repeated.
import type { Oid, Ref, RepoDir } from './git.types.ts';
import { readLooseRef, readLooseRefs } from './loose-refs.ts';
import { readPackedRefs } from './packed-refs.ts';
import { isValidRefName } from './ref-names.ts';

const SYMBOLIC_DEPTH = 5;

/** All refs below a prefix that ends in a slash, by name in byte order. */
export async function readRefs(dir: RepoDir, prefix: string): Promise<Ref[]> {
  const loose = await readLooseRefs(dir, prefix.replace(/\/$/, ''));
  const packed = await readPackedRefs(dir);
  const resolved = await Promise.all(
    loose.map(async ([name, ref]): Promise<Ref | undefined> => {
      const oid = 'oid' in ref ? ref.oid : await resolve(dir, ref.target, 1);
      if (oid === undefined) return undefined;
      const before = packed.find(name);
      return before?.oid === oid && before.peeled ? before : { name, oid };
    }),
  );
  const found = resolved.filter((ref) => ref !== undefined).toSorted((a, b) => compareNames(a.name, b.name));
  return mergeRefs(found, packed.list(prefix));
}

/** The id a full ref name points at; symbolic refs are followed. Undefined when there is none. */
export async function readRef(dir: RepoDir, name: string): Promise<Oid | undefined> {
  return resolve(dir, name, 0);
}

/** The ref that HEAD names, whether it exists or not; undefined when HEAD is a commit's id. */
export async function readHead(dir: RepoDir): Promise<string | undefined> {
  const head = await readLooseRef(dir, 'HEAD');
  return typeof head === 'object' && 'target' in head ? head.target : undefined;
}

async function resolve(dir: RepoDir, name: string, depth: number): Promise<Oid | undefined> {
  if (depth > SYMBOLIC_DEPTH || !isReadable(name)) return undefined;
  const loose = await readLooseRef(dir, name);
  if (loose === 'broken') return undefined;
  if (loose) return 'oid' in loose ? loose.oid : resolve(dir, loose.target, depth + 1);
  return (await readPackedRefs(dir)).find(name)?.oid;
}

function isReadable(name: string): boolean {
  return name === 'HEAD' || (name.startsWith('refs/') && isValidRefName(name));
}

/** Both sorted; where both have a name, the loose one counts. */
function mergeRefs(loose: Ref[], packed: readonly Ref[]): Ref[] {
  if (loose.length === 0) return [...packed];
  const merged: Ref[] = [];
  let at = 0;
  for (const ref of packed) {
    for (let next = loose[at]; next && compareNames(next.name, ref.name) < 0; next = loose[at]) {
      merged.push(next);
      at++;
    }
    const same = loose[at]?.name === ref.name ? loose[at++] : undefined;
    merged.push(same ?? ref);
  }
  return merged.concat(loose.slice(at));
}

/** The order of the names' bytes. UTF-16 sorts as UTF-8 does, except where there are surrogates. */
function compareNames(a: string, b: string): number {
  if (/[\ud800-\udfff]/.test(a) || /[\ud800-\udfff]/.test(b)) return Buffer.from(a).compare(Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}
