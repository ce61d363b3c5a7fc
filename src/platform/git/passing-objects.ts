// Objects that one computation needs and nobody keeps, for processes that write what is kept: loose files beside the
// repository's own objects, which are gone afterwards.
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import type { ObjectFormat, Oid } from './git.types.ts';
import { newObject } from './pack-objects.ts';

export interface PassingObjects {
  /** With it git sees them. */
  readonly env: Record<string, string>;
  /** Adds an object of this type; a process that runs already sees it too. */
  add(type: 'commit' | 'tree' | 'blob', data: Buffer): Promise<Oid>;
}

const ALTERNATES = 'GIT_ALTERNATE_OBJECT_DIRECTORIES';
const deflated = promisify(deflate);

/** Runs `work` with a place for such objects; `env` is what git runs with otherwise. */
export async function withPassingObjects<T>(
  format: ObjectFormat,
  env: Record<string, string>,
  work: (objects: PassingObjects) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'och-passing-'));
  const others = env[ALTERNATES];
  // Quoted as git reads it: the path may hold what separates several.
  const own = JSON.stringify(directory);
  try {
    return await work({
      env: { ...env, [ALTERNATES]: others ? `${own}${delimiter}${others}` : own },
      add: (type, data) => addLoose(directory, newObject(format, type, data)),
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function addLoose(
  directory: string,
  { oid, type, data }: { oid: Oid; type: string; data: Buffer },
): Promise<Oid> {
  const folder = join(directory, oid.slice(0, 2));
  await mkdir(folder, { recursive: true });
  const content = await deflated(Buffer.concat([Buffer.from(`${type} ${data.length}\0`), data]), {
    level: 1,
  });
  // Renamed into place, since a process may look at any moment.
  const temporary = join(folder, `tmp_${randomBytes(6).toString('hex')}`);
  await writeFile(temporary, content);
  await rename(temporary, join(folder, oid.slice(2)));
  return oid;
}
