// Making, changing and deleting repositories.
import { randomBytes } from 'node:crypto';
import { type Actor, doneBy } from '../../base/actor.ts';
import { AppError, invalid, isAppError, notFound } from '../../base/errors.ts';
import { requireSiteAbility } from '../../base/judgement.ts';
import { DAY } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { writeFirstCommit } from '../../platform/git/first-commit.ts';
import type { RepoDir } from '../../platform/git/git.types.ts';
import {
  initRepository,
  removeRepository,
  repositoryDirectory,
  setDefaultBranch,
} from '../../platform/git/repository.ts';
import { commitEmailOf } from '../users/emails.service.ts';
import { findUserById } from '../users/users.service.ts';
import { removeDeployKeysOf } from './deploy-keys.store.ts';
import { gitignoreText } from './gitignores.data.ts';
import { licenceText } from './licences.data.ts';
import type { NewRepository, RepositoryChanges } from './repos.input.ts';
import { requireAbility } from './repos.policy.ts';
import {
  findLiveById,
  insertRepository,
  removeRedirect,
  setRedirect,
  updateRepository,
} from './repos.store.ts';
import type { OpenRepository, RepositoryRow } from './repos.types.ts';

/** The kind of the job that removes a deleted repository for good. */
export const PURGE_JOB = 'repos.purge';

interface Owner {
  id: number;
  name: string;
  displayName: string;
  email: string;
  hidesEmail: boolean;
}

/**
 * Creates a repository of the actor's own, on disk first and then in the database, so that no row ever points at
 * nothing. Throws AppError conflict on the field `name` when the owner has one of that name.
 */
export async function createRepository(app: App, actor: Actor, input: NewRepository): Promise<RepositoryRow> {
  const owner = await requireOwner(app, actor);
  const row = newRow(app, owner, input);
  const dir = repositoryDirectory(app.paths, row.storageKey);
  await initRepository(app.git, dir, { objectFormat: row.objectFormat, defaultBranch: row.defaultBranch });
  try {
    if (!row.isEmpty) await commitFirstFiles(app, dir, owner, row, input);
    return await insertWithEvent(app, owner, row);
  } catch (error) {
    await removeRepository(app.git, dir);
    if (!isAppError(error, 'conflict')) throw error;
    const message = `You already have a repository named ${row.name}.`;
    throw new AppError('conflict', message, { fields: { name: message } });
  }
}

async function requireOwner(app: App, actor: Actor): Promise<Owner> {
  if (actor.kind !== 'user') throw new AppError('unauthenticated', 'Sign in to create a repository.');
  requireSiteAbility(actor, 'repositories:create');
  const owner = await findUserById(app, actor.userId);
  if (!owner) throw notFound('user');
  return owner;
}

function newRow(app: App, owner: Owner, input: NewRepository): Omit<RepositoryRow, 'id'> {
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
    isEmpty: !(input.readme || input.gitignore || input.licence),
    sizeBytes: 0,
    pushesSinceRepack: 0,
    createdAt: now,
    updatedAt: now,
    pushedAt: null,
    deletedAt: null,
    archivedAt: null,
    disabledUnits: '',
    starCount: 0,
  };
}

async function commitFirstFiles(
  app: App,
  dir: RepoDir,
  owner: Owner,
  row: Omit<RepositoryRow, 'id'>,
  input: NewRepository,
): Promise<void> {
  const name = (owner.displayName || owner.name).replace(/[<>\r\n]/g, '');
  await writeFirstCommit(app.git, dir, row.objectFormat, {
    branch: row.defaultBranch,
    files: firstFiles(input, name, new Date(app.clock.now()).getUTCFullYear()),
    author: { name, email: commitEmailOf(app, owner), time: app.clock.now(), offset: 0 },
    message: 'Initial commit',
  });
}

function firstFiles(input: NewRepository, holder: string, year: number): { name: string; content: string }[] {
  const files: { name: string; content: string }[] = [];
  const ignored = gitignoreText(input.gitignore);
  if (ignored !== undefined) files.push({ name: '.gitignore', content: ignored });
  const licence = licenceText(input.licence, year, holder);
  if (licence !== undefined) files.push({ name: 'LICENSE', content: licence });
  if (input.readme) files.push({ name: 'README.md', content: readmeText(input) });
  return files;
}

function readmeText(input: NewRepository): string {
  return input.description ? `# ${input.name}\n\n${input.description}\n` : `# ${input.name}\n`;
}

