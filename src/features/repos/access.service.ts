// The one way into a repository: found by name, seen by the actor, ability granted.
import type { Actor } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { repositoryDirectory } from '../../platform/git/repository.ts';
import { forkStandingOf } from './fork-network.service.ts';
import { requireAbility } from './repos.policy.ts';
import { findByNameKeys, findByRedirect, findFollowedUrl, findLiveById } from './repos.store.ts';
import type {
  Ability,
  ForkStanding,
  OpenRepository,
  RepositoryRow,
  RepositorySummary,
} from './repos.types.ts';
import { hasStar } from './stars.store.ts';
import { countOfWatchers } from './watch-counts.service.ts';
import { countOpen, findWatch } from './watches.store.ts';

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
  // Git clients send any bytes, and some databases fail on NUL.
  if (`${ownerName}${repoName}`.includes('\0')) throw notFound('repository');
  const ownerKey = ownerName.toLowerCase();
  const nameKey = repoName.toLowerCase();
  const direct = await findByNameKeys(app.db.read, ownerKey, nameKey);
  const found = direct ?? (await findByRedirect(app.db.read, ownerKey, nameKey));
  return grant(app, actor, found, ability, direct === undefined);
}

/** As `openRepository`, by id: for whoever means the same repository whatever it is named by now. */
export async function openRepositoryById(
  app: App,
  actor: Actor,
  id: number,
  ability: Ability,
): Promise<OpenRepository> {
  return grant(app, actor, await findLiveById(app.db.read, id), ability, false);
}

async function grant(
  app: App,
  actor: Actor,
  found: RepositorySummary | undefined,
  ability: Ability,
  moved: boolean,
): Promise<OpenRepository> {
  if (!found) throw notFound('repository');
  const { repository, ownerName, ownerKind } = found;
  const { permission, units } = await requireAbility(app.db.read, actor, found, ability);
  const mirrorOf = repository.isMirror ? await findFollowedUrl(app.db.read, repository.id) : undefined;
  const isAtPage = actor.kind === 'user' && actor.via === 'session';
  const isStarred = isAtPage && (await hasStar(app.db.read, actor.userId, repository.id));
  const watch = isAtPage ? { watch: await findWatch(app.db.read, actor.userId, repository.id) } : {};
  return {
    repository,
    owner: { id: repository.ownerId, name: ownerName, kind: ownerKind },
    permission,
    units,
    dir: repositoryDirectory(app.paths, repository.storageKey),
    actor,
    path: `/${ownerName}/${repository.name}`,
    moved,
    isStarred,
    ...watch,
    watchers: comesByPage(actor) ? await countOfWatchers(app, repository.id) : 0,
    ...(comesByPage(actor) ? await countOpen(app.db.read, repository.id) : { openIssues: 0, openPulls: 0 }),
    forks: await shownForks(app, actor, repository),
    ...(mirrorOf === undefined ? {} : { mirrorOf }),
  };
}

/** Only pages show them. */
async function shownForks(app: App, actor: Actor, repository: RepositoryRow): Promise<ForkStanding> {
  return comesByPage(actor) ? forkStandingOf(app, actor, repository) : {};
}

function comesByPage(actor: Actor): boolean {
  return actor.kind === 'anonymous' || (actor.kind === 'user' && actor.via === 'session');
}

/**
 * Judges again inside a transaction, by the repository as it is now: it may have been archived, deleted or given to
 * another owner since it was opened. Throws AppError as `openRepository`.
 */
export async function requireStillOpen(
  tx: Tx,
  actor: Actor,
  repositoryId: number,
  ability: Ability,
): Promise<RepositorySummary> {
  const found = await findLiveById(tx, repositoryId);
  if (!found) throw notFound('repository');
  await requireAbility(tx, actor, found, ability);
  return found;
}

/** A live repository by its id inside a transaction, judged by nobody: for what the program does by itself. */
export async function findByIdInside(tx: Tx, repositoryId: number): Promise<RepositorySummary | undefined> {
  return findLiveById(tx, repositoryId);
}
