// Repositories as runs find them, whatever happened since they were asked for.
import { SYSTEM } from '../../base/actor.ts';
import { isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { openRepositoryById } from '../repos/access.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { findUserById } from '../users/users.service.ts';

/** A repository for the program itself; undefined when it was deleted. */
export async function openLive(app: App, repositoryId: number): Promise<OpenRepository | undefined> {
  try {
    return await openRepositoryById(app, SYSTEM, repositoryId, 'code:write');
  } catch (error) {
    if (isAppError(error, 'not_found')) return undefined;
    throw error;
  }
}

/** Whether the owner's account is suspended: what they set up then connects to nobody. */
export async function isOwnerSuspended(app: App, { owner }: OpenRepository): Promise<boolean> {
  return (await findUserById(app, owner.id))?.isSuspended === true;
}
