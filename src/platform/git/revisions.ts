// Finds what a page's address means: where the name of a branch, tag or commit ends and a path begins.
import type { Git, ObjectReader, Oid, RepoDir, TreeEntry } from './git.types.ts';
import type { Revision } from './refs.types.ts';

/** Segments looked at for a name: deeper ones can only be a path. */
const MAX_NAME_SEGMENTS = 24;
const ABBREVIATED = /^[0-9a-f]{4,64}$/;

/**
 * Resolves decoded path segments (raw bytes) such as `feature/x/src/a.ts`: the longest branch first, then the
 * longest tag, then a commit id of at least four digits. Undefined when nothing matches.
 */
export async function resolveRefAndPath(
  git: Git,
  dir: RepoDir,
  segments: Buffer[],
): Promise<{ revision: Revision; path: Buffer[] } | undefined> {
  for (const kind of ['branch', 'tag'] as const) {
    const found = await longestRef(git, dir, kind, segments);
    if (found) return found;
  }
  const revision = await findCommit(git, dir, segments[0]?.toString('latin1') ?? '');
  return revision && { revision, path: segments.slice(1) };
}

/** A branch, tag or commit by name alone. */
export async function findRevision(git: Git, dir: RepoDir, name: string): Promise<Revision | undefined> {
  const segments = name.split('/').map((segment) => Buffer.from(segment));
  const found = await resolveRefAndPath(git, dir, segments);
  return found?.path.length === 0 ? found.revision : undefined;
}

async function longestRef(git: Git, dir: RepoDir, kind: 'branch' | 'tag', segments: Buffer[]) {
  const prefix = kind === 'branch' ? 'refs/heads/' : 'refs/tags/';
  for (let length = Math.min(segments.length, MAX_NAME_SEGMENTS); length > 0; length--) {
    const name = segments
      .slice(0, length)
      .map((segment) => segment.toString('utf8'))
      .join('/');
    const target = await git.ref(dir, prefix + name);
    if (target === undefined) continue;
    const commit = await git.objects(dir).commit(target);
    if (commit)
      return { revision: { kind, name, ref: prefix + name, oid: commit.oid }, path: segments.slice(length) };
  }
  return undefined;
}

async function findCommit(git: Git, dir: RepoDir, text: string): Promise<Revision | undefined> {
  const id = text.toLowerCase();
  if (!ABBREVIATED.test(id)) return undefined;
  const object = await git.objects(dir).info(id);
  // A name such as `beef` could also be found as some other ref: only an id that begins with it counts.
  if (object?.type !== 'commit' || !object.oid.startsWith(id)) return undefined;
  return { kind: 'commit', name: object.oid, oid: object.oid };
}

/** The entry at a path of raw segments below a tree; the tree itself for an empty path. Undefined when missing. */
export async function entryAtPath(
  objects: ObjectReader,
  tree: Oid,
  path: Buffer[],
): Promise<TreeEntry | undefined> {
  let entry: TreeEntry = { mode: '40000', type: 'tree', nameBytes: Buffer.alloc(0), name: '', oid: tree };
  for (const segment of path) {
    if (entry.type !== 'tree') return undefined;
    const entries: TreeEntry[] = await objects.tree(entry.oid);
    const next = entries.find((candidate) => candidate.nameBytes.equals(segment));
    if (!next) return undefined;
    entry = next;
  }
  return entry;
}
