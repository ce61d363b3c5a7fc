// Whether somebody may do something with the issues of a repository they opened: for what pages offer, not for judging.
import { isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';

/** Whether the judgement would grant an ability to whoever opened the repository, who is a person; perhaps inside a transaction. */
export async function mayOnIssues(
  app: App,
  open: Pick<OpenRepository, 'repository' | 'owner' | 'actor'>,
  ability: Ability,
  reader: Reader | Tx = app.db.read,
): Promise<boolean> {
  if (open.actor.kind !== 'user') return false;
  try {
    await requireAbility(reader, open.actor, open, ability);
    return true;
  } catch (error) {
    if (isAppError(error, 'not_found', 'forbidden', 'unauthenticated')) return false;
    throw error;
  }
}
