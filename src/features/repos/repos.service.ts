// Making, changing and deleting repositories.
import { randomBytes } from 'node:crypto';
import { type Actor, doneBy } from '../../base/actor.ts';
import { AppError, invalid, isAppError, notFound } from '../../base/errors.ts';
import { requireSiteAbility } from '../../base/judgement.ts';
import { DAY } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import type { RepoDir } from '../../platform/git/git.types.ts';
import {
  initRepository,
  removeRepository,
  repositoryDirectory,
  setDefaultBranch,
} from '../../platform/git/repository.ts';
import { fitsVisibility, isMoreOpen, mayOpenUp, visibilityRefusal } from '../orgs/orgs.policy.ts';
import { findOrganizationById } from '../orgs/orgs.service.ts';
import { findUserById } from '../users/users.service.ts';
import type { UserRow } from '../users/users.types.ts';
import { removeDeployKeysOf } from './deploy-keys.store.ts';
import { commitFirstFiles } from './first-files.service.ts';
import { changeForkCount } from './forks.store.ts';
import { writeNewParts } from './new-parts.service.ts';
import { type RepositoryOwner, requireNewOwner, requireStillOwner } from './owners.service.ts';
import type { NewRepository, RepositoryChanges } from './repos.input.ts';
import { isArchived, requireAbility } from './repos.policy.ts';
import {
  findAnyById,
  findLiveById,
  insertRepository,
  removeRedirect,
  setRedirect,
  updateRepository,
} from './repos.store.ts';
import type { Ability, OpenRepository, RepositoryRow, RepositorySummary } from './repos.types.ts';
import { removeTransfer } from './transfers.store.ts';

/** The kind of the job that removes a deleted repository for good. */
export const PURGE_JOB = 'repos.purge';

/**
 * Creates a repository of the actor's own or, named as `owner`, of an organization; on disk first and then in the
 * database, so that no row ever points at nothing. Throws AppError conflict on the field `name` when the owner has one of
 * that name, and what `requireNewOwner` throws. `alongside` writes rows that belong to it in the same transaction.
 */
export async function createRepository(
  app: App,
  actor: Actor,
  input: NewRepository,
  alongside?: (tx: Tx, repository: RepositoryRow) => Promise<void>,
): Promise<RepositoryRow> {
  const isFilled = input.readme || input.gitignore !== '' || input.licence !== '';
  const fill = ({ author, dir, row }: MadeRepository) => commitFirstFiles(app, author, dir, row, input);
  return createFilled(app, actor, input, isFilled ? fill : undefined, alongside);
}

/** A repository that is on the disk and not yet in the database. */
export interface MadeRepository {
  dir: RepoDir;
  row: Omit<RepositoryRow, 'id'>;
  ownerName: string;
  /** Who commits what it begins with. */
  author: UserRow;
}

/** As `createRepository`; `fill` puts into it what it begins with, without it is made empty. */
export async function createFilled(
  app: App,
  actor: Actor,
  input: NewRepository,
  fill?: (made: MadeRepository) => Promise<void>,
  alongside?: (tx: Tx, repository: RepositoryRow) => Promise<void>,
): Promise<RepositoryRow> {
  if (actor.kind === 'anonymous') throw new AppError('unauthenticated', 'Sign in to create a repository.');
  requireSiteAbility(actor, 'repositories:create');
  const owner = await requireNewOwner(app, actor, input.owner, input.visibility);
  const row = newRow(app, owner, input, fill === undefined);
  const dir = repositoryDirectory(app.paths, row.storageKey);
  await initRepository(app.git, dir, { objectFormat: row.objectFormat, defaultBranch: row.defaultBranch });
  try {
    if (fill) await fill({ dir, row, ownerName: owner.name, author: await authorOf(app, actor, owner) });
    return await insertWithEvent(app, actor, owner, row, alongside);
  } catch (error) {
    await removeRepository(app.git, dir);
    if (!isAppError(error, 'conflict')) throw error;
    const whose = owner.id === idOf(actor) ? 'You already have' : `${owner.name} already has`;
    const message = `${whose} a repository named ${row.name}.`;
    throw new AppError('conflict', message, { fields: { name: message } });
  }
}

function idOf(actor: Actor): number | undefined {
  return actor.kind === 'user' ? actor.userId : undefined;
}

/** Whoever creates it wrote its first files, also an organization's; for the program itself its owner did. */
async function authorOf(app: App, actor: Actor, owner: RepositoryOwner): Promise<UserRow> {
  const author = await findUserById(app, idOf(actor) ?? owner.id);
  if (!author) throw notFound('user');
  return author;
}

