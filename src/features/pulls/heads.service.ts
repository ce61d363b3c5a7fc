// Where a pull request's head is, who may push to it, and pushing to it from within the server.
import type { Actor, UserActor } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { mayOnIssues } from '../issues/standing.policy.ts';
import { actorOf, openedOrNot } from '../issues/writers.service.ts';
import { grantedRefs } from '../repos/push-grants.service.ts';
import { changeRefs } from '../repos/ref-changes.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { synchronizePull } from './head-following.service.ts';
import { bringHead } from './head-objects.service.ts';
import { whilePushing } from './pull-refs.service.ts';
import { listOpenByHead, listOpenForEdits } from './pulls.store.ts';
import type { Pull } from './pulls.types.ts';

export interface PullHead {
  /** The repository the head is in: the base's own for commits that came by refs/for/. */
  open: OpenRepository;
  /** Undefined for commits that came by refs/for/: they are in no branch. */
  branch: string | undefined;
  mayPush: boolean;
}

/** The head as somebody sees it; undefined when its branch or repository is gone, or not theirs to see. */
export async function headOf(app: App, actor: Actor, { issue, pull }: Pull): Promise<PullHead | undefined> {
  const place = pull.headBranch === '' ? pull.repositoryId : pull.headRepositoryId;
  const open = place === null ? undefined : await openedOrNot(app, actor, place, 'code:read');
  if (!open) return undefined;
  const isWriter = actor.kind === 'system' || (await mayOnIssues(app, open, 'code:write'));
  if (pull.headBranch === '') {
    const isAuthor = actor.kind === 'user' && actor.userId === issue.authorId;
    return {
      open,
      branch: undefined,
      mayPush: isWriter || (isAuthor && (await mayOnIssues(app, open, 'pulls:create'))),
    };
  }
  const ref = `refs/heads/${pull.headBranch}`;
  if ((await app.git.ref(open.dir, ref)) === undefined) return undefined;
  return { open, branch: pull.headBranch, mayPush: isWriter || (await grantedRefs(app, open)).has(ref) };
}

/**
 * Moves a pull request's head from one commit to another, which is in the base repository, as a push by the actor: the
 * branch, wherever it is, and the pull request with it. Throws AppError forbidden for whoever may not push there, conflict
 * when it has moved meanwhile, and not_found where there is no head any more.
 */
export async function pushToHead(
  app: App,
  actor: Actor,
  base: OpenRepository,
  pull: Pull,
  { from, to }: { from: Oid; to: Oid },
): Promise<void> {
  const head = await headOf(app, actor, pull);
  if (!head) throw new AppError('conflict', 'The branch of this pull request is gone.');
  if (!head.mayPush) throw new AppError('forbidden', 'You may not push to the branch of this pull request.');
  if (head.branch !== undefined)
    await pushBranch(app, actor, base, { open: head.open, branch: head.branch }, { from, to });
  else if (pull.pull.headOid !== from) throw moved();
  // Whoever waits for this sees it at once; what follows the push finds nothing left to do.
  const all =
    head.branch === undefined
      ? [pull]
      : await listOpenByHead(app.db.read, head.open.repository.id, head.branch);
  for (const one of all) await synchronizePull(app, actor, one, { oid: to, expected: from });
}

async function pushBranch(
  app: App,
  actor: Actor,
  base: OpenRepository,
  { open, branch }: { open: OpenRepository; branch: string },
  { from, to }: { from: Oid; to: Oid },
): Promise<void> {
  await whilePushing(app, open.dir, async () => {
    await bringHead(app, { from: base.dir, to: open.dir, oid: to, known: [from] });
    await changeRefs(app, actor, open, {
      updates: [{ ref: `refs/heads/${branch}`, oldOid: from, newOid: to }],
    });
  });
}

function moved(): AppError {
  return new AppError('conflict', 'The pull request has changed meanwhile: look at it again, then retry.');
}

/** Pull requests looked at for what one repository's branches are open to. */
const MOST_PULLS = 500;

/**
 * The branches of a repository that somebody may push to because a pull request from there allows it to whoever may write
 * to its base, and whoever opened it may write to the branch still.
 */
export async function branchesOpenTo(app: App, actor: UserActor, open: OpenRepository): Promise<string[]> {
  const pulls = await listOpenForEdits(app.db.read, open.repository.id, MOST_PULLS);
  const writesTo = remembered((id) => mayWrite(app, actor, id));
  const mayGive = remembered(async (userId) => {
    const author = await actorOf(app, userId);
    return author !== undefined && (await mayWrite(app, author, open.repository.id));
  });
  const refs: string[] = [];
  for (const { issue, pull } of pulls)
    if ((await writesTo(pull.repositoryId)) && (await mayGive(issue.authorId)))
      refs.push(`refs/heads/${pull.headBranch}`);
  return refs;
}

async function mayWrite(app: App, actor: Actor, repositoryId: number): Promise<boolean> {
  return (await openedOrNot(app, actor, repositoryId, 'code:write')) !== undefined;
}

function remembered(find: (id: number) => Promise<boolean>): (id: number) => Promise<boolean> {
  const known = new Map<number, Promise<boolean>>();
  return (id) => {
    const found = known.get(id) ?? find(id);
    known.set(id, found);
    return found;
  };
}