async function insertWithEvent(
  app: App,
  owner: Owner,
  row: Omit<RepositoryRow, 'id'>,
): Promise<RepositoryRow> {
  return app.db.write(async (tx) => {
    const repository = await insertRepository(tx, row);
    await removeRedirect(tx, owner.id, row.nameKey);
    await app.events.record(tx, {
      kind: 'repository.created',
      actorId: owner.id,
      repositoryId: repository.id,
      name: `${owner.name}/${row.name}`,
    });
    return repository;
  });
}

/**
 * Changes name, description, website, visibility or default branch. An earlier name goes on leading here. Throws
 * AppError invalid on `name` when it is taken, on `defaultBranch` when there is no such branch.
 */
export async function changeRepository(
  app: App,
  actor: Actor,
  open: OpenRepository,
  changes: RepositoryChanges,
): Promise<void> {
  const { repository } = open;
  const changed = changedFields(repository, changes);
  if (changed.length === 0) return;
  const owns = changed.some((field) => field === 'name' || field === 'visibility');
  await requireAbility(app.db.read, actor, open, owns ? 'repository:own' : 'settings:manage');
  const branch = changed.includes('defaultBranch') ? changes.defaultBranch : undefined;
  if (branch !== undefined) await requireBranch(app, open, branch);
  try {
    await writeChanges(app, actor, open, changes, changed);
  } catch (error) {
    if (isAppError(error, 'conflict'))
      throw invalid({ name: `There is already a repository named ${changes.name}.` });
    throw error;
  }
  // Only after the rest was accepted: what is refused must leave no trace.
  if (branch !== undefined) await setDefaultBranch(app.git, open.dir, branch);
}

type ChangedField = keyof RepositoryChanges;

function changedFields(repository: RepositoryRow, changes: RepositoryChanges): ChangedField[] {
  const fields: ChangedField[] = ['name', 'description', 'website', 'visibility', 'defaultBranch'];
  return fields.filter((field) => changes[field] !== undefined && changes[field] !== repository[field]);
}

async function requireBranch(app: App, open: OpenRepository, branch: string): Promise<void> {
  if (open.repository.isEmpty || (await app.git.ref(open.dir, `refs/heads/${branch}`)) !== undefined) return;
  throw invalid({ defaultBranch: `There is no branch named ${branch}.` });
}

async function writeChanges(
  app: App,
  actor: Actor,
  open: OpenRepository,
  changes: RepositoryChanges,
  changed: ChangedField[],
): Promise<void> {
  const { repository } = open;
  const values = Object.fromEntries(
    changed.map((field) => [field, changes[field]]),
  ) as Partial<RepositoryRow>;
  if (values.name !== undefined) values.nameKey = values.name.toLowerCase();
  await app.db.write(async (tx) => {
    // A deleted repository must not take a name again.
    if (!(await findLiveById(tx, repository.id))) throw notFound('repository');
    await updateRepository(tx, repository.id, { ...values, updatedAt: app.clock.now() });
    if (values.nameKey !== undefined && values.nameKey !== repository.nameKey) {
      await removeRedirect(tx, repository.ownerId, values.nameKey);
      await setRedirect(tx, repository.ownerId, repository.nameKey, repository.id);
    }
    if (values.name !== undefined) {
      const [from, to] = [repository.name, values.name];
      await app.events.record(tx, {
        kind: 'repository.renamed',
        ...doneBy(actor),
        repositoryId: repository.id,
        from,
        to,
      });
    }
    const others = changed.filter((field) => field !== 'name');
    if (others.length === 0) return;
    await app.events.record(tx, {
      kind: 'repository.updated',
      ...doneBy(actor),
      repositoryId: repository.id,
      changes: others,
    });
  });
}

/**
 * Deletes a repository: at once it answers as if it did not exist and its name is free; its data is purged by a job
 * after the grace period of the configuration.
 */
export async function deleteRepository(app: App, actor: Actor, open: OpenRepository): Promise<void> {
  const { repository } = open;
  await requireAbility(app.db.read, actor, open, 'repository:own');
  const now = app.clock.now();
  await app.db.write(async (tx) => {
    if (!(await findLiveById(tx, repository.id))) throw notFound('repository');
    await updateRepository(tx, repository.id, { deletedAt: now, nameKey: `:${repository.id}` });
    await removeDeployKeysOf(tx, repository.id);
    await app.events.record(tx, {
      kind: 'repository.deleted',
      ...doneBy(actor),
      repositoryId: repository.id,
      name: `${open.owner.name}/${repository.name}`,
    });
    const delay = app.config.repositories.deleted_grace_days * DAY;
    const fairnessKey = `repo:${repository.id}`;
    await app.jobs.enqueue(tx, PURGE_JOB, { repositoryId: repository.id }, { delay, fairnessKey });
  });
  await app.git.forget(open.dir);
}
