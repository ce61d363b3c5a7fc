// Opens pull requests: judged, with the head's commits brought into the base repository, and counted in a job afterwards.
import type { Actor } from '../../base/actor.ts';
import { AppError, invalid, isAppError, notFound } from '../../base/errors.ts';
import { HOUR } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { requirePerson } from '../issues/changing.service.ts';
import { parseNewIssue } from '../issues/issues.input.ts';
import { openWithin } from '../issues/issues.service.ts';
import type { IssueChange } from '../issues/issues.types.ts';
import { requireStillOpen } from '../repos/access.service.ts';
import { networkIdOf } from '../repos/fork-network.service.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { bringHead } from './head-objects.service.ts';
import { preparePullLater } from './prepare-pull.service.ts';
import { baseTipOf, type PullRange, rangeBetween } from './pull-range.service.ts';
import { headRef, pointRefs, whilePushing } from './pull-refs.service.ts';
import { findPullById, insertPull, insertRevision, listOpenByHead, listOpenByTopic } from './pulls.store.ts';
import type { NewPullRow, Pull } from './pulls.types.ts';

/** A branch of this repository or of its network, or commits that came by refs/for/ and are in this repository already. */
export type NewHead = { open: OpenRepository; branch: string } | { oid: Oid; topic?: string };

export interface NewPull {
  /** The branch it is to be merged into, without refs/heads/. */
  base: string;
  head: NewHead;
  /** The pull request that it stands on, in a stack. */
  basePullId?: number;
  title: string;
  /** Markdown; may be empty. */
  body: string;
  isDraft?: boolean;
  /** Of forks: whoever may write here may push to the head's branch there. */
  allowsEdits?: boolean;
  /** What else is part of the same transaction: labels, reviewers and so on. It may run again, and changes rows only. */
  more?: (change: IssueChange, tx: Tx) => Promise<void>;
}

/**
 * Opens a pull request. Throws what the judgement of `pulls:create` throws, and of `code:write` on another repository that
 * the head is in; invalid on `base`, `head`, `title` or `body`; conflict when the head is proposed for the base already.
 */
export async function createPull(
  app: App,
  actor: Actor,
  open: OpenRepository,
  input: NewPull,
): Promise<Pull> {
  await requireAbility(app.db.read, actor, open, 'pulls:create');
  const authorId = requirePerson(actor);
  if (open.repository.isMirror)
    throw new AppError('forbidden', 'This repository is a mirror: propose the change where it comes from.');
  await requireReadableHead(app, actor, open, input.head);
  const { title, body } = parseNewIssue(input);
  const [baseOid, headOid] = await tipsOf(app, open, input);
  await requireNew(app, app.db.read, open, authorId, input);
  countOpened(app, authorId);
  return whilePushing(app, open.dir, async () => {
    if ('open' in input.head) await bringHead(app, { from: input.head.open.dir, to: open.dir, oid: headOid });
    const range = await rangeBetween(app, open.dir, { baseOid, headOid });
    requireSomething(range, input);
    const pull = await insertAll(app, actor, open, { ...input, title, body, authorId }, range);
    // The job repeats it, should the server end here.
    await pointRefs(app, open.dir, [[headRef(pull.issue.number), headOid]]).catch((error: unknown) => {
      app.log.error({ err: error, issueId: pull.issue.id }, 'the head of a new pull request was not written');
    });
    return pull;
  });
}

/** Whoever proposes what lies in another repository shows it to everybody who reads this one, so they must write there. */
async function requireReadableHead(
  app: App,
  actor: Actor,
  open: OpenRepository,
  head: NewHead,
): Promise<void> {
  if (!('open' in head) || head.open.repository.id === open.repository.id) return;
  if (networkIdOf(head.open.repository) !== networkIdOf(open.repository)) throw notFound('repository');
  await requireAbility(app.db.read, actor, head.open, 'code:write');
}

async function tipsOf(
  app: App,
  open: OpenRepository,
  { base, head, basePullId }: NewPull,
): Promise<[Oid, Oid]> {
  const baseOid = await baseTipOf(app, open, { baseBranch: base, basePullId: basePullId ?? null });
  if (baseOid === undefined) throw invalid({ base: 'Choose a branch of this repository.' });
  if (!('open' in head)) return [baseOid, head.oid];
  if (head.open.repository.id === open.repository.id && head.branch === base)
    throw invalid({ head: 'Choose another branch than the one it is to be merged into.' });
  const headOid = await app.git.ref(head.open.dir, `refs/heads/${head.branch}`);
  if (headOid === undefined) throw invalid({ head: 'Choose a branch that exists.' });
  return [baseOid, headOid];
}

