// The one way into a repository: found by name, seen by the actor, ability granted.
import type { Actor } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { repositoryDirectory } from '../../platform/git/repository.ts';
import { requireAbility } from './repos.policy.ts';
import { findByNameKeys, findByRedirect, findLiveById } from './repos.store.ts';
import type { Ability, OpenRepository } from './repos.types.ts';

/**
 * Opens a repository for one ability. Throws AppError not_found for missing and invisible ones alike,
 * unauthenticated or forbidden where it may be seen but the ability is not granted.
 */
export async function openRepository(
  app: App,
  actor: Actor,
  ownerName: string,
  repoName: string,
  ability: Ability,
): Promise<OpenRepository> {
  const ownerKey = ownerName.toLowerCase();
  const nameKey = repoName.toLowerCase();
  const direct = await findByNameKeys(app.db.read, ownerKey, nameKey);
  const found = direct ?? (await findByRedirect(app.db.read, ownerKey, nameKey));
  if (!found) throw notFound('repository');
  const permission = await requireAbility(app.db.read, actor, found.repository, ability);
  return {
    repository: found.repository,
    owner: { id: found.repository.ownerId, name: found.ownerName },
    permission,
    dir: repositoryDirectory(app.paths, found.repository.storageKey),
    actor,
    path: `/${found.ownerName}/${found.repository.name}`,
    moved: direct === undefined,
  };
}

/** As `openRepository`, by id: for jobs and reactions, which know no names. */
export async function openRepositoryById(
  app: App,
  actor: Actor,
  id: number,
  ability: Ability,
): Promise<OpenRepository> {
  const found = await findLiveById(app.db.read, id);
  if (!found) throw notFound('repository');
  return openRepository(app, actor, found.ownerName, found.repository.name, ability);
}
