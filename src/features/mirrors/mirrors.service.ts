// A repository's mirrors: the one it follows, and those that follow it. Their runs are mirror-run.service.ts.
import { type Actor, doneBy } from '../../base/actor.ts';
import { invalid, notFound } from '../../base/errors.ts';
import { DAY, MINUTE } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { markMirror } from '../repos/following.service.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { sealCredentials } from './credentials.service.ts';
import type { MirrorChanges, NewPushMirror } from './mirrors.input.ts';
import { findMirror, insertMirror, listMirrors, removeMirrorRow, updateMirror } from './mirrors.store.ts';
import type { MirrorRow } from './mirrors.types.ts';
import { endRun } from './runs.service.ts';

/** The kind of the job that runs a mirror. */
export const MIRROR_JOB = 'mirrors.run';
const MOST_PER_REPOSITORY = 20;

/** A repository's mirrors, oldest first. */
export async function mirrorsOf(app: App, actor: Actor, open: OpenRepository): Promise<MirrorRow[]> {
  await requireAbility(app.db.read, actor, open, 'access:read');
  return listMirrors(app.db.read, open.repository.id);
}

/** One of a repository's mirrors; throws AppError not_found for others. */
export async function requireMirror(
  app: App,
  actor: Actor,
  open: OpenRepository,
  id: number,
): Promise<MirrorRow> {
  await requireAbility(app.db.read, actor, open, 'access:read');
  const mirror = await findMirror(app.db.read, id);
  if (mirror?.repositoryId !== open.repository.id) throw notFound('mirror');
  return mirror;
}

/** Has another repository follow this one. The first run comes at once. */
export async function addPushMirror(
  app: App,
  actor: Actor,
  open: OpenRepository,
  input: NewPushMirror,
): Promise<MirrorRow> {
  await requireAbility(app.db.read, actor, open, 'settings:manage');
  requireInterval(app, input.intervalMinutes);
  const { url, intervalMinutes, onPush, lfs } = input;
  const repositoryId = open.repository.id;
  const now = app.clock.now();
  return app.db.write(async (tx) => {
    const held = await listMirrors(tx, repositoryId);
    if (held.length >= MOST_PER_REPOSITORY)
      throw invalid({ url: `A repository has at most ${MOST_PER_REPOSITORY} mirrors. Remove some first.` });
    if (held.some((one) => one.direction === 'push' && one.url === url))
      throw invalid({ url: 'This repository is pushed there already.' });
    const mirror = await insertMirror(tx, {
      ...{ repositoryId, direction: 'push', url, intervalMinutes, onPush, lfs, failures: 0, createdAt: now },
      sealedCredentials: sealCredentials(app, url, input.credentials),
      nextRunAt: nextRunAfter(now, intervalMinutes, 0),
      ...{ lastRunAt: null, lastSuccessAt: null, lastError: null },
    });
    await app.events.record(tx, {
      kind: 'mirror.added',
      ...doneBy(actor),
      repositoryId,
      direction: 'push',
      url,
    });
    await runLater(app, tx, mirror);
    return mirror;
  });
}

/** Changes how a mirror runs. Its address stays: credentials were given for it. */
export async function changeMirror(
  app: App,
  actor: Actor,
  open: OpenRepository,
  id: number,
  changes: MirrorChanges,
): Promise<void> {
  await requireAbility(app.db.read, actor, open, 'settings:manage');
  requireInterval(app, changes.intervalMinutes);
  await app.db.write(async (tx) => {
    const mirror = await findMirror(tx, id);
    if (mirror?.repositoryId !== open.repository.id) throw notFound('mirror');
    const { intervalMinutes, onPush, lfs, credentials } = changes;
    const { repositoryId, direction, url } = mirror;
    await updateMirror(tx, id, {
      ...{ intervalMinutes, lfs, onPush: direction === 'push' && onPush },
      nextRunAt: nextRunAfter(mirror.lastRunAt ?? app.clock.now(), intervalMinutes, 0),
      ...(credentials ? { sealedCredentials: sealCredentials(app, url, credentials) } : {}),
    });
    await app.events.record(tx, { kind: 'mirror.changed', ...doneBy(actor), repositoryId, direction, url });
  });
}

/** Ends a mirror. A repository that followed another one takes pushes again. */
export async function removeMirror(
  app: App,
  actor: Actor,
  open: OpenRepository,
  id: number,
): Promise<MirrorRow> {
  await requireAbility(app.db.read, actor, open, 'settings:manage');
  const removed = await app.db.write(async (tx) => {
    const mirror = await findMirror(tx, id);
    if (mirror?.repositoryId !== open.repository.id) throw notFound('mirror');
    const { repositoryId, direction, url } = mirror;
    await removeMirrorRow(tx, id);
    if (direction === 'pull') await markMirror(tx, repositoryId, false);
    await app.events.record(tx, { kind: 'mirror.removed', ...doneBy(actor), repositoryId, direction, url });
    return mirror;
  });
  endRun(app, `mirror:${id}`);
  return removed;
}

/** Has a mirror run now. */
export async function syncMirror(app: App, actor: Actor, open: OpenRepository, id: number): Promise<void> {
  const mirror = await requireMirror(app, actor, open, id);
  await requireAbility(app.db.read, actor, open, 'settings:manage');
  await app.db.write((tx) => runLater(app, tx, mirror));
}

/** Has every mirror of a repository in one direction run now; throws AppError not_found when there is none. */
export async function syncMirrors(
  app: App,
  actor: Actor,
  open: OpenRepository,
  direction: MirrorRow['direction'],
): Promise<void> {
  await requireAbility(app.db.read, actor, open, 'settings:manage');
  const meant = (await listMirrors(app.db.read, open.repository.id)).filter(
    (one) => one.direction === direction,
  );
  if (meant.length === 0) throw notFound('mirror');
  await app.db.write(async (tx) => {
    for (const mirror of meant) await runLater(app, tx, mirror);
  });
}

/** At most one run of a mirror waits; pushes that follow each other closely are one run. */
export function runLater(app: App, tx: Tx, { id, repositoryId }: MirrorRow, delay = 0): Promise<void> {
  const options = { uniqueKey: String(id), fairnessKey: `repo:${repositoryId}`, delay };
  return app.jobs.enqueue(tx, MIRROR_JOB, { mirrorId: id }, options);
}

/** Throws AppError invalid for more often than the administrator allows. 0 means: only when asked for. */
export function requireInterval(app: App, minutes: number): void {
  const least = app.config.repositories.mirror_min_minutes;
  if (minutes === 0 || minutes >= least) return;
  throw invalid({ intervalMinutes: `Give ${least} minutes or more, or 0 for runs by hand only.` });
}

const LONGEST_PAUSE = DAY;

/**
 * When a mirror runs next: after its interval, longer after failures, and a little later than that by chance so that
 * many mirrors do not run at once. Null: only when asked for.
 */
export function nextRunAfter(now: number, intervalMinutes: number, failures: number): number | null {
  if (intervalMinutes === 0) return null;
  const interval = intervalMinutes * MINUTE;
  const pause =
    failures === 0 ? interval : Math.max(interval, Math.min(interval * 2 ** failures, LONGEST_PAUSE));
  return now + Math.round(pause * (1 + Math.random() / 10));
}
