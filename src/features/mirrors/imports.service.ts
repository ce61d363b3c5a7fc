// Imports from an address: begun, watched, ended and tried again. What happens in between is import-run.service.ts.
import { type Actor, doneBy } from '../../base/actor.ts';
import { AppError, notFound } from '../../base/errors.ts';
import { HOUR } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { markMirror } from '../repos/following.service.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import { createRepository } from '../repos/repos.service.ts';
import type { OpenRepository, RepositoryRow } from '../repos/repos.types.ts';
import { sealCredentials } from './credentials.service.ts';
import { findImportRow, insertImport, updateImport } from './imports.store.ts';
import type { NewImport } from './mirrors.input.ts';
import { requireInterval } from './mirrors.service.ts';
import type { Credentials, ImportRow } from './mirrors.types.ts';
import { endRun } from './runs.service.ts';

/** Imports of one person: each makes this server call another one. */
const PER_PERSON = { burst: 100, per: HOUR };

/** The kind of the job that fills a repository. */
export const IMPORT_JOB = 'mirrors.import';

/** Makes a repository and has it filled from an address. Throws what `createRepository` throws. */
export async function importRepository(app: App, actor: Actor, input: NewImport): Promise<RepositoryRow> {
  const { repository, url, credentials, lfs, isMirror, intervalMinutes } = input;
  if (isMirror) requireInterval(app, intervalMinutes);
  if (actor.kind === 'user') app.limits.take({ key: `import:user:${actor.userId}`, ...PER_PERSON });
  return createRepository(app, actor, repository, async (tx, { id: repositoryId }) => {
    if (isMirror) await markMirror(tx, repositoryId, true);
    await insertImport(tx, {
      repositoryId,
      url,
      sealedCredentials: sealCredentials(app, url, credentials),
      lfs,
      mirrorMinutes: isMirror ? intervalMinutes : null,
      state: 'waiting',
      stage: '',
      percent: 0,
      error: null,
      requestedBy: actor.kind === 'user' ? actor.userId : null,
      createdAt: app.clock.now(),
      finishedAt: null,
    });
    await importLater(app, tx, repositoryId);
  });
}

/** Has an import run soon, or after some milliseconds. */
export function importLater(app: App, tx: Tx, repositoryId: number, delay = 0): Promise<void> {
  const options = { uniqueKey: String(repositoryId), fairnessKey: `repo:${repositoryId}`, delay };
  return app.jobs.enqueue(tx, IMPORT_JOB, { repositoryId }, options);
}

/** The import of a repository that was opened; undefined when it was not imported. */
export function findImport(app: App, { repository }: OpenRepository): Promise<ImportRow | undefined> {
  return findImportRow(app.db.read, repository.id);
}

/** Ends an import that waits or runs: git is ended, and the repository is left empty. */
export async function cancelImport(app: App, actor: Actor, open: OpenRepository): Promise<void> {
  await requireAbility(app.db.read, actor, open, 'settings:manage');
  const repositoryId = open.repository.id;
  await app.db.write(async (tx) => {
    const ended = await updateImport(tx, repositoryId, ['waiting', 'running'], {
      ...{ state: 'cancelled', sealedCredentials: null, error: null, finishedAt: app.clock.now() },
    });
    if (!ended) throw new AppError('conflict', 'This import is over already.');
    await markMirror(tx, repositoryId, false);
    const changes = ['import'];
    await app.events.record(tx, { kind: 'repository.updated', ...doneBy(actor), repositoryId, changes });
  });
  endRun(app, `import:${repositoryId}`);
}

/** Tries an import again that failed or was cancelled, with credentials if it needs any: earlier ones are forgotten. */
export async function retryImport(
  app: App,
  actor: Actor,
  open: OpenRepository,
  credentials: Credentials | undefined,
): Promise<void> {
  await requireAbility(app.db.read, actor, open, 'settings:manage');
  const repositoryId = open.repository.id;
  await app.db.write(async (tx) => {
    const row = await findImportRow(tx, repositoryId);
    if (!row) throw notFound('import');
    const again = await updateImport(tx, repositoryId, ['failed', 'cancelled'], {
      state: 'waiting',
      stage: '',
      percent: 0,
      error: null,
      sealedCredentials: sealCredentials(app, row.url, credentials),
      requestedBy: actor.kind === 'user' ? actor.userId : null,
      finishedAt: null,
    });
    if (!again) throw new AppError('conflict', 'This import runs, or is over already.');
    if (row.mirrorMinutes !== null) await markMirror(tx, repositoryId, true);
    await importLater(app, tx, repositoryId);
  });
}
