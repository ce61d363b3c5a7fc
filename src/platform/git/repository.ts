// Repositories on disk: where they lie, how they begin and how they end. Names and owners are unknown here.
import { randomBytes } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { syncDirectory } from '../../base/sync-directory.ts';
import type { DataPaths } from '../config/data-directory.ts';
import { alternatesOf, useObjectsOf } from './alternates.ts';
import type { Git, ObjectFormat, RepoDir } from './git.types.ts';

const STORAGE_KEY = /^[a-z0-9]{32}$/;
/** What is being made or removed carries one of these in its name and is never opened. */
const UNFINISHED = /\.(?:new|removed)-[0-9a-f]+$/;

/** The directory of a storage key: `repositories/ab/cd/<key>.git`. Throws when it is not one of our keys. */
export function repositoryDirectory(paths: DataPaths, storageKey: string): RepoDir {
  if (!STORAGE_KEY.test(storageKey)) throw new Error(`Not a storage key: ${JSON.stringify(storageKey)}`);
  const [first, second] = [storageKey.slice(0, 2), storageKey.slice(2, 4)];
  return join(paths.repositories, first, second, `${storageKey}.git`) as RepoDir;
}

/**
 * Makes an empty bare repository. It appears whole or not at all: it is written beside its place, synced and renamed.
 * Configuration that all repositories share is not written here but given to each process.
 */