function newRow(
  app: App,
  owner: RepositoryOwner,
  input: NewRepository,
  isEmpty: boolean,
): Omit<RepositoryRow, 'id'> {
  const now = app.clock.now();
  return {
    ownerId: owner.id,
    name: input.name,
    nameKey: input.name.toLowerCase(),
    description: input.description,
    website: '',
    visibility: input.visibility,
    defaultBranch: input.defaultBranch || app.config.repositories.default_branch,
    objectFormat: input.objectFormat ?? app.config.repositories.default_object_format,
    storageKey: randomBytes(16).toString('hex'),
    isEmpty,
    sizeBytes: 0,
    pushesSinceRepack: 0,
    createdAt: now,
    updatedAt: now,
    pushedAt: null,
    deletedAt: null,
    archivedAt: null,
    disabledUnits: '',
    starCount: 0,
    parentId: null,
    networkId: null,
    forkCount: 0,
    poolId: null,
    isTemplate: input.isTemplate ?? false,
    isMirror: false,
  };
}

async function insertWithEvent(
  app: App,
  actor: Actor,
  owner: RepositoryOwner,
  row: Omit<RepositoryRow, 'id'>,
  alongside: ((tx: Tx, repository: RepositoryRow) => Promise<void>) | undefined,
): Promise<RepositoryRow> {
  return app.db.write(async (tx) => {
    const ownerName = await requireStillOwner(app, tx, actor, owner, row.visibility);
    const repository = await insertRepository(tx, row);
    await removeRedirect(tx, owner.id, row.nameKey);
    await app.events.record(tx, {
      kind: 'repository.created',
      ...doneBy(actor),
      repositoryId: repository.id,
      name: `${ownerName}/${row.name}`,
    });
    await writeNewParts(app, tx, repository);
    await alongside?.(tx, repository);
    return repository;
  });
}

/**
 * Changes name, description, website, visibility, default branch or units. An earlier name goes on leading here. Throws
 * AppError invalid on `name` when it is taken, on `defaultBranch` when there is no such branch.
 */
export async function changeRepository(
  app: App,
  actor: Actor,
  open: OpenRepository,
  changes: RepositoryChanges,
): Promise<void> {
  const changed = changedFields(open.repository, changes);
  if (changed.length === 0) return;
  for (const ability of abilitiesFor(changed)) await requireAbility(app.db.read, actor, open, ability);
  const branch = changed.includes('defaultBranch') ? changes.defaultBranch : undefined;
  if (branch !== undefined) await requireBranch(app, open, branch);
  try {
    await app.db.write((tx) => writeChanges(app, tx, actor, open.repository, changes, changed));
  } catch (error) {
    if (isAppError(error, 'conflict'))
      throw invalid({ name: `There is already a repository named ${changes.name}.` });
    throw error;
  }
  // Only after the rest was accepted: what is refused must leave no trace.
  if (branch !== undefined) await setDefaultBranch(app.git, open.dir, branch);
}

type ChangedField = keyof RepositoryChanges;

const ABILITY_FOR: Record<ChangedField, Ability> = {
  name: 'repository:own',
  visibility: 'repository:own',
  description: 'settings:describe',
  website: 'settings:describe',
  defaultBranch: 'settings:manage',
  disabledUnits: 'settings:manage',
  isTemplate: 'settings:manage',
};

function abilitiesFor(changed: ChangedField[]): Set<Ability> {
  return new Set(changed.map((field) => ABILITY_FOR[field]));
}

function changedFields(repository: RepositoryRow, changes: RepositoryChanges): ChangedField[] {
  const fields = Object.keys(ABILITY_FOR) as ChangedField[];
  return fields.filter((field) => changes[field] !== undefined && changes[field] !== repository[field]);
}

async function requireBranch(app: App, open: OpenRepository, branch: string): Promise<void> {
  if (open.repository.isEmpty || (await app.git.ref(open.dir, `refs/heads/${branch}`)) !== undefined) return;
  throw invalid({ defaultBranch: `There is no branch named ${branch}.` });
}

async function writeChanges(
  app: App,
  tx: Tx,
  actor: Actor,
  { id }: RepositoryRow,
  changes: RepositoryChanges,
  changed: ChangedField[],
): Promise<void> {
  // As it is now: a deleted repository must not take a name again, nor one that was archived meanwhile be changed.
  const found = await findLiveById(tx, id);
  if (!found) throw notFound('repository');
  for (const ability of abilitiesFor(changed)) await requireAbility(tx, actor, found, ability);
  const values = Object.fromEntries(
    changed.map((field) => [field, changes[field]]),
  ) as Partial<RepositoryRow>;
  if (values.visibility !== undefined) await requireFitting(app, tx, actor, found, values.visibility);
  if (values.name !== undefined) values.nameKey = values.name.toLowerCase();
  await updateRepository(tx, id, { ...values, updatedAt: app.clock.now() });
  await moveRedirects(tx, found.repository, values.nameKey);
  await recordChanges(app, tx, actor, found.repository, values, changed);
}

