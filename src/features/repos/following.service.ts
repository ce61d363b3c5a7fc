// What a repository takes over from the one it follows, or was imported from: the program does it, not a person.
import { AppError, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import type { ObjectFormat } from '../../platform/git/git.types.ts';
import { isBranchName, setDefaultBranch } from '../../platform/git/repository.ts';
import { findLiveById, updateRepository } from './repos.store.ts';
import type { OpenRepository } from './repos.types.ts';

/** Makes a branch the default one, whether it exists by then or is about to come. */
export async function followDefaultBranch(app: App, open: OpenRepository, branch: string): Promise<void> {
  if (!isBranchName(branch) || branch.length > 255 || open.repository.defaultBranch === branch) return;
  await app.db.write((tx) => updateRepository(tx, open.repository.id, { defaultBranch: branch }));
  await setDefaultBranch(app.git, open.dir, branch);
}

/** Notes that an empty repository names its objects otherwise from now on. */
export async function followObjectFormat(
  app: App,
  open: OpenRepository,
  objectFormat: ObjectFormat,
): Promise<void> {
  await app.db.write(async (tx) => {
    const found = await findLiveById(tx, open.repository.id);
    if (!found) throw notFound('repository');
    if (!found.repository.isEmpty) throw new AppError('conflict', 'The repository is not empty any more.');
    await updateRepository(tx, open.repository.id, { objectFormat });
  });
}

/** Says whether a repository follows another one, and so takes no pushes. */
export async function markMirror(tx: Tx, repositoryId: number, isMirror: boolean): Promise<void> {
  await updateRepository(tx, repositoryId, { isMirror });
}
