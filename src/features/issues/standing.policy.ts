// Whether somebody may do something with the issues of a repository they opened: for what pages offer, not for judging.
import { isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';

/** Whether the judgement would grant an ability to whoever opened the repository, who is a person. */
export async function mayOnIssues(
  app: App,
  open: Pick<OpenRepository, 'repository' | 'owner' | 'actor'>,
  ability: Ability,
): Promise<boolean> {
  if (open.actor.kind !== 'user') return false;
  try {
    await requireAbility(app.db.read, open.actor, open, ability);
    return true;
  } catch (error) {
    if (isAppError(error, 'not_found', 'forbidden', 'unauthenticated')) return false;
    throw error;
  }
}
