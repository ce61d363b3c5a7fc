// Who wrote or pushed something, as they would come by themselves today: for what is done in their name later.
import type { Actor } from '../../base/actor.ts';
import { isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { actorOfAccount } from '../auth/actors.service.ts';
import { openRepositoryById } from '../repos/access.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { findUserById } from '../users/users.service.ts';

/** The actor of an account; undefined when it is gone, suspended, or held back. */
export async function actorOf(app: App, userId: number | undefined): Promise<Actor | undefined> {
  const user = userId === undefined ? undefined : await findUserById(app, userId);
  return user && actorOfAccount(app, user, 'password');
}

/** The repository, opened by somebody; undefined where they may not. */
export async function openedOrNot(
  app: App,
  actor: Actor,
  repositoryId: number,
  ability: Ability,
): Promise<OpenRepository | undefined> {
  try {
    return await openRepositoryById(app, actor, repositoryId, ability);
  } catch (error) {
    if (isAppError(error, 'not_found', 'forbidden', 'unauthenticated')) return undefined;
    throw error;
  }
}
