// What the repository room does later: maintenance after pushes, purging what was deleted, sweeping orphans.
import { z } from 'zod';
import { inQuietHours } from '../../base/quiet-hours.ts';
import { DAY } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { lacksBitmaps, maintainRepository, sizeOnDisk } from '../../platform/git/maintenance.ts';
import {
  isUntouched,
  listStorageKeys,
  removeRepository,
  repositoryDirectory,
  sweepUnfinished,
} from '../../platform/git/repository.ts';
import { prepareBundle } from './bundles.service.ts';
import { removeUnusedPools } from './fork-objects.service.ts';
import { MAINTAIN_JOB, REPACK_JOB } from './maintenance.service.ts';
import { purgeParts } from './purged-parts.service.ts';
import { PURGE_JOB } from './repos.service.ts';
import {
  findAnyById,
  findByStorageKeys,
  findDueForRepack,
  findLiveById,
  removeRepositoryRow,
  updateRepository,
} from './repos.store.ts';

const HOURLY_JOB = 'repos.hourly';

const repositoryPayload = z.object({ repositoryId: z.number().int() });

/** Defines the room's jobs and schedules. */
export function registerRepoJobs(app: App): void {
  app.jobs.define({
    kind: MAINTAIN_JOB,
    queue: 'maintenance',
    run: (payload, { signal }) => maintain(app, payload, { full: false, signal }),
  });
  app.jobs.define({
    kind: REPACK_JOB,
    queue: 'maintenance',
    priority: 200,
    run: (payload, { signal }) => maintain(app, payload, { full: true, signal }),
  });
  app.jobs.define({
    kind: PURGE_JOB,
    queue: 'maintenance',
    run: (payload, { signal }) => purge(app, payload, signal),
  });
  app.jobs.define({ kind: HOURLY_JOB, queue: 'maintenance', run: () => lookAfter(app) });
  app.jobs.schedule({ name: 'repos.hourly', cron: '17 * * * *', kind: HOURLY_JOB });
}

async function maintain(
  app: App,
  payload: unknown,
  { full, signal }: { full: boolean; signal: AbortSignal },
): Promise<void> {
  const { repositoryId } = repositoryPayload.parse(payload);
  const found = await findLiveById(app.db.read, repositoryId);
  if (!found) return;
  const dir = repositoryDirectory(app.paths, found.repository.storageKey);
  await maintainRepository(app.git, dir, { full, signal });
  if (full) await prepareBundle(app, { dir, defaultBranch: found.repository.defaultBranch });
  const sizeBytes = await sizeOnDisk(dir);
  const { pushesSinceRepack: counted } = found.repository;
  const enough = app.config.maintenance.pushes_before_repack;
  // A large import is due at once, or else in the next quiet hours.
  const pushesSinceRepack = full ? 0 : (await lacksBitmaps(dir)) ? Math.max(counted, enough) : counted;
  const isDue = pushesSinceRepack >= enough;
  const counter = pushesSinceRepack === counted ? {} : { pushesSinceRepack };
  await app.db.write((tx) => updateRepository(tx, repositoryId, { sizeBytes, ...counter }));
  if (isDue) await repackWhenQuiet(app, repositoryId);
}

/** Heavy work waits for the quiet hours: the hourly job looks again. */
async function repackWhenQuiet(app: App, repositoryId: number): Promise<void> {
  if (!inQuietHours(app.config.maintenance.quiet_hours, new Date(app.clock.now()))) return;
  await app.db.write((tx) =>
    app.jobs.enqueue(
      tx,
      REPACK_JOB,
      { repositoryId },
      {
        uniqueKey: `${REPACK_JOB}:${repositoryId}`,
        fairnessKey: `repo:${repositoryId}`,
      },
    ),
  );
}

/** Removes a deleted repository for good: the data first, so that a crash leaves a row to try again from. */
async function purge(app: App, payload: unknown, signal: AbortSignal): Promise<void> {
  const { repositoryId } = repositoryPayload.parse(payload);
  const repository = await findAnyById(app.db.read, repositoryId);
  if (!repository || repository.deletedAt === null) return;
  const dir = repositoryDirectory(app.paths, repository.storageKey);
  await app.git.forget(dir);
  await removeRepository(app.git, dir);
  await purgeParts(app, repositoryId, signal);
  await app.db.write((tx) => removeRepositoryRow(tx, repositoryId));
  if (repository.poolId !== null) await removeUnusedPools(app);
}

async function lookAfter(app: App): Promise<void> {
  for (const id of await findDueForRepack(app.db.read, app.config.maintenance.pushes_before_repack, 100)) {
    await repackWhenQuiet(app, id);
  }
  await sweepOrphans(app);
  await removeUnusedPools(app);
}

/** Storage keys asked about in one query: databases bound how many values one may hold. */
const KEYS_AT_ONCE = 1000;

/** Data of creations and removals that were interrupted. */
async function sweepOrphans(app: App): Promise<void> {
  const olderThan = app.clock.now() - DAY;
  await sweepUnfinished(app.paths, { olderThan });
  const aged = await listStorageKeys(app.paths, { olderThan });
  const orphans: string[] = [];
  for (let from = 0; from < aged.length; from += KEYS_AT_ONCE) {
    const keys = aged.slice(from, from + KEYS_AT_ONCE);
    const known = new Set(await findByStorageKeys(app.db.read, keys));
    orphans.push(...keys.filter((candidate) => !known.has(candidate)));
  }
  const fewAmongMany = orphans.length * 2 <= aged.length;
  for (const key of orphans) await removeOrphan(app, key, fewAmongMany);
}

/** A database restored from yesterday, or another than before, must not cost what was pushed: that is only told of. */
async function removeOrphan(app: App, storageKey: string, isLikely: boolean): Promise<void> {
  const dir = repositoryDirectory(app.paths, storageKey);
  if (!isLikely || !(await isUntouched(dir))) {
    app.log.error({ storageKey }, 'the database knows nothing of a repository on disk: is it the right one?');
    return;
  }
  app.log.warn({ storageKey }, 'removing repository data that no row points at');
  await removeRepository(app.git, dir);
}
