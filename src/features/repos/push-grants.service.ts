// Branches that somebody may push to without the permission to write: rooms to the right add what they give, and `decidePush`
// asks them once the judgement has refused a push.
import type { Actor, UserActor } from '../../base/actor.ts';
import { isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { RefUpdate } from '../../platform/db/tables/repos.ts';
import { openRepositoryById } from './access.service.ts';
import { isArchived } from './repos.policy.ts';
import type { OpenRepository } from './repos.types.ts';

/** The full names of the refs that a person may move, but not delete, in a repository whose code they may read. */
export type GrantRefs = (app: App, actor: UserActor, open: OpenRepository) => Promise<readonly string[]>;

const added = new WeakMap<App, GrantRefs[]>();

/** Adds a giver of refs. */
export function addPushGrant(app: App, grant: GrantRefs): void {
  added.set(app, [...(added.get(app) ?? []), grant]);
}

/** What is given to somebody besides; nothing in archived repositories and to tokens that are not for this one. */
export async function grantedRefs(app: App, open: OpenRepository): Promise<ReadonlySet<string>> {
  const { actor, repository } = open;
  if (actor.kind !== 'user' || isArchived(repository) || repository.isMirror) return new Set();
  if (actor.repositoryIds?.includes(repository.id) === false) return new Set();
  const refs: string[] = [];
  for (const grant of added.get(app) ?? []) refs.push(...(await grant(app, actor, open)));
  return new Set(refs);
}

/** Opens a repository for a push: by the judgement, or because every ref of it is given. Throws what the judgement throws. */
export async function openForUpdates(
  app: App,
  actor: Actor,
  repositoryId: number,
  updates: readonly RefUpdate[],
): Promise<OpenRepository> {
  try {
    return await openRepositoryById(app, actor, repositoryId, 'code:write');
  } catch (error) {
    if (!isAppError(error, 'forbidden')) throw error;
    const open = await openRepositoryById(app, actor, repositoryId, 'code:read');
    const granted = await grantedRefs(app, open);
    if (updates.length > 0 && updates.every(({ ref, newOid }) => granted.has(ref) && !/^0+$/.test(newOid)))
      return open;
    throw error;
  }
}
