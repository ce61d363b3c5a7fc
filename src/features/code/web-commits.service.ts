// Commits made on the web: on a branch or beside it, on top of what was pushed meanwhile where that touches nothing of
// it, and never twice.
import type { Actor } from '../../base/actor.ts';
import { AppError, invalid, isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Commit, Oid, Signature } from '../../platform/git/git.types.ts';
import { newObject } from '../../platform/git/pack-objects.ts';
import { isBranchName } from '../../platform/git/repository.ts';
import { type TreeChange, treeOf, writeCommit } from '../../platform/git/write-commit.ts';
import { changeRefs } from '../repos/ref-changes.service.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { findEntry } from './places.service.ts';

const HEADS = 'refs/heads/';
/** A branch may move between the look at it and the commit; somebody who pushes all the time must not keep it out. */
const ATTEMPTS = 4;

export interface WebCommit {
  branch: string;
  /** The commit that the edit began from; undefined where the branch did not exist. */
  base: Oid | undefined;
  /** A branch to make for it, instead of moving `branch`. */
  newBranch?: string | undefined;
  changes: readonly TreeChange[];
  message: string;
  author: Signature;
  committer?: Signature;
}

export interface Committed {
  branch: string;
  commit: Oid;
  /** Whether there was nothing left to do: the same change was there already, as after a form sent twice. */
  wasThere: boolean;
}

/**
 * Makes a commit of changes and moves or makes a branch. Throws AppError conflict when what is changed was changed on
 * the branch since `base`, invalid for changes that cannot be or change nothing, and what the judgement throws.
 */
export async function commitChanges(
  app: App,
  actor: Actor,
  open: OpenRepository,
  request: WebCommit,
): Promise<Committed> {
  await requireAbility(app.db.read, actor, open, 'code:write');
  for (let attempt = 1; ; attempt++) {
    try {
      return await commitOnce(app, actor, open, request);
    } catch (error) {
      if (!(error instanceof BranchMoved) || attempt === ATTEMPTS) throw error;
    }
  }
}

/** The branch moved between our look and our step. */
class BranchMoved extends AppError {}

async function commitOnce(
  app: App,
  actor: Actor,
  open: OpenRepository,
  request: WebCommit,
): Promise<Committed> {
  const { changes, newBranch } = request;
  const branch = newBranch ?? request.branch;
  const parent =
    newBranch === undefined ? await parentOn(app, open, request) : await parentBeside(app, open, request);
  if (parent.isDone) return { branch, commit: parent.commit?.oid ?? '', wasThere: true };
  const format = open.repository.objectFormat;
  const parents = parent.commit ? [parent.commit.oid] : [];
  const prepared = await treeOf(app.git, open.dir, { format, parents, changes });
  if (prepared.tree === parent.commit?.tree)
    throw invalid({ content: 'Nothing has changed: there is nothing to commit.' });
  const { message, author, committer = author } = request;
  const commit = await writeCommit(app.git, open.dir, {
    format,
    parents,
    prepared,
    message,
    author,
    committer,
  });
  await moveBranch(app, actor, open, {
    branch,
    from: newBranch === undefined ? parents[0] : undefined,
    to: commit,
  });
  return { branch, commit, wasThere: false };
}

/** Moves a branch, or makes it where `from` is undefined. */
export async function moveBranch(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { branch, from, to }: { branch: string; from: Oid | undefined; to: Oid },
): Promise<void> {
  const zero = '0'.repeat(to.length);
  try {
    await changeRefs(app, actor, open, {
      updates: [{ ref: HEADS + branch, oldOid: from ?? zero, newOid: to }],
    });
  } catch (error) {
    if (!isAppError(error, 'conflict')) throw error;
    throw new BranchMoved('conflict', error.message, { cause: error });
  }
}

interface Parent {
  commit: Commit | undefined;
  /** Whether all of it holds there already. */
  isDone: boolean;
}

