// The files of a commit, to be found by some letters of their paths. Lists are kept by tree: on disk, compressed, and
// the ones in use also in memory, ready to be searched.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { App } from '../../platform/app.types.ts';
import type { BoundedCache } from '../../platform/cache/cache.ts';
import type { Oid, RepoDir } from '../../platform/git/git.types.ts';
import { listPaths } from '../../platform/git/path-list.ts';
import { indexPaths, type PathIndex, sizeOfIndex } from './path-index.service.ts';

/** Bytes of paths that are listed; about half a million files. */
const MAX_BYTES = 28 * 1024 * 1024;
/** One list may take a quarter of it. */
const MEMORY = 160 * 1024 * 1024;

interface Lists {
  indexes: BoundedCache<PathIndex>;
  /** Being read now, by tree. */
  loading: Map<Oid, Promise<PathIndex>>;
}

const ofApp = new WeakMap<App, Lists>();

/** The paths of a tree if they are in memory. */
export function knownPaths(app: App, tree: Oid): PathIndex | undefined {
  return listsOf(app).indexes.get(tree);
}

/** The paths of a tree, listed by git where nobody has asked for them before. */
export async function pathsOfTree(app: App, dir: RepoDir, tree: Oid): Promise<PathIndex> {
  const { indexes, loading } = listsOf(app);
  const known = indexes.get(tree) ?? loading.get(tree);
  if (known) return known;
  const reading = readList(app, dir, tree).finally(() => loading.delete(tree));
  loading.set(tree, reading);
  const index = await reading;
  indexes.set(tree, index, sizeOfIndex(index));
  return index;
}

function listsOf(app: App): Lists {
  const known = ofApp.get(app);
  if (known) return known;
  const made: Lists = { indexes: app.caches.create('paths', MEMORY), loading: new Map() };
  ofApp.set(app, made);
  return made;
}

async function readList(app: App, dir: RepoDir, tree: Oid): Promise<PathIndex> {
  const file = await app.files.get('paths', tree, (signal) =>
    compressed(listPaths(app.git, dir, tree, { maxBytes: MAX_BYTES, signal })),
  );
  const gunzip = createGunzip();
  const pieces: Buffer[] = [];
  await pipeline(Readable.from(file.chunks), gunzip, async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) pieces.push(chunk);
  });
  return indexPaths(Buffer.concat(pieces));
}

async function* compressed(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gzip = createGzip({ level: 1 });
  const source = Readable.from(chunks);
  source.once('error', (error) => gzip.destroy(error));
  try {
    yield* source.pipe(gzip) as AsyncIterable<Buffer>;
  } finally {
    source.destroy();
  }
}
