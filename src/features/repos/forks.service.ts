// Forking: a repository of one's own that begins with the branches and tags of another and shares its objects.
import { randomBytes } from 'node:crypto';
import { type Actor, doneBy, type UserActor } from '../../base/actor.ts';
import { AppError, invalid, isAppError, notFound } from '../../base/errors.ts';
import { requireSiteAbility } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import type { Reader, Tx } from '../../platform/db/db.types.ts';
import type { Ref } from '../../platform/git/git.types.ts';
import { sharedRefs, writeFirstRefs } from '../../platform/git/object-pools.ts';
import { initRepository, removeRepository, repositoryDirectory } from '../../platform/git/repository.ts';
import { isBlocked } from '../users/blocks.service.ts';
import { networkIdOf } from './fork-network.service.ts';
import { requirePool, shareObjects } from './fork-objects.service.ts';
import { inForkTurn } from './fork-turns.service.ts';
import type { NewFork } from './forks.input.ts';
import { changeForkCount, findPool, listOwnedInNetwork } from './forks.store.ts';
import { MAINTAIN_JOB } from './maintenance.service.ts';
import { writeNewParts } from './new-parts.service.ts';
import { type RepositoryOwner, requireNewOwner, requireStillOwner } from './owners.service.ts';
import { requireAbility } from './repos.policy.ts';
import { findByNameKeys, findLiveById, insertRepository, removeRedirect } from './repos.store.ts';
import type { OpenRepository, RepositoryRow, RepositorySummary, Visibility } from './repos.types.ts';

export { findForkOf, findInNetwork, listForks, networkOf } from './fork-network.service.ts';

/** The most open first. */
const OPENNESS: readonly Visibility[] = ['public', 'internal', 'private'];

/** What a fork of a repository may be: as open as that or less. */
export function visibilitiesOfForks(parent: Pick<RepositoryRow, 'visibility'>): readonly Visibility[] {
  return OPENNESS.slice(OPENNESS.indexOf(parent.visibility));
}

/**
 * Forks a repository for the actor or, named as `owner`, an organization. It appears whole or not at all; a large one
 * takes as long as its objects take to be copied. Throws AppError conflict when the owner has one of its network
 * already or the name is taken, invalid on `visibility`, rate_limited, and what `requireNewOwner` throws.
 */
export async function forkRepository(
  app: App,
  actor: Actor,
  open: OpenRepository,
  input: NewFork,
): Promise<RepositoryRow> {
  const plan = await planFork(app, actor, open, input);
  return inForkTurn(app, plan.actor.userId, () => carryOut(app, plan));
}

interface ForkPlan {
  actor: UserActor;
  parent: OpenRepository;
  owner: RepositoryOwner;
  input: NewFork;
  visibility: Visibility;
}

/** Judges a fork before anything is copied; throws what `forkRepository` does. */
export async function planFork(
  app: App,
  actor: Actor,
  parent: OpenRepository,
  input: NewFork,
): Promise<ForkPlan> {
  await requireAbility(app.db.read, actor, parent, 'repository:fork');
  if (actor.kind !== 'user') throw new AppError('unauthenticated', 'Sign in to fork repositories.');
  requireSiteAbility(actor, 'repositories:create');
  const visibility = input.visibility ?? parent.repository.visibility;
  const owner = await requireNewOwner(app, actor, input.owner, visibility);
  await requireForkable(app, app.db.read, actor, parent.repository, owner, visibility);
  const taken = await findByNameKeys(app.db.read, owner.name.toLowerCase(), input.name.toLowerCase());
  if (taken) throw nameTaken(owner, input.name);
  return { actor, parent, owner, input, visibility };
}

async function requireForkable(
  app: App,
  reader: Reader | Tx,
  actor: UserActor,
  parent: RepositoryRow,
  owner: RepositoryOwner,
  visibility: Visibility,
): Promise<void> {
  if (parent.isEmpty)
    throw new AppError('conflict', 'An empty repository cannot be forked: there is nothing in it yet.');
  if (await isBlocked(app, parent.ownerId, actor.userId, reader))
    throw new AppError('forbidden', 'You cannot fork this repository.');
  if (!visibilitiesOfForks(parent).includes(visibility))
    throw invalid({
      visibility: `A fork of this repository can be ${visibilitiesOfForks(parent).join(' or ')}.`,
    });
  const [existing] = await listOwnedInNetwork(reader, networkIdOf(parent), owner.id);
  if (existing) throw alreadyThere(existing);
}

