// The branch of a pull request that is over: deleted where nobody needs it any more, and brought back.
import { type Actor, SYSTEM } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { deleteBranch } from '../code/deleted-branches.service.ts';
import { openedOrNot } from '../issues/writers.service.ts';
import { changeRefs } from '../repos/ref-changes.service.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { changePull } from './changing-pulls.service.ts';
import { bringHead } from './head-objects.service.ts';
import { whilePushing } from './pull-refs.service.ts';
import { listOpenByHead } from './pulls.store.ts';
import type { Pull, PullRow } from './pulls.types.ts';

/** Whether the head's branch is there; judges nothing, since what is at a branch is no part of the answer. */
export async function headExists(app: App, pull: PullRow): Promise<boolean> {
  if (pull.headRepositoryId === null) return false;
  const open = await openedOrNot(app, SYSTEM, pull.headRepositoryId, 'code:read');
  return open !== undefined && (await app.git.ref(open.dir, `refs/heads/${pull.headBranch}`)) !== undefined;
}

/** What somebody may do with the branch of a pull request that is over. */
export interface HeadBranchChoices {
  branch: string;
  mayDelete: boolean;
  mayRestore: boolean;
}

/** Undefined where there is nothing to do: while it is open, and for whoever may not push to the branch. */
export async function headBranchChoices(
  app: App,
  actor: Actor,
  found: Pull,
): Promise<HeadBranchChoices | undefined> {
  const { issue, pull } = found;
  if (issue.state === 'open' || actor.kind !== 'user') return undefined;
  const head = await writableHead(app, actor, pull);
  if (!head) return undefined;
  const tip = await app.git.ref(head.dir, refOf(pull));
  const mayDelete = tip === pull.headOid && pull.headBranch !== head.repository.defaultBranch;
  if (tip !== undefined && !mayDelete) return undefined;
  return { branch: pull.headBranch, mayDelete, mayRestore: tip === undefined };
}

/** The repository of the head, for whoever may push there. */
async function writableHead(app: App, actor: Actor, pull: PullRow): Promise<OpenRepository | undefined> {
  if (pull.headBranch === '' || pull.headRepositoryId === null) return undefined;
  return openedOrNot(app, actor, pull.headRepositoryId, 'code:write');
}

/**
 * Deletes the branch of a pull request that is merged or closed, where it still holds what the pull request brought. Throws
 * AppError conflict otherwise, forbidden for whoever may not push to it, and what `deleteBranch` throws.
 */
export async function deleteHeadBranch(
  app: App,
  actor: Actor,
  open: OpenRepository,
  found: Pull,
): Promise<void> {
  const head = await requireHeadOf(app, actor, open, found);
  const { headBranch: name, headOid: oid } = found.pull;
  const tip = await app.git.ref(head.dir, refOf(found.pull));
  if (tip === undefined) throw new AppError('conflict', `The branch ${name} is deleted already.`);
  if (tip !== oid) throw new AppError('conflict', `The branch ${name} has other commits by now: it stays.`);
  const [other] = await listOpenByHead(app.db.read, head.repository.id, name);
  if (other) throw new AppError('conflict', `Another pull request needs the branch ${name}: it stays.`);
  await deleteBranch(app, actor, head, { name, oid });
  await note(app, actor, open, found, 'head_deleted');
}

/** Brings back the branch of a pull request that is over, as it was. Throws AppError conflict when there is one of that name. */
export async function restoreHeadBranch(
  app: App,
  actor: Actor,
  open: OpenRepository,
  found: Pull,
): Promise<void> {
  const head = await requireHeadOf(app, actor, open, found);
  const { headBranch: name, headOid: newOid } = found.pull;
  const ref = refOf(found.pull);
  if ((await app.git.ref(head.dir, ref)) !== undefined)
    throw new AppError('conflict', `There is a branch named ${name} already.`);
  await whilePushing(app, head.dir, async () => {
    if (head.repository.id !== open.repository.id)
      await bringHead(app, { from: open.dir, to: head.dir, oid: newOid });
    await changeRefs(app, actor, head, {
      updates: [{ ref, oldOid: '0'.repeat(newOid.length), newOid }],
    });
  });
  await note(app, actor, open, found, 'head_restored');
}

async function requireHeadOf(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { issue, pull }: Pull,
): Promise<OpenRepository> {
  await requireAbility(app.db.read, actor, open, 'pulls:comment');
  if (issue.state === 'open')
    throw new AppError('conflict', 'This pull request is open: close it, or merge it, first.');
  const head = await writableHead(app, actor, pull);
  if (!head) throw new AppError('forbidden', 'You may not change the branch of this pull request.');
  return head;
}

function refOf({ headBranch }: PullRow): string {
  return `refs/heads/${headBranch}`;
}

async function note(
  app: App,
  actor: Actor,
  open: OpenRepository,
  { issue, pull }: Pull,
  kind: 'head_deleted' | 'head_restored',
): Promise<void> {
  await changePull(app, actor, open, issue.id, 'pulls:comment', async (change) => {
    await change.addEntry(kind, { branch: pull.headBranch });
  });
}
