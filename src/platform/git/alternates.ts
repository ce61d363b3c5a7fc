// Where else a repository finds objects: `objects/info/alternates`, one folder a line (gitrepository-layout(5)). Ours
// hold one line that is relative to `objects`, so that the data directory can be moved.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { syncDirectory } from '../../base/sync-directory.ts';
import type { RepoDir } from './git.types.ts';

/** Lets a repository find the objects of another one, and of no third. */
export async function useObjectsOf(dir: RepoDir, pool: RepoDir): Promise<void> {
  const path = alternatesFile(dir);
  const fresh = `${path}.new-${randomBytes(6).toString('hex')}`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const line = relative(join(dir, 'objects'), join(pool, 'objects'));
  await writeFile(fresh, `${line}\n`, { mode: 0o600, flush: true });
  await rename(fresh, path);
  await syncDirectory(dirname(path));
}

/** The `objects` folders, as absolute paths, in which a repository finds objects that it has not itself. */
export function alternatesOf(dir: string): string[] {
  const objects = join(dir, 'objects');
  try {
    const lines = readFileSync(join(objects, 'info', 'alternates'), 'utf8').split('\n');
    return lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => resolve(objects, line));
  } catch {
    return [];
  }
}

/** Whether a repository has found objects elsewhere for so many milliseconds, or did from its beginning. */
export async function sharesSince(dir: RepoDir, milliseconds: number): Promise<boolean> {
  const [since, born] = await Promise.all([changedAt(alternatesFile(dir)), changedAt(join(dir, 'config'))]);
  if (since === undefined) return false;
  return Date.now() - since >= milliseconds || since - (born ?? 0) < AT_BIRTH;
}

/** Milliseconds between a repository's first file and its alternates, at most, when both were made together. */
const AT_BIRTH = 10_000;

/** The environment in which a process on one repository also sees the objects of others. */
export function seeingObjectsOf(...others: RepoDir[]): Record<string, string> {
  return { GIT_ALTERNATE_OBJECT_DIRECTORIES: others.map((dir) => join(dir, 'objects')).join(':') };
}

function alternatesFile(dir: RepoDir): string {
  return join(dir, 'objects', 'info', 'alternates');
}

async function changedAt(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.mtimeMs;
}