/** Without its name: an organization may have one that not everybody sees who makes repositories there. */
function alreadyThere({ ownerName }: RepositorySummary): AppError {
  const message = `${ownerName} already has a repository of this network of forks.`;
  return new AppError('conflict', message, { fields: { owner: message } });
}

function nameTaken(owner: RepositoryOwner, name: string): AppError {
  const message = `${owner.name} already has a repository named ${name}.`;
  return new AppError('conflict', message, { fields: { name: message } });
}

async function carryOut(app: App, plan: ForkPlan): Promise<RepositoryRow> {
  const { parent, input } = plan;
  const all = await sharedRefs(app.git, parent.dir);
  const refs = input.defaultBranchOnly ? onlyDefault(all, parent) : all;
  if (refs.length === 0) throw new AppError('conflict', 'There is no branch to fork.');
  const pool = await requirePool(app, parent, all);
  const row = newRow(app, plan, pool.id);
  const dir = repositoryDirectory(app.paths, row.storageKey);
  const { objectFormat, defaultBranch } = row;
  await initRepository(app.git, dir, { objectFormat, defaultBranch });
  try {
    await shareObjects(app, { dir, from: parent.dir, pool, refs });
    await writeFirstRefs(dir, refs);
    return await insertFork(app, plan, row);
  } catch (error) {
    await removeRepository(app.git, dir);
    if (isAppError(error, 'conflict') && error.fields === undefined) throw nameTaken(plan.owner, row.name);
    throw error;
  }
}

function onlyDefault(refs: readonly Ref[], { repository }: OpenRepository): Ref[] {
  return refs.filter((ref) => ref.name === `refs/heads/${repository.defaultBranch}`);
}

function newRow(
  app: App,
  { parent, owner, input, visibility }: ForkPlan,
  poolId: number,
): Omit<RepositoryRow, 'id'> {
  const { repository } = parent;
  const now = app.clock.now();
  return {
    ownerId: owner.id,
    name: input.name,
    nameKey: input.name.toLowerCase(),
    description: input.description ?? repository.description,
    website: repository.website,
    visibility,
    defaultBranch: repository.defaultBranch,
    objectFormat: repository.objectFormat,
    storageKey: randomBytes(16).toString('hex'),
    isEmpty: false,
    sizeBytes: 0,
    pushesSinceRepack: 0,
    createdAt: now,
    updatedAt: now,
    pushedAt: repository.pushedAt,
    deletedAt: null,
    archivedAt: null,
    disabledUnits: '',
    starCount: 0,
    parentId: repository.id,
    networkId: networkIdOf(repository),
    forkCount: 0,
    poolId,
    isTemplate: false,
    isMirror: false,
  };
}

async function insertFork(app: App, plan: ForkPlan, row: Omit<RepositoryRow, 'id'>): Promise<RepositoryRow> {
  const { actor, owner } = plan;
  return app.db.write(async (tx) => {
    // As it is now: copying may have taken a while.
    const parent = await findLiveById(tx, plan.parent.repository.id);
    if (!parent) throw notFound('repository');
    await requireAbility(tx, actor, parent, 'repository:fork');
    await requireStillOwner(app, tx, actor, owner, row.visibility);
    await requireForkable(app, tx, actor, parent.repository, owner, row.visibility);
    if (row.poolId === null || !(await findPool(tx, row.poolId)))
      throw new AppError('unavailable', 'The fork could not be made. Try again.');
    const fork = await insertRepository(tx, row);
    await removeRedirect(tx, owner.id, row.nameKey);
    await changeForkCount(tx, parent.repository.id, 1);
    await app.events.record(tx, {
      kind: 'repository.forked',
      ...doneBy(actor),
      repositoryId: fork.id,
      parentId: parent.repository.id,
    });
    await writeNewParts(app, tx, fork);
    const options = { uniqueKey: `${MAINTAIN_JOB}:${fork.id}`, fairnessKey: `repo:${fork.id}` };
    await app.jobs.enqueue(tx, MAINTAIN_JOB, { repositoryId: fork.id }, options);
    return fork;
  });
}
