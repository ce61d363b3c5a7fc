// What happens to connections to other servers when a repository gets a new owner.
import type { App } from '../../platform/app.types.ts';
import { markMirror } from '../repos/following.service.ts';
import { findImportRow, updateImport } from './imports.store.ts';
import { dropCredentialsOf, listMirrors } from './mirrors.store.ts';
import { endRun } from './runs.service.ts';

const DROPPED = 'The repository has a new owner: give the credentials for the other server again.';

/** Runs that began with the former owner's credentials end, and an import does not hand them on to its mirror. */
export async function forgetFormerOwner(app: App, repositoryId: number): Promise<void> {
  const isEnded = await app.db.write(async (tx) => {
    await dropCredentialsOf(tx, repositoryId, DROPPED);
    const row = await findImportRow(tx, repositoryId);
    if (!row?.sealedCredentials) return false;
    const ended = { state: 'failed', error: DROPPED, sealedCredentials: null } as const;
    const finishedAt = app.clock.now();
    if (!(await updateImport(tx, repositoryId, ['waiting', 'running'], { ...ended, finishedAt })))
      return false;
    await markMirror(tx, repositoryId, false);
    return true;
  });
  if (isEnded) endRun(app, `import:${repositoryId}`);
  for (const { id } of await listMirrors(app.db.read, repositoryId)) endRun(app, `mirror:${id}`);
}