/** What is seen by more people than its organization would betray it; who may show more, its owners decide. */
async function requireFitting(
  app: App,
  tx: Tx,
  actor: Actor,
  { repository, ownerKind }: RepositorySummary,
  visibility: RepositoryRow['visibility'],
): Promise<void> {
  await requireNoMoreOpenThanParent(tx, repository, visibility);
  if (ownerKind !== 'organization') return;
  const organization = await findOrganizationById(app, repository.ownerId, tx);
  if (!organization) return;
  if (!fitsVisibility(organization.visibility, visibility))
    throw invalid({ visibility: visibilityRefusal(organization.visibility) });
  if (isMoreOpen(visibility, repository.visibility) && !(await mayOpenUp(tx, actor, organization)))
    throw invalid({ visibility: 'Only owners of this organization show its repositories to more people.' });
}

/** What was forked from something that few may see must not show it to more. */
async function requireNoMoreOpenThanParent(
  tx: Tx,
  { parentId, visibility: before }: RepositoryRow,
  visibility: RepositoryRow['visibility'],
): Promise<void> {
  const parent = parentId === null ? undefined : await findAnyById(tx, parentId);
  if (!parent || !isMoreOpen(visibility, before) || !isMoreOpen(visibility, parent.visibility)) return;
  throw invalid({ visibility: 'A fork cannot be shown to more people than what it was forked from.' });
}

async function moveRedirects(
  tx: Tx,
  { id, ownerId, nameKey: from }: RepositoryRow,
  to: string | undefined,
): Promise<void> {
  if (to === undefined || to === from) return;
  await removeRedirect(tx, ownerId, to);
  await setRedirect(tx, ownerId, from, id);
}

async function recordChanges(
  app: App,
  tx: Tx,
  actor: Actor,
  before: RepositoryRow,
  { name, visibility }: Partial<RepositoryRow>,
  changed: ChangedField[],
): Promise<void> {
  const by = { ...doneBy(actor), repositoryId: before.id };
  if (name !== undefined)
    await app.events.record(tx, { kind: 'repository.renamed', ...by, from: before.name, to: name });
  if (visibility !== undefined) {
    const change = { from: before.visibility, to: visibility };
    await app.events.record(tx, { kind: 'repository.visibility_changed', ...by, ...change });
  }
  const others = changed.filter((field) => field !== 'name' && field !== 'visibility');
  if (others.length > 0) await app.events.record(tx, { kind: 'repository.updated', ...by, changes: others });
}

/** Archives a repository, which can then be read and changed no more, or takes it back into use. */
export async function setArchived(
  app: App,
  actor: Actor,
  open: OpenRepository,
  archived: boolean,
): Promise<void> {
  await requireAbility(app.db.read, actor, open, 'repository:own');
  await app.db.write(async (tx) => {
    const found = await findLiveById(tx, open.repository.id);
    if (!found) throw notFound('repository');
    await requireAbility(tx, actor, found, 'repository:own');
    if (isArchived(found.repository) === archived) return;
    const now = app.clock.now();
    await updateRepository(tx, found.repository.id, { archivedAt: archived ? now : null, updatedAt: now });
    await app.events.record(tx, {
      kind: archived ? 'repository.archived' : 'repository.unarchived',
      ...doneBy(actor),
      repositoryId: found.repository.id,
    });
  });
}

/**
 * Deletes a repository: at once it answers as if it did not exist and its name is free; its data is purged by a job
 * after the grace period of the configuration.
 */
export async function deleteRepository(app: App, actor: Actor, open: OpenRepository): Promise<void> {
  await requireAbility(app.db.read, actor, open, 'repository:own');
  await app.db.write(async (tx) => {
    const found = await findLiveById(tx, open.repository.id);
    if (!found) throw notFound('repository');
    await requireAbility(tx, actor, found, 'repository:own');
    await markDeleted(app, tx, actor, found);
  });
  await app.git.forget(open.dir);
}

/** Deletes a repository in the caller's transaction, which has judged it. */
export async function markDeleted(
  app: App,
  tx: Tx,
  actor: Actor,
  { repository, ownerName }: RepositorySummary,
): Promise<void> {
  const now = app.clock.now();
  await updateRepository(tx, repository.id, { deletedAt: now, nameKey: `:${repository.id}` });
  await removeDeployKeysOf(tx, repository.id);
  await removeTransfer(tx, repository.id);
  if (repository.parentId !== null) await changeForkCount(tx, repository.parentId, -1);
  await app.events.record(tx, {
    kind: 'repository.deleted',
    ...doneBy(actor),
    repositoryId: repository.id,
    name: `${ownerName}/${repository.name}`,
  });
  const delay = app.config.repositories.deleted_grace_days * DAY;
  const fairnessKey = `repo:${repository.id}`;
  await app.jobs.enqueue(tx, PURGE_JOB, { repositoryId: repository.id }, { delay, fairnessKey });
}
