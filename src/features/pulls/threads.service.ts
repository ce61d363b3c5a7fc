// Threads on code: read with their comments, answered, resolved and opened again.
import { type Actor, doneBy } from '../../base/actor.ts';
import { notFound } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { requirePerson, requireTalking } from '../issues/changing.service.ts';
import { parseComment } from '../issues/issues.input.ts';
import { requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { changePull } from './changing-pulls.service.ts';
import type { Pull, ReviewRow, ThreadRow } from './pulls.types.ts';
import { submitReview } from './reviews.service.ts';
import { findNewestReviewOf } from './reviews.store.ts';
import {
  commentsOfReviews,
  commentsOfThreads,
  countUnresolved,
  findIssueOfPullComment,
  findPullComment,
  findThread,
  findThreads,
  listThreads,
  removeEmptyThreads,
  updateThread,
} from './threads.store.ts';
import type { Thread, ThreadComment, ThreadPlace } from './threads.types.ts';

/** Threads that are looked at together. */
const MOST_TOGETHER = 5000;

/** All threads of a pull request, without their comments, in order. */
export async function threadsOf(app: App, { issue }: Pick<Pull, 'issue'>): Promise<ThreadRow[]> {
  return listThreads(app.db.read, issue.id, MOST_TOGETHER);
}

/** Threads with their comments. */
export async function withComments(app: App, threads: readonly ThreadRow[]): Promise<Thread[]> {
  const comments = await commentsOfThreads(
    app.db.read,
    threads.map(({ id }) => id),
  );
  const byThread = Map.groupBy(comments, ({ threadId }) => threadId);
  return threads.flatMap((thread) => {
    const own = byThread.get(thread.id);
    return own ? [{ thread, comments: own }] : [];
  });
}

/** The threads that comments of some reviews belong to, with the comments of these reviews alone, by review. */
export async function threadsOfReviews(
  app: App,
  { issue }: Pick<Pull, 'issue'>,
  reviewIds: readonly number[],
): Promise<{ threads: Map<number, ThreadRow>; comments: ThreadComment[] }> {
  const comments = await commentsOfReviews(app.db.read, reviewIds);
  const ids = [...new Set(comments.map(({ threadId }) => threadId))];
  const threads = await findThreads(app.db.read, issue.id, ids);
  return { threads: new Map(threads.map((thread) => [thread.id, thread])), comments };
}

/** A thread of a pull request; throws AppError not_found. */
export async function requireThread(
  app: App,
  { issue }: Pick<Pull, 'issue'>,
  id: number,
): Promise<ThreadRow> {
  const thread = await findThread(app.db.read, issue.id, id);
  if (!thread) throw notFound('thread');
  return thread;
}

/** How many threads nobody resolved. */
export async function openThreads(app: App, { issue }: Pick<Pull, 'issue'>): Promise<number> {
  return countUnresolved(app.db.read, issue.id);
}

/** Comments at once, without a pending review: at a place, or in a thread. */
export async function commentOnCode(
  app: App,
  actor: Actor,
  open: OpenRepository,
  pull: Pull,
  comment: { body: string } & ({ threadId: number } | { place: ThreadPlace }),
): Promise<ReviewRow> {
  const body = parseComment(comment.body);
  return submitReview(app, actor, open, pull, {
    state: 'commented',
    body: '',
    drafts: [{ ...comment, body }],
  });
}

/** Whether whoever opened the repository may resolve a pull request's threads: its author, and who may write. */
export function mayResolve(open: OpenRepository, { issue }: Pick<Pull, 'issue'>): boolean {
  const { actor } = open;
  return actor.kind === 'user' && (actor.userId === issue.authorId || open.units.pulls === 'write');
}

/** Marks a thread as settled. */
export async function resolveThread(
  app: App,
  actor: Actor,
  open: OpenRepository,
  pull: Pull,
  threadId: number,
): Promise<void> {
  await setResolved(app, actor, open, pull, threadId, true);
}

/** Opens a settled thread again. */
export async function reopenThread(
  app: App,
  actor: Actor,
  open: OpenRepository,
  pull: Pull,
  threadId: number,
): Promise<void> {
  await setResolved(app, actor, open, pull, threadId, false);
}

async function setResolved(
  app: App,
  actor: Actor,
  open: OpenRepository,
  pull: Pull,
  threadId: number,
  isResolved: boolean,
): Promise<void> {
  const userId = requirePerson(actor);
  const isAuthor = userId === pull.issue.authorId;
  const ability = isAuthor ? 'pulls:comment' : 'pulls:manage';
  await requireAbility(app.db.read, actor, open, ability);
  await changePull(app, actor, open, pull.issue.id, ability, async ({ tx, issue, now }) => {
    if (isAuthor) await requireTalking(app, tx, open, issue, userId);
    const thread = await findThread(tx, issue.id, threadId);
    if (!thread) throw notFound('thread');
    if ((thread.resolvedAt !== null) === isResolved) return;
    const resolved = isResolved
      ? { resolvedAt: now, resolvedById: userId }
      : { resolvedAt: null, resolvedById: null };
    await updateThread(tx, thread.id, resolved);
    await app.events.record(tx, {
      kind: isResolved ? 'pull.thread_resolved' : 'pull.thread_unresolved',
      ...doneBy(actor),
      repositoryId: issue.repositoryId,
      issueId: issue.id,
      threadId: thread.id,
    });
  });
}

/** The issue that a comment on code belongs to; judges nothing. */
export async function issueOfComment(app: App, entryId: number): Promise<number | undefined> {
  return findIssueOfPullComment(app.db.read, entryId);
}

/** The thread of a comment; throws AppError not_found. */
export async function threadOfComment(
  app: App,
  { issue }: Pick<Pull, 'issue'>,
  entryId: number,
): Promise<number> {
  const comment = await findPullComment(app.db.read, issue.id, entryId);
  if (!comment) throw notFound('comment');
  return comment.threadId;
}

/** The newest review of somebody on a pull request. */
export async function newestReviewOf(
  app: App,
  actor: Actor,
  { issue }: Pick<Pull, 'issue'>,
): Promise<ReviewRow | undefined> {
  if (actor.kind !== 'user') return undefined;
  return findNewestReviewOf(app.db.read, issue.id, actor.userId);
}

/** Forgets threads whose last comment was deleted. */
export async function forgetEmptyThreads(app: App, issueId: number): Promise<void> {
  await app.db.write((tx) => removeEmptyThreads(tx, issueId));
}
