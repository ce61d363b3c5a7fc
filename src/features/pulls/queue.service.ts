// The merge queue as people use it: pull requests enter and leave it, and wait in an order.
import { type Actor, doneBy } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { requirePerson } from '../issues/changing.service.ts';
import { permissionIncludes, requireAbility } from '../repos/repos.policy.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { rulesForBranch } from '../rules/rules.service.ts';
import { changePull } from './changing-pulls.service.ts';
import type { MergeOrder, Pull, PullChange, QueueEntryRow } from './pulls.types.ts';
import {
  countQueued,
  findEntry,
  insertQueued,
  listQueued,
  type QueuedPull,
  updateEntry,
} from './queue.store.ts';
import type { QueueOrder } from './queue.types.ts';
import { advanceLater } from './queue-jobs.service.ts';
import { keptOutBy } from './queue-landing.service.ts';
import { leaveWithin } from './queue-leaving.service.ts';

/** Entries of one queue. */
const MOST_ENTRIES = 500;
/** Characters of what the merge is to say. */
const MOST_TITLE = 1000;
const MOST_MESSAGE = 65_536;
/** The highest priority; 0 is what everybody has who asks for none. */
export const MOST_URGENT = 2;

export interface Queueing {
  /** How it is merged; the style is the queue's. */
  order?: Partial<Pick<MergeOrder, 'title' | 'message' | 'deleteBranch'>>;
  priority?: number;
  /** The queue it goes into where that is not the one of its base: with those below it in a stack. */
  branch?: string;
  /** The head that was looked at. */
  headOid?: string | undefined;
}

/** Whether pull requests into a branch are merged by a queue. */
export async function hasQueue(
  app: App,
  open: Pick<OpenRepository, 'repository'>,
  branch: string,
): Promise<boolean> {
  return (await rulesForBranch(app, open, branch)).queue !== undefined;
}

/** The entry of a pull request, if it is in a queue. */
export async function queueEntryOf(app: App, pull: Pick<Pull, 'issue'>): Promise<QueueEntryRow | undefined> {
  return findEntry(app.db.read, pull.issue.id);
}

/**
 * Puts a pull request into the queue of its base. Throws AppError conflict when the branch has no queue, when it waits
 * already or cannot be merged; forbidden where a rule is not met, or for a priority that is not the person's to give.
 */
export async function enqueuePull(
  app: App,
  actor: Actor,
  open: OpenRepository,
  pull: Pull,
  { order = {}, priority = 0, branch = pull.pull.baseBranch, headOid = pull.pull.headOid }: Queueing = {},
): Promise<QueueEntryRow> {
  await requireAbility(app.db.read, actor, open, 'pulls:merge');
  const byId = requirePerson(actor);
  requirePriority(open, priority);
  requireShort(order);
  const { queue } = await rulesForBranch(app, open, branch);
  if (!queue) throw new AppError('conflict', `${branch} has no merge queue: merge the pull request itself.`);
  await requireReady(app, open, pull, branch);
  const mergeOrder: QueueOrder = { ...order, style: queue.style, byId, at: app.clock.now() };
  return changePull(app, actor, open, pull.issue.id, 'pulls:merge', async (change) => {
    requireQueueable(change);
    requireSeen(change, pull, headOid);
    if (await findEntry(change.tx, pull.issue.id))
      throw new AppError('conflict', 'It is in the merge queue already.');
    return insertWithin(app, actor, change, { branch, priority, mergeOrder });
  });
}

/** Takes a pull request out of its queue; says whether it was in one. Its author may, and whoever may merge. */
export async function dequeuePull(
  app: App,
  actor: Actor,
  open: OpenRepository,
  pull: Pull,
): Promise<boolean> {
  const isAuthor = actor.kind === 'user' && actor.userId === pull.issue.authorId;
  const name = actor.kind === 'user' ? actor.name : 'the system';
  return changePull(
    app,
    actor,
    open,
    pull.issue.id,
    isAuthor ? 'pulls:comment' : 'pulls:merge',
    async (change) => {
      const entry = await findEntry(change.tx, pull.issue.id);
      if (!entry) return false;
      await leaveWithin(app, actor, change, entry, `${name} took it out.`);
      return true;
    },
  );
}

/**
 * Says how urgent an entry is; ones of a higher priority are tested and merged first. For maintainers. Of a stack, those
 * below it become as urgent, and those above it no more urgent than it.
 */
