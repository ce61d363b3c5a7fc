// Making and renaming branches; deleting and restoring them is in deleted-branches.service.ts.
import type { Actor } from '../../base/actor.ts';
import { AppError, invalid, isAppError, notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { isBranchName } from '../../platform/git/repository.ts';
import { changeRefs } from '../repos/ref-changes.service.ts';
import { isArchived, requireAbility } from '../repos/repos.policy.ts';
import { changeRepository } from '../repos/repos.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { findNamedCommit } from './places.service.ts';

const HEADS = 'refs/heads/';

/** Whether the visitor may make, rename and delete branches and tags here; only for what pages offer. */
export function mayChangeRefs(open: OpenRepository): boolean {
  const { repository, units, actor } = open;
  return actor.kind === 'user' && units.code === 'write' && !isArchived(repository) && !repository.isMirror;
}

/** What is wrong with a name for a new branch or tag, as a sentence; undefined when nothing is. */
export function nameProblem(name: string, kind: 'branch' | 'tag'): string | undefined {
  if (name === '') return `Give the ${kind} a name.`;
  if (!isBranchName(name) || name.includes('\0'))
    return `This is not a name git accepts: no spaces, no leading dash, no "..", "~", "^", ":", "?", "*", "[" or "\\".`;
  if (name === 'HEAD' || name.startsWith('refs/') || /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(name))
    return 'This name would be mistaken for something else. Choose another one.';
  return undefined;
}

/** The name that stands in the way of a new ref: the same, or one that begins it or that it begins. */
export async function clashOf(
  app: App,
  open: OpenRepository,
  prefix: 'refs/heads/' | 'refs/tags/',
  name: string,
): Promise<string | undefined> {
  if ((await app.git.ref(open.dir, prefix + name)) !== undefined) return name;
  const parts = name.split('/');
  for (let count = 1; count < parts.length; count++) {
    const shorter = parts.slice(0, count).join('/');
    if ((await app.git.ref(open.dir, prefix + shorter)) !== undefined) return shorter;
  }
  const [below] = await app.git.refs(open.dir, `${prefix}${name}/`);
  return below?.name.slice(prefix.length);
}

async function requireFreeName(app: App, open: OpenRepository, name: string): Promise<void> {
  const problem = nameProblem(name, 'branch');
  if (problem) throw invalid({ name: problem });
  const clash = await clashOf(app, open, HEADS, name);
  if (clash === name) throw invalid({ name: `There is already a branch named ${name}.` });
  if (clash) throw invalid({ name: `git cannot hold ${name} beside the branch ${clash}.` });
}

/**
 * Makes a branch at what `from` names: a branch, a tag or a commit. Throws AppError invalid on `name` or `from`, and
 * what `changeRefs` throws.
 */
export async function createBranch(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { name, from }: { name: string; from: string },
): Promise<void> {
  await requireAbility(app.db.read, actor, open, 'code:write');
  await requireFreeName(app, open, name);
  const at = await findNamedCommit(app, open, from);
  if (!at) throw invalid({ from: 'There is no such branch, tag or commit.' });
  const { oid } = at.commit;
  await changeRefs(app, actor, open, {
    updates: [{ ref: HEADS + name, oldOid: '0'.repeat(oid.length), newOid: oid }],
  });
}

/**
 * Gives a branch another name. The setting of the default branch follows, which takes the right to manage settings.
 * Throws AppError invalid on `name`, not_found for a missing branch, and what `changeRefs` throws.
 */
export async function renameBranch(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { from, to }: { from: string; to: string },
): Promise<void> {
  await requireAbility(app.db.read, actor, open, 'code:write');
  const oid = await app.git.ref(open.dir, HEADS + from);
  if (oid === undefined) throw notFound('branch');
  await requireFreeName(app, open, to);
  const isDefault = from === open.repository.defaultBranch;
  await (isDefault ? renameDefault : renameOther)(app, actor, open, { from, to, oid });
}

interface Renaming {
  from: string;
  to: string;
  oid: Oid;
}

async function renameOther(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { from, to, oid }: Renaming,
): Promise<void> {
  const zero = '0'.repeat(oid.length);
  await changeRefs(app, actor, open, {
    updates: [
      { ref: HEADS + to, oldOid: zero, newOid: oid },
      { ref: HEADS + from, oldOid: oid, newOid: zero },
    ],
  });
}

/** In three steps, none of which leaves the repository without its default branch. */
async function renameDefault(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { from, to, oid }: Renaming,
): Promise<void> {
  await requireAbility(app.db.read, actor, open, 'settings:manage');
  const zero = '0'.repeat(oid.length);
  await changeRefs(app, actor, open, { updates: [{ ref: HEADS + to, oldOid: zero, newOid: oid }] });
  await changeRepository(app, actor, open, { defaultBranch: to });
  const renamed = { ...open, repository: { ...open.repository, defaultBranch: to } };
  try {
    await changeRefs(app, actor, renamed, { updates: [{ ref: HEADS + from, oldOid: oid, newOid: zero }] });
  } catch (error) {
    if (!isAppError(error, 'conflict')) throw error;
    throw new AppError(
      'conflict',
      `Somebody pushed to ${from} meanwhile. ${to} is the default branch now: bring it up to date, then delete ${from}.`,
    );
  }
}