async function parentOn(app: App, open: OpenRepository, request: WebCommit): Promise<Parent> {
  const tip = await findTip(app, open, request.branch);
  if (!tip && request.base === undefined) return { commit: undefined, isDone: false };
  if (!tip) throw conflict(`The branch ${request.branch} was deleted meanwhile.`);
  if (tip.oid === request.base) return { commit: tip, isDone: false };
  const base = await commitOfHistory(app, open, request.base, tip);
  if (await isUntouched(app, open, request, base, tip)) return { commit: tip, isDone: false };
  if (await areMade(app, open, request.changes, base, tip)) return { commit: tip, isDone: true };
  throw conflict('This file was changed on the branch since you began.');
}

async function parentBeside(app: App, open: OpenRepository, request: WebCommit): Promise<Parent> {
  const { newBranch = '' } = request;
  if (!isBranchName(newBranch))
    throw invalid({ newBranch: 'This is not a name that git accepts for a branch.' });
  const tip = await findTip(app, open, request.branch);
  const base = tip ? ((await commitOfHistory(app, open, request.base, tip)) ?? tip) : undefined;
  const there = await findTip(app, open, newBranch);
  if (!there) return { commit: base, isDone: false };
  if (base && there.parents[0] === base.oid && (await areMade(app, open, request.changes, base, there)))
    return { commit: there, isDone: true };
  throw invalid({ newBranch: `A branch named ${newBranch} exists already. Choose another name.` });
}

/** The commit a branch points at. */
export async function findTip(app: App, open: OpenRepository, branch: string): Promise<Commit | undefined> {
  const oid = await app.git.ref(open.dir, HEADS + branch);
  return oid === undefined ? undefined : app.git.objects(open.dir).commit(oid);
}

/**
 * The commit an edit began from, if the history of `tip` has it: an id alone, which anybody may type, must not lead to objects
 * that only other repositories of the same network can see.
 */
export async function commitOfHistory(
  app: App,
  open: OpenRepository,
  base: Oid | undefined,
  tip: Commit,
): Promise<Commit | undefined> {
  if (base === undefined || base.length !== tip.oid.length || !/^[0-9a-f]+$/.test(base)) return undefined;
  if (base === tip.oid) return tip;
  const args = ['merge-base', '--is-ancestor', base, tip.oid];
  const { code } = await app.git.run(args, { dir: open.dir, okCodes: [0, 1, 128] });
  return code === 0 ? app.git.objects(open.dir).commit(base) : undefined;
}

async function isUntouched(
  app: App,
  open: OpenRepository,
  { changes, base: asked }: WebCommit,
  base: Commit | undefined,
  tip: Commit,
): Promise<boolean> {
  if (!base && asked !== undefined) return false;
  const paths = changes.flatMap((change) =>
    'moveTo' in change ? [change.path, change.moveTo] : [change.path],
  );
  for (const path of paths) {
    const [before, now] = await Promise.all([
      base && findEntry(app, open, base, path),
      findEntry(app, open, tip, path),
    ]);
    if (before?.oid !== now?.oid || before?.mode !== now?.mode) return false;
  }
  return true;
}

/** Whether a commit's tree already is what the changes would make of it. */
async function areMade(
  app: App,
  open: OpenRepository,
  changes: readonly TreeChange[],
  base: Commit | undefined,
  at: Commit,
): Promise<boolean> {
  for (const change of changes) {
    const now = await findEntry(app, open, at, change.path);
    if ('delete' in change) {
      if (now) return false;
    } else if ('moveTo' in change) {
      const moved = await findEntry(app, open, at, change.moveTo);
      const before = base && (await findEntry(app, open, base, change.path));
      // What is put in the new place afterwards is looked at by itself.
      const isReplaced = changes.some((one) => one !== change && one.path.equals(change.moveTo));
      if (now || !moved || (!isReplaced && moved.oid !== before?.oid)) return false;
    } else {
      const oid =
        'oid' in change ? change.oid : newObject(open.repository.objectFormat, 'blob', change.content).oid;
      if (now?.oid !== oid || now.mode !== change.mode) return false;
    }
  }
  return true;
}

function conflict(message: string): AppError {
  return new AppError('conflict', message);
}
