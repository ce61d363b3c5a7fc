// One run of an import: follows the other repository once, keeps the page informed, and writes down how it ended.
import { AppError, isAppError } from '../../base/errors.ts';
import { SECOND } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Progress } from '../../platform/git/remote.ts';
import { markMirror } from '../repos/following.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { remoteOf } from './credentials.service.ts';
import { type Followed, followRemote, forgetIncoming } from './following.service.ts';
import { importLater } from './imports.service.ts';
import { findImportRow, updateImport } from './imports.store.ts';
import { isOwnerSuspended, openLive } from './live.service.ts';
import { nextRunAfter } from './mirrors.service.ts';
import { insertMirror } from './mirrors.store.ts';
import type { ImportRow } from './mirrors.types.ts';
import { asRun, RunEnded, takeRunPlace } from './runs.service.ts';

/** A run that the server's end interrupts begins anew; one that ends the server does so a few times only. */
const MOST_ATTEMPTS = 4;
/** Milliseconds after which an import looks again whether its owner's other runs leave it a place. */
const BUSY = 15 * SECOND;

/** Runs an import that waits, or was interrupted. */
export async function runImport(
  app: App,
  repositoryId: number,
  { attempt, signal }: { attempt: number; signal: AbortSignal },
): Promise<void> {
  const row = await findImportRow(app.db.read, repositoryId);
  if (!row || (row.state !== 'waiting' && row.state !== 'running')) return;
  const open = await openLive(app, repositoryId);
  if (!open) return;
  const giveBack = takeRunPlace(app, `import:${repositoryId}`, open.owner.id);
  if (!giveBack) return app.db.write((tx) => importLater(app, tx, repositoryId, BUSY));
  try {
    await run(app, row, open, attempt, signal);
  } finally {
    giveBack();
  }
}

async function run(
  app: App,
  row: ImportRow,
  open: OpenRepository,
  attempt: number,
  signal: AbortSignal,
): Promise<void> {
  const { repositoryId } = row;
  const begun = await app.db.write((tx) =>
    updateImport(tx, repositoryId, ['waiting', 'running'], {
      state: 'running',
      stage: 'Connecting',
      percent: 0,
    }),
  );
  if (!begun) return;
  try {
    if (attempt > MOST_ATTEMPTS) throw new Error('interrupted too often');
    if (await isOwnerSuspended(app, open))
      throw new AppError('forbidden', 'The account of its owner is suspended.');
    await forgetIncoming(app, open);
    const done = await asRun(app, `import:${repositoryId}`, signal, (ending) => fill(app, row, ending));
    await finish(app, row, done);
  } catch (error) {
    // The server stops: the job goes back to its queue, and the import begins anew at the next start.
    if (signal.aborted) throw error;
    if (!(error instanceof RunEnded)) await fail(app, row, error);
  }
}

function fill(app: App, row: ImportRow, signal: AbortSignal): Promise<Followed> {
  const report = reporter(app, row.repositoryId);
  return followRemote(app, row.repositoryId, {
    remote: remoteOf(app, row),
    lfs: row.lfs,
    signal,
    onProgress: report,
  });
}

/** Writes progress at most once a second; what comes in between is left out. */
function reporter(app: App, repositoryId: number): (progress: Progress) => void {
  let written = 0;
  let last = '';
  return ({ stage, percent }) => {
    const now = performance.now();
    const told = `${stage} ${percent}`;
    if (told === last || now - written < SECOND) return;
    written = now;
    last = told;
    const changes = { stage: stage.slice(0, 100), percent: Math.min(100, Math.max(0, percent)) };
    app.db
      .write((tx) => updateImport(tx, repositoryId, ['running'], changes))
      .catch((error: unknown) => app.log.warn({ err: error, repositoryId }, 'progress was not written'));
  };
}

async function finish(app: App, row: ImportRow, done: Followed): Promise<void> {
  const { repositoryId, url, sealedCredentials, lfs, mirrorMinutes } = row;
  const now = app.clock.now();
  await app.db.write(async (tx) => {
    const isDone = await updateImport(tx, repositoryId, ['running'], {
      ...{
        state: 'done',
        stage: '',
        percent: 100,
        error: remarkOn(done),
        sealedCredentials: null,
        finishedAt: now,
      },
    });
    // Cancelled at the last moment: what came stays, as the person sees it.
    if (!isDone) return;
    await app.events.record(tx, {
      kind: 'repository.imported',
      ...(row.requestedBy === null ? {} : { actorId: row.requestedBy }),
      repositoryId,
      from: url,
    });
    if (mirrorMinutes === null) return;
    await insertMirror(tx, {
      ...{ repositoryId, direction: 'pull', url, sealedCredentials, intervalMinutes: mirrorMinutes, lfs },
      ...{ onPush: false, lastRunAt: now, lastSuccessAt: now, lastError: null, failures: 0, createdAt: now },
      nextRunAt: nextRunAfter(now, mirrorMinutes, 0),
    });
  });
}

/** What did not come, though the rest did. */
export function remarkOn({ skipped, missing }: Followed): string | null {
  const remarks = [
    ...(skipped > 0
      ? [`${skipped} branches or tags have names that are not possible here and were left out.`]
      : []),
    ...(missing > 0 ? [`${missing} large ${missing === 1 ? 'file' : 'files'} could not be fetched.`] : []),
  ];
  return remarks.length === 0 ? null : remarks.join(' ');
}

async function fail(app: App, { repositoryId }: ImportRow, error: unknown): Promise<void> {
  const known = isAppError(error);
  if (!known) app.log.error({ err: error, repositoryId }, 'an import failed');
  const message = known ? error.message : 'Something went wrong on this server.';
  await app.db.write(async (tx) => {
    const changes = {
      state: 'failed',
      error: message,
      sealedCredentials: null,
      finishedAt: app.clock.now(),
    } as const;
    if (await updateImport(tx, repositoryId, ['running'], changes)) await markMirror(tx, repositoryId, false);
  });
}
