// Repositories made from templates: the files of a template's default branch, or of all its branches, as first commits.
import type { Actor } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Oid, Ref, RepoDir } from '../../platform/git/git.types.ts';
import { copyObjects, writeFirstRefs } from '../../platform/git/object-pools.ts';
import { writeCommit } from '../../platform/git/write-commit.ts';
import { isBlocked } from '../users/blocks.service.ts';
import { commitEmailOf } from '../users/emails.service.ts';
import type { UserRow } from '../users/users.types.ts';
import { inForkTurn } from './fork-turns.service.ts';
import type { NewFromTemplate } from './forks.input.ts';
import { requireAbility } from './repos.policy.ts';
import { createFilled, type MadeRepository } from './repos.service.ts';
import type { OpenRepository, RepositoryRow } from './repos.types.ts';
import { templateChanges } from './template-files.service.ts';
import { templateVariables } from './template-variables.service.ts';

const HEADS = 'refs/heads/';
const MOST_BRANCHES = 1000;

/**
 * Makes a repository from a template. It appears whole or not at all. Throws AppError conflict when the other is no
 * template or has no branch, and what `createRepository` throws.
 */
export async function generateRepository(
  app: App,
  actor: Actor,
  template: OpenRepository,
  input: NewFromTemplate,
): Promise<RepositoryRow> {
  await requireAbility(app.db.read, actor, template, 'repository:fork');
  if (actor.kind !== 'user') throw new AppError('unauthenticated', 'Sign in to use this template.');
  if (await isBlocked(app, template.owner.id, actor.userId))
    throw new AppError('forbidden', 'You cannot use this template.');
  if (!template.repository.isTemplate) throw new AppError('conflict', 'This repository is not a template.');
  const branches = await branchesOf(app, template, input.allBranches);
  const { allBranches: _, ...described } = input;
  const wanted = {
    ...described,
    defaultBranch: template.repository.defaultBranch,
    objectFormat: template.repository.objectFormat,
    readme: false,
    gitignore: '',
    licence: '',
  };
  return inForkTurn(app, actor.userId, () =>
    createFilled(app, actor, wanted, (made) => fill(app, template, branches, made)),
  );
}

async function branchesOf(app: App, { dir, repository }: OpenRepository, all: boolean): Promise<Ref[]> {
  const refs = await app.git.refs(dir, HEADS);
  const first = refs.filter((ref) => ref.name === HEADS + repository.defaultBranch);
  if (first.length === 0) throw new AppError('conflict', 'This template has no files yet.');
  if (!all) return first;
  if (refs.length > MOST_BRANCHES)
    throw new AppError('too_large', `Of a template at most ${MOST_BRANCHES} branches are copied.`);
  return [...refs];
}

async function fill(
  app: App,
  template: OpenRepository,
  branches: readonly Ref[],
  { dir, row, ownerName, author }: MadeRepository,
): Promise<void> {
  const made = { owner: ownerName, name: row.name, description: row.description };
  const { name, description } = template.repository;
  const variables = templateVariables(app, made, { owner: template.owner.name, name, description });
  const signature = signatureOf(app, author);
  const refs: Ref[] = [];
  const trees = await treesOf(app, template.dir, branches);
  // At once: what branches have in common is copied once, and not for each of them.
  await copyObjects(app.git, { from: template.dir, to: dir, want: [...trees.values()], have: [] });
  for (const branch of branches) {
    const tree = trees.get(branch.oid);
    if (tree === undefined) continue;
    const oid = await writeCommit(app.git, dir, {
      format: row.objectFormat,
      parents: [],
      tree,
      changes: await templateChanges(app, dir, tree, variables),
      author: signature,
      committer: signature,
      message: 'Initial commit',
    });
    refs.push({ name: branch.name, oid });
  }
  await writeFirstRefs(dir, refs);
}

/** The trees of the commits at which branches are, by commit. */
async function treesOf(app: App, dir: RepoDir, branches: readonly Ref[]): Promise<Map<Oid, Oid>> {
  const trees = new Map<Oid, Oid>();
  for (const { oid } of branches) {
    const commit = trees.has(oid) ? undefined : await app.git.objects(dir).commit(oid);
    if (commit) trees.set(oid, commit.tree);
  }
  return trees;
}

function signatureOf(app: App, author: UserRow) {
  const name = author.displayName || author.name;
  return { name, email: commitEmailOf(app, author), time: app.clock.now(), offset: 0 };
}