/** Throws AppError conflict when the same head is proposed for the same base already. */
async function requireNew(
  app: App,
  db: App['db']['read'] | Tx,
  open: OpenRepository,
  authorId: number,
  { base, head }: NewPull,
): Promise<void> {
  const others =
    'open' in head
      ? await listOpenByHead(db, head.open.repository.id, head.branch)
      : await listOpenByTopic(db, open.repository.id, head.topic);
  const same = others.find(
    ({ issue, pull }) =>
      pull.repositoryId === open.repository.id &&
      pull.baseBranch === base &&
      ('open' in head || issue.authorId === authorId),
  );
  if (!same) return;
  const address = `${app.publicUrl()}${open.path}/pull/${same.issue.number}`;
  throw new AppError('conflict', `There is a pull request of this already: ${address}`, {
    fields: { head: `Pull request #${same.issue.number} proposes this already.` },
  });
}

function requireSomething({ commitCount, mergeBaseOid }: PullRange, { base }: NewPull): void {
  if (commitCount === 0)
    throw invalid({ head: `There is nothing to propose: ${base} has every commit of it already.` });
  if (mergeBaseOid === undefined)
    throw invalid({ head: `It has no history in common with ${base}, so it cannot be merged.` });
}

function countOpened(app: App, userId: number): void {
  app.limits.take({ key: `pulls:opened:${userId}`, burst: app.config.pulls.opened_per_hour, per: HOUR });
}

async function insertAll(
  app: App,
  actor: Actor,
  open: OpenRepository,
  input: NewPull & { authorId: number },
  range: PullRange,
): Promise<Pull> {
  const { title, body, authorId, more } = input;
  return app.db.write(async (tx) => {
    await requireStillOpen(tx, actor, open.repository.id, 'pulls:create');
    await requireNew(app, tx, open, authorId, input);
    const addRows = async (change: IssueChange) => {
      const { id: issueId, number } = change.issue;
      await insertPull(tx, { ...newRow(open, input, range), issueId, number });
      await insertRevision(tx, firstRevision(change, range));
      await more?.(change, tx);
      await preparePullLater(app, tx, issueId);
    };
    const issue = await openWithin(app, tx, actor, open, {
      title,
      body,
      authorId,
      isPull: true,
      more: addRows,
    });
    const pull = await findPullById(tx, issue.id);
    if (!pull) throw new Error('A new pull request was not found.');
    return pull;
  });
}

function newRow(
  open: OpenRepository,
  { base, head, basePullId, isDraft = false, allowsEdits = false }: NewPull,
  { baseOid, headOid, mergeBaseOid, commitCount }: PullRange,
): Omit<NewPullRow, 'issueId' | 'number'> {
  const isElsewhere = 'open' in head && head.open.repository.id !== open.repository.id;
  return {
    repositoryId: open.repository.id,
    baseBranch: base,
    basePullId: basePullId ?? null,
    headRepositoryId: 'open' in head ? head.open.repository.id : null,
    headBranch: 'open' in head ? head.branch : '',
    headLabel: labelOf(open, head),
    topic: 'open' in head ? null : (head.topic ?? null),
    headOid,
    baseOid,
    mergeBaseOid: mergeBaseOid ?? null,
    isDraft,
    allowsEdits: allowsEdits && isElsewhere,
    commitCount,
    changedFiles: 0,
    additions: 0,
    deletions: 0,
    mergeability: 'unknown',
    revision: 1,
  };
}

/** `owner:branch`, as GitHub writes heads. */
function labelOf(open: OpenRepository, head: NewHead): string {
  if (!('open' in head)) return head.topic ?? head.oid.slice(0, 10);
  return head.open.repository.id === open.repository.id
    ? head.branch
    : `${head.open.owner.name}:${head.branch}`;
}

function firstRevision({ issue, userId, now }: IssueChange, { headOid, mergeBaseOid, baseOid }: PullRange) {
  return {
    issueId: issue.id,
    revision: 1,
    headOid,
    mergeBaseOid: mergeBaseOid ?? baseOid,
    isForced: false,
    pusherId: userId ?? null,
    createdAt: now,
  };
}

/** Whether a refusal says that the same head is proposed already. */
export function isProposedAlready(error: unknown): boolean {
  return isAppError(error, 'conflict') && error.fields?.head !== undefined;
}