export async function initRepository(
  _git: Git,
  dir: RepoDir,
  options: { objectFormat: ObjectFormat; defaultBranch: string },
): Promise<void> {
  const made = `${dir}.new-${randomBytes(6).toString('hex')}`;
  await mkdir(dirname(dir), { recursive: true, mode: 0o700 });
  try {
    for (const folder of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags', 'info'])
      await mkdir(join(made, folder), { recursive: true, mode: 0o700 });
    await writeSynced(join(made, 'config'), configOf(options.objectFormat));
    await writeSynced(join(made, 'HEAD'), headOf(options.defaultBranch));
    await rename(made, dir);
    await syncDirectory(dirname(dir));
  } catch (error) {
    await rm(made, { recursive: true, force: true });
    throw error;
  }
}

/** Points HEAD at a branch, which need not exist. */
export async function setDefaultBranch(_git: Git, dir: RepoDir, branch: string): Promise<void> {
  const fresh = join(dir, `HEAD.new-${randomBytes(6).toString('hex')}`);
  await writeSynced(fresh, headOf(branch));
  await rename(fresh, join(dir, 'HEAD'));
  await syncDirectory(dir);
}

/** Removes a repository: first out of the way in one step, then from the disk. Missing ones are fine. */
export async function removeRepository(git: Git, dir: RepoDir): Promise<void> {
  await git.forget(dir);
  const aside = `${dir}.removed-${randomBytes(6).toString('hex')}`;
  try {
    await rename(dir, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return;
  }
  await rm(aside, { recursive: true, force: true, maxRetries: 3 });
}

/** The storage keys on disk whose directories were last changed before an instant (milliseconds since 1970). */
export async function listStorageKeys(paths: DataPaths, filter: { olderThan: number }): Promise<string[]> {
  const keys: string[] = [];
  for (const path of await listDirectoriesBelow(paths.repositories)) {
    const key = basename(path, '.git');
    if (STORAGE_KEY.test(key) && (await stat(path)).mtimeMs < filter.olderThan) keys.push(key);
  }
  return keys;
}

/** Whether a repository holds no more than its creation wrote: neither a pack nor refs packed after a push. */
export async function isUntouched(dir: RepoDir): Promise<boolean> {
  const packs = await readdir(join(dir, 'objects', 'pack')).catch(() => undefined);
  const packedRefs = await stat(join(dir, 'packed-refs')).catch(() => undefined);
  return packs?.length === 0 && packedRefs === undefined;
}

/** Moves a repository's data out of the way, into `orphans/` of the data directory; returns where it lies now. */
export async function setAside(paths: DataPaths, storageKey: string): Promise<string> {
  const folder = join(paths.root, 'orphans');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const aside = join(folder, `${storageKey}-${randomBytes(4).toString('hex')}.git`);
  const dir = repositoryDirectory(paths, storageKey);
  const [pool] = alternatesOf(dir);
  await rename(dir, aside);
  // It lies elsewhere now, and its way to the objects that it shares begins there.
  if (pool !== undefined) await useObjectsOf(aside as RepoDir, dirname(pool) as RepoDir);
  await syncDirectory(folder);
  return aside;
}

/** Removes what creations and removals interrupted before an instant (milliseconds since 1970) left. */
export async function sweepUnfinished(paths: DataPaths, filter: { olderThan: number }): Promise<number> {
  const folders = [
    ...(await listDirectoriesBelow(paths.repositories)),
    ...(await listDirectoriesBelow(paths.pools)),
  ];
  const unfinished = folders.filter((path) => UNFINISHED.test(path));
  let removed = 0;
  for (const path of unfinished) {
    const found = await stat(path).catch(() => undefined);
    if (!found || found.mtimeMs >= filter.olderThan) continue;
    await rm(path, { recursive: true, force: true });
    removed += 1;
  }
  return removed;
}

/** Whether a repository's own settings say what its creation wrote, as far as pushes depend on it. */
export async function hasSoundSettings(dir: RepoDir): Promise<boolean> {
  const text = await readFile(join(dir, 'config'), 'utf8').catch(() => '');
  return /^\s*bare = true$/m.test(text) && text.includes(`hooksPath = ${HOOKS}\n`);
}

/** Writes a repository's own settings anew; what stood there is kept beside them. */
export async function rewriteSettings(dir: RepoDir, format: ObjectFormat): Promise<void> {
  const mark = randomBytes(6).toString('hex');
  const path = join(dir, 'config');
  await writeSynced(`${path}.new-${mark}`, configOf(format));
  await rename(path, `${path}.before-${mark}`).catch(ignoreMissing);
  await rename(`${path}.new-${mark}`, path);
  await syncDirectory(dir);
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}

/** The shared hooks as seen from `repositories/ab/cd/<key>.git`: they refuse pushes that pass the server by. */
const HOOKS = '../../../../cache/hooks';

function configOf(format: ObjectFormat): string {
  const sha256 = format === 'sha256';
  const version = `repositoryformatversion = ${sha256 ? 1 : 0}`;
  const core = `[core]\n\t${version}\n\tfilemode = true\n\tbare = true\n\thooksPath = ${HOOKS}\n`;
  return sha256 ? `${core}[extensions]\n\tobjectformat = sha256\n` : core;
}

function headOf(branch: string): string {
  if (!isBranchName(branch)) throw new Error(`Not a branch name: ${JSON.stringify(branch)}`);
  return `ref: refs/heads/${branch}\n`;
}

/** The rules of git-check-ref-format(1), for a branch. */
export function isBranchName(name: string): boolean {
  return (
    Buffer.byteLength(name) <= 244 &&
    name !== '' &&
    name !== '@' &&
    name.isWellFormed() &&
    !/[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|^[-/]|\/\/|[./]$/.test(name) &&
    name.split('/').every((part) => !part.startsWith('.') && !part.endsWith('.lock'))
  );
}

async function writeSynced(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600, flush: true });
}

/** The directories two levels below `repositories/` or `pools/`, unfinished ones included. */
export async function listDirectoriesBelow(root: string): Promise<string[]> {
  const found: string[] = [];
  for (const first of await foldersIn(root))
    for (const second of await foldersIn(join(root, first.name)))
      for (const folder of await foldersIn(join(root, first.name, second.name)))
        found.push(join(root, first.name, second.name, folder.name));
  return found;
}

async function foldersIn(path: string): Promise<Dirent[]> {
  try {
    return (await readdir(path, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
