// Compares what the database knows of repositories with what lies on the disk, and mends what is safe to mend.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Actor } from '../../base/actor.ts';
import { requireSiteAbility } from '../../base/judgement.ts';
import { MINUTE } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { alternatesOf, useObjectsOf } from '../../platform/git/alternates.ts';
import type { RepoDir } from '../../platform/git/git.types.ts';
import { listPoolKeys, poolDirectory } from '../../platform/git/object-pools.ts';
import { readHead, readRef, readRefs } from '../../platform/git/refs.ts';
import {
  hasSoundSettings,
  isBranchName,
  listStorageKeys,
  repositoryDirectory,
  rewriteSettings,
  setAside,
  setDefaultBranch,
} from '../../platform/git/repository.ts';
import { listPools } from './forks.store.ts';
import { findAnyById, findByStorageKeys } from './repos.store.ts';
import { countOldIntents, repositoriesAfter, type StoredRepository } from './storage-check.store.ts';

export interface StorageFault {
  text: string;
  /** What was done about it. */
  mended?: string;
}

export interface StorageReport {
  repositories: number;
  /** Rows without data, data without rows. */
  places: StorageFault[];
  /** Settings and default branches inside repositories. */
  contents: StorageFault[];
  /** Pushes that were accepted long ago and never recorded. */
  unrecordedPushes: number;
}

const PAGE = 500;
/** Data is written before its row: what is younger may be a creation under way. */
const SETTLED = 10 * MINUTE;
/** A push may run for long; what is older was interrupted. */
const INTERRUPTED = 60 * MINUTE;
/** Milliseconds; longer than the server takes between a repository's HEAD and its row. */
const UNDER_WAY = 200;

/** Looks at every repository; with `fix` mends what loses nothing. */
export async function checkStorage(app: App, actor: Actor, fix: boolean): Promise<StorageReport> {
  requireSiteAbility(actor, 'site:administer');
  const now = app.clock.now();
  const report: StorageReport = {
    repositories: 0,
    places: [],
    contents: [],
    unrecordedPushes: await countOldIntents(app.db.read, now - INTERRUPTED),
  };
  for (let last = 0; ; ) {
    const page = await repositoriesAfter(app.db.read, last, PAGE);
    for (const repository of page) await checkOne(app, repository, fix, report);
    last = page.at(-1)?.id ?? last;
    if (page.length < PAGE) break;
  }
  report.places.push(...(await checkOrphans(app, now - SETTLED, fix)), ...(await checkPools(app)));
  return report;
}

async function checkOne(
  app: App,
  repository: StoredRepository,
  fix: boolean,
  report: StorageReport,
): Promise<void> {
  report.repositories += 1;
  const dir = repositoryDirectory(app.paths, repository.storageKey);
  const named = `${repository.owner}/${repository.name}`;
  if (!(await isDirectory(dir))) {
    report.places.push({
      text: `${named} has no data: restore ${dir} from a backup, or delete the repository.`,
    });
    return;
  }
  for (const fault of [
    await checkSettings(dir, repository, fix),
    await checkHead(app, dir, repository, fix),
    await checkDefaultBranch(dir, repository),
    await checkSharing(app, dir, repository, fix),
  ]) {
    if (fault) report.contents.push({ ...fault, text: `${named} ${fault.text}` });
  }
}

async function checkSettings(
  dir: RepoDir,
  { objectFormat }: StoredRepository,
  fix: boolean,
): Promise<StorageFault | undefined> {
  if (await hasSoundSettings(dir)) return undefined;
  const text = 'has settings of its own that pass the hooks by';
  if (!fix) return { text };
  await rewriteSettings(dir, objectFormat);
  return { text, mended: 'wrote them anew; the earlier ones are beside them' };
}

/** What clones check out is what the pages show first. */
async function checkHead(
  app: App,
  dir: RepoDir,
  { id, defaultBranch: listed }: StoredRepository,
  fix: boolean,
): Promise<StorageFault | undefined> {
  if ((await readHead(dir)) === `refs/heads/${listed}`) return undefined;
  // A running server changes one after the other, and may have since the row was read: what it did must not be undone.
  await setTimeout(UNDER_WAY);
  const now = await findAnyById(app.db.read, id);
  const defaultBranch = now?.defaultBranch;
  if (defaultBranch === undefined || (await readHead(dir)) === `refs/heads/${defaultBranch}`)
    return undefined;
  const text = `points HEAD elsewhere than at its default branch ${defaultBranch}`;
  if (!fix || !isBranchName(defaultBranch)) return { text };
  await setDefaultBranch(app.git, dir, defaultBranch);
  return { text, mended: 'pointed HEAD at it' };
}

async function checkDefaultBranch(
  dir: RepoDir,
  { defaultBranch, isEmpty }: StoredRepository,
): Promise<StorageFault | undefined> {
  if (isEmpty || (await readRef(dir, `refs/heads/${defaultBranch}`)) !== undefined) return undefined;
  const branches = await readRefs(dir, 'refs/heads/');
  if (branches.length === 0) return undefined;
  return { text: `lacks its default branch ${defaultBranch}: choose another one in its settings` };
}

/** What a repository shares must be there, and be what the database keeps for it. */
async function checkSharing(
  app: App,
  dir: RepoDir,
  { poolKey }: StoredRepository,
  fix: boolean,
): Promise<StorageFault | undefined> {
  const found = alternatesOf(dir);
  const place = poolKey === null ? undefined : poolDirectory(app.paths, poolKey);
  const expected = place === undefined ? undefined : join(place, 'objects');
  for (const objects of [...found, ...(expected === undefined ? [] : [expected])])
    if (!(await isDirectory(objects)))
      return { text: `lacks the objects that it shares: restore ${objects} from a backup` };
  if (found.some((objects) => objects !== expected))
    return { text: `finds objects in ${found.join(', ')}, which the database does not keep for it` };
  if (place === undefined || found.length > 0) return undefined;
  const text = 'does not look into the pool of objects that is kept for it';
  if (!fix) return { text };
  await useObjectsOf(dir, place);
  return { text, mended: 'lets it look there again' };
}

/** Pools of no row may hold what a repository needs that this database does not know: they are only told of. */
async function checkPools(app: App): Promise<StorageFault[]> {
  const known = new Set<string>();
  for (let last = 0; ; ) {
    const page = await listPools(app.db.read, last, PAGE);
    for (const pool of page) known.add(pool.storageKey);
    last = page.at(-1)?.id ?? last;
    if (page.length < PAGE) break;
  }
  const unknown = (await listPoolKeys(app.paths)).filter((key) => !known.has(key));
  return unknown.map((key) => ({
    text: `${poolDirectory(app.paths, key)} is a pool of objects that the database does not know`,
  }));
}

async function checkOrphans(app: App, olderThan: number, fix: boolean): Promise<StorageFault[]> {
  const aged = await listStorageKeys(app.paths, { olderThan });
  const faults: StorageFault[] = [];
  for (let from = 0; from < aged.length; from += PAGE) {
    const keys = aged.slice(from, from + PAGE);
    const known = new Set(await findByStorageKeys(app.db.read, keys));
    for (const key of keys.filter((one) => !known.has(one))) faults.push(await orphan(app, key, fix));
  }
  return faults;
}

async function orphan(app: App, key: string, fix: boolean): Promise<StorageFault> {
  const text = `${repositoryDirectory(app.paths, key)} belongs to no repository of the database`;
  if (!fix) return { text };
  return { text, mended: `moved it to ${await setAside(app.paths, key)}` };
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}