export async function setPriority(
  app: App,
  actor: Actor,
  open: OpenRepository,
  pull: Pull,
  priority: number,
): Promise<void> {
  requireMaintainer(open);
  requirePriority(open, priority);
  await changePull(app, actor, open, pull.issue.id, 'pulls:merge', async ({ tx }) => {
    const entry = await findEntry(tx, pull.issue.id);
    if (!entry) throw new AppError('conflict', 'It is not in the merge queue.');
    const queued = await listQueued(tx, entry);
    const others = priority > entry.priority ? belowIn(queued, entry.pullId) : aboveIn(queued, entry.pullId);
    const isBehind = (one: QueueEntryRow) =>
      priority > entry.priority ? one.priority < priority : one.priority > priority;
    for (const one of [entry, ...others.filter(isBehind)]) await updateEntry(tx, one.id, { priority });
    await advanceLater(app, tx, entry);
  });
}

function belowIn(queued: readonly QueuedPull[], pullId: number): QueueEntryRow[] {
  const found: QueueEntryRow[] = [];
  const basedOn = (id: number) => queued.find(({ entry }) => entry.pullId === id)?.pull.basePullId;
  for (let id = basedOn(pullId); id && found.length < queued.length; id = basedOn(id)) {
    const below = queued.find(({ entry }) => entry.pullId === id);
    if (below) found.push(below.entry);
  }
  return found;
}

function aboveIn(queued: readonly QueuedPull[], pullId: number): QueueEntryRow[] {
  return queued
    .map(({ entry }) => entry)
    .filter((entry) => belowIn(queued, entry.pullId).some((below) => below.pullId === pullId));
}

async function requireReady(app: App, open: OpenRepository, pull: Pull, branch: string): Promise<void> {
  const unmet = await keptOutBy(app, open, pull, branch);
  if (unmet) throw new AppError(unmet.rule === 'open' ? 'conflict' : 'forbidden', unmet.text);
}

function requireShort({ title = '', message = '' }: NonNullable<Queueing['order']>): void {
  if (title.length > MOST_TITLE)
    throw new AppError('invalid', `The title of the commit has at most ${MOST_TITLE} characters.`);
  if (message.length > MOST_MESSAGE)
    throw new AppError('invalid', `The message of the commit has at most ${MOST_MESSAGE} characters.`);
}

function requirePriority(open: OpenRepository, priority: number): void {
  if (!Number.isInteger(priority) || priority < 0 || priority > MOST_URGENT)
    throw new AppError('invalid', `The priority is a number from 0 to ${MOST_URGENT}.`);
  if (priority > 0) requireMaintainer(open);
}

function requireMaintainer(open: OpenRepository): void {
  if (!permissionIncludes(open.permission, 'maintain'))
    throw new AppError('forbidden', 'Only maintainers say what goes first in the merge queue.');
}

function requireQueueable({ issue, pull }: PullChange): void {
  if (pull.mergedAt !== null) throw new AppError('conflict', 'It is merged already.');
  if (issue.state !== 'open') throw new AppError('conflict', 'It is closed: reopen it first.');
  if (pull.isDraft) throw new AppError('conflict', 'It is a draft: say that it is ready for review first.');
  if (pull.mergeability === 'conflicts')
    throw new AppError('conflict', 'It conflicts with its base: resolve the conflicts first.');
}

/** What came since it was judged was judged by nobody. */
function requireSeen({ pull }: PullChange, seen: Pull, headOid: string): void {
  if (pull.headOid !== headOid)
    throw new AppError('conflict', 'New commits came since you looked at this: look at them, then queue it.');
  if (pull.baseBranch !== seen.pull.baseBranch)
    throw new AppError(
      'conflict',
      `This goes into ${pull.baseBranch} by now: look at it again, then queue it.`,
    );
}

async function insertWithin(
  app: App,
  actor: Actor,
  change: PullChange,
  { branch, priority, mergeOrder }: { branch: string; priority: number; mergeOrder: QueueOrder },
): Promise<QueueEntryRow> {
  const { tx, issue, pull, now } = change;
  const key = { repositoryId: issue.repositoryId, branch };
  if ((await countQueued(tx, key)) >= MOST_ENTRIES)
    throw new AppError('conflict', `The merge queue of ${branch} is full: ${MOST_ENTRIES} wait in it.`);
  const { headOid } = pull;
  const entry = await insertQueued(tx, {
    ...key,
    pullId: issue.id,
    priority,
    headOid,
    mergeOrder,
    createdAt: now,
  });
  await change.addEntry('queued', { branch });
  const event = {
    kind: 'pull.queued',
    ...doneBy(actor),
    repositoryId: issue.repositoryId,
    issueId: issue.id,
  } as const;
  await app.events.record(tx, { ...event, branch });
  await advanceLater(app, tx, key, SETTLE);
  return entry;
}

/** Milliseconds in which those that are queued one after the other come into one group. */
const SETTLE = 1000;
