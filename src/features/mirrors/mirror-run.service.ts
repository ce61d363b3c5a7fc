// One run of a mirror, either way, and what is written of it. A failure is tried again later and later.
import { AppError, isAppError } from '../../base/errors.ts';
import { HOUR, MINUTE, SECOND } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { pushRemote } from '../../platform/git/remote.ts';
import { eachLfsObject } from '../lfs/lfs-objects.service.ts';
import { isArchived } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { remoteOf } from './credentials.service.ts';
import { followRemote } from './following.service.ts';
import { remarkOn } from './import-run.service.ts';
import { uploadObjects } from './lfs-client.service.ts';
import { isOwnerSuspended, openLive } from './live.service.ts';
import { nextRunAfter, runLater } from './mirrors.service.ts';
import { findMirror, listDue, updateMirror } from './mirrors.store.ts';
import type { MirrorRow } from './mirrors.types.ts';
import { asRun, RunEnded, takeRunPlace } from './runs.service.ts';

const DUE_AT_ONCE = 200;
/** Milliseconds after which a run looks again whether its owner's other runs leave it a place. */
const BUSY = 15 * SECOND;
/** Answers to pushes are short. */
const MOST_ANSWER = 64 * 1024 * 1024;

/** Gives every mirror whose time has come to the queue. */
export async function enqueueDueMirrors(app: App): Promise<void> {
  const due = await listDue(app.db.read, app.clock.now(), DUE_AT_ONCE);
  for (const mirror of due)
    await app.db.write(async (tx) => {
      await runLater(app, tx, mirror);
      // Until the run says when the next one is: what is lost on the way comes again.
      await updateMirror(tx, mirror.id, { nextRunAt: app.clock.now() + HOUR });
    });
}

/** Runs a mirror, if it still is one of a repository in use. */
export async function runMirror(app: App, mirrorId: number, signal: AbortSignal): Promise<void> {
  const mirror = await findMirror(app.db.read, mirrorId);
  const open = mirror && (await openLive(app, mirror.repositoryId));
  if (!mirror || !open || isArchived(open.repository) || (await isOwnerSuspended(app, open))) return;
  const giveBack = takeRunPlace(app, `mirror:${mirrorId}`, open.owner.id);
  if (!giveBack) return app.db.write((tx) => runLater(app, tx, mirror, BUSY));
  try {
    const remark = await asRun(app, `mirror:${mirrorId}`, signal, (ending) =>
      mirror.direction === 'pull' ? pull(app, mirror, ending) : push(app, mirror, open, ending),
    );
    await note(app, mirror, { isDone: true, remark });
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof RunEnded) return;
    if (!isAppError(error)) app.log.error({ err: error, mirrorId }, 'a mirror failed');
    const remark = isAppError(error) ? error.message : 'Something went wrong on this server.';
    await note(app, mirror, { isDone: false, remark });
  } finally {
    giveBack();
  }
}

async function pull(app: App, mirror: MirrorRow, signal: AbortSignal): Promise<string | null> {
  const { repositoryId, lfs } = mirror;
  return remarkOn(
    await followRemote(app, repositoryId, {
      remote: remoteOf(app, mirror),
      lfs,
      signal,
      onProgress: () => {},
    }),
  );
}

async function push(
  app: App,
  mirror: MirrorRow,
  open: OpenRepository,
  signal: AbortSignal,
): Promise<string | null> {
  // An empty repository has nothing to say, and must not empty the other one.
  if (open.repository.isEmpty) return null;
  const remote = remoteOf(app, mirror);
  const timeout = app.config.repositories.import_timeout_minutes * MINUTE;
  const limited = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
  if (mirror.lfs) await pushLargeFiles(app, mirror, limited);
  const session = await app.gateway.open({
    ...{ ...remote, service: 'receive-pack', signal: limited, maxBytes: MOST_ANSWER },
  });
  try {
    const refused = await pushRemote(app.git, open.dir, { session, signal: limited, timeout });
    if (refused.length === 0) return null;
    const shown = refused.slice(0, 5).join('; ');
    throw new AppError('forbidden', `The server refused ${refused.length} branches or tags: ${shown}.`);
  } finally {
    session.close();
  }
}

/** What came since the last run that went well; an hour more, for clocks and uploads that were under way. */
async function pushLargeFiles(app: App, mirror: MirrorRow, signal: AbortSignal): Promise<void> {
  const since = mirror.lastSuccessAt === null ? 0 : mirror.lastSuccessAt - HOUR;
  const remote = remoteOf(app, mirror);
  for await (const pointers of eachLfsObject(app, mirror.repositoryId, since))
    await uploadObjects(app, remote, pointers, signal);
}

async function note(
  app: App,
  { id, repositoryId, direction, intervalMinutes, failures: before }: MirrorRow,
  { isDone, remark }: { isDone: boolean; remark: string | null },
): Promise<void> {
  const now = app.clock.now();
  const failures = isDone ? 0 : before + 1;
  await app.db.write(async (tx) => {
    await updateMirror(tx, id, {
      ...{ lastRunAt: now, lastError: remark?.slice(0, 1000) ?? null, failures },
      ...(isDone ? { lastSuccessAt: now } : {}),
      nextRunAt: nextRunAfter(now, intervalMinutes, failures),
    });
    // Told once: whoever looks finds the rest at the mirror.
    if (failures === 1)
      await app.events.record(tx, { kind: 'mirror.failed', repositoryId, mirrorId: id, direction });
  });
}
