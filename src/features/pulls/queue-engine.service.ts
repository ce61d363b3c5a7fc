// Moves merge queues on: takes one planned step after the other until a queue waits. Each step is one transaction that
// plans again before it writes, or work with git that can be done twice; so it may end anywhere and begin anew.
import { isDeepStrictEqual } from 'node:util';
import { SYSTEM } from '../../base/actor.ts';
import { type AppError, isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { changePullWithin } from './changing-pulls.service.ts';
import { findPullById } from './pulls.store.ts';
import {
  changeGroup,
  insertGroup,
  listQueues,
  type QueueKey,
  removeEntries,
  updateEntry,
} from './queue.store.ts';
import type { QueueOrder, QueueStep } from './queue.types.ts';
import { buildGroup } from './queue-building.service.ts';
import { endGroups } from './queue-groups.service.ts';
import { advanceLater } from './queue-jobs.service.ts';
import { findUnmet, landGroup } from './queue-landing.service.ts';
import { leaveWithin } from './queue-leaving.service.ts';
import { nextStep } from './queue-plan.service.ts';
import { type ReadQueue, readQueue, readRows } from './queue-reading.service.ts';
import { sweepGroupRefs } from './queue-refs.service.ts';

/** Steps of one run; a queue that wants more is looked at again by another job, behind those of others. */
const MOST_STEPS = 500;

const running = new WeakMap<App, Map<string, { again: boolean }>>();

/** Takes every step that can be taken by now. While a queue is moved on already, that run looks once more. */
export async function advanceQueue(app: App, key: QueueKey): Promise<void> {
  const runs = running.get(app) ?? new Map<string, { again: boolean }>();
  running.set(app, runs);
  const name = `${key.repositoryId}:${key.branch}`;
  const current = runs.get(name);
  if (current) {
    current.again = true;
    return;
  }
  const run = { again: true };
  runs.set(name, run);
  try {
    while (run.again) {
      run.again = false;
      await takeSteps(app, key);
    }
  } finally {
    runs.delete(name);
  }
}

/** Has every queue that holds anything looked at: what a crash or a lost job left standing goes on. */
export async function advanceAll(app: App, repositoryId?: number): Promise<void> {
  const keys = await listQueues(app.db.read, repositoryId);
  if (keys.length === 0) return;
  await app.db.write(async (tx) => {
    for (const key of keys) await advanceLater(app, tx, key);
  });
}

async function takeSteps(app: App, key: QueueKey): Promise<void> {
  for (let count = 0; ; count++) {
    const read = await readQueue(app, key);
    if (!read) return;
    const step = nextStep(read.view);
    if (!step) return sweepGroupRefs(app, read.open, key);
    if (count >= MOST_STEPS) return app.db.write((tx) => advanceLater(app, tx, key, 1000));
    await take(app, read, step);
  }
}

async function take(app: App, read: ReadQueue, step: QueueStep): Promise<void> {
  if (step.kind === 'build') return buildGroup(app, read, step.groupId);
  if (step.kind === 'land') return land(app, read, step);
  await whilePlanned(app, read, step, (tx) => write(app, tx, read, step));
}

/** Runs `work` in a transaction if the step is still the next one by the rows of that transaction. */
async function whilePlanned(
  app: App,
  read: ReadQueue,
  step: QueueStep,
  work: (tx: Tx) => Promise<void>,
): Promise<boolean> {
  return app.db.write(async (tx) => {
    const { view } = await readRows(app, tx, read.key, read);
    if (!isDeepStrictEqual(nextStep(view), step)) return false;
    await work(tx);
    return true;
  });
}

async function write(app: App, tx: Tx, read: ReadQueue, step: QueueStep): Promise<void> {
  const now = app.clock.now();
  switch (step.kind) {
    case 'finish':
      await endGroups(app, tx, groupsOf(read, step.entryIds), 'merged');
      await removeEntries(tx, step.entryIds);
      return;
    case 'eject':
      return ejectWithin(app, tx, read, step.entryIds, step.reason);
    case 'dissolve':
      await keepLargest(tx, read, step);
      return endGroups(app, tx, step.groupIds, step.largestGroup === undefined ? 'invalidated' : 'failed');
    case 'form':
      await insertGroup(tx, read.key, { ...step, now });
      return;
    case 'settle':
      await changeGroup(tx, step.groupId, ['testing'], { state: step.state });
      return;
  }
}

function groupsOf({ queued }: ReadQueue, entryIds: readonly number[]): number[] {
  const members = queued.filter(({ entry }) => entryIds.includes(entry.id));
  return [...new Set(members.flatMap(({ entry }) => entry.groupId ?? []))];
}

async function ejectWithin(
  app: App,
  tx: Tx,
  { queued }: ReadQueue,
  entryIds: readonly number[],
  reason: string,
): Promise<void> {
  for (const { entry } of queued.filter((one) => entryIds.includes(one.entry.id))) {
    const pull = await findPullById(tx, entry.pullId);
    if (pull)
      await changePullWithin(app, tx, SYSTEM, pull, (change) =>
        leaveWithin(app, SYSTEM, change, entry, reason),
      );
  }
}

async function keepLargest(
  tx: Tx,
  { queued }: ReadQueue,
  { groupIds, largestGroup }: { groupIds: number[]; largestGroup?: number },
): Promise<void> {
  if (largestGroup === undefined) return;
  for (const { entry } of queued) {
    if (entry.groupId === null || !groupIds.includes(entry.groupId)) continue;
    const mergeOrder: QueueOrder = { ...entry.mergeOrder, largestGroup };
    await updateEntry(tx, entry.id, { mergeOrder });
  }
}

/** Marked first: from then on nobody takes an entry out, and whoever comes after a crash goes on here. */
async function land(app: App, read: ReadQueue, step: QueueStep & { kind: 'land' }): Promise<void> {
  const { groupId } = step;
  const isBegun = read.groups.some(({ id, state }) => id === groupId && state === 'merging');
  if (!isBegun) {
    const unmet = await findUnmet(app, read, groupId);
    if (unmet) return eject(app, read, [unmet.entryId], unmet.reason);
    const begin = async (tx: Tx) => void (await changeGroup(tx, groupId, ['passed'], { state: 'merging' }));
    if (!(await whilePlanned(app, read, step, begin))) return;
  }
  try {
    await landGroup(app, read, groupId);
  } catch (error) {
    if (!isAppError(error, 'conflict', 'forbidden')) throw error;
    // The branch was moved by somebody else, or a rule forbids it after all: tested or told again.
    await giveUp(app, read, groupId, error);
  }
}

async function eject(app: App, read: ReadQueue, entryIds: number[], reason: string): Promise<void> {
  await app.db.write((tx) => ejectWithin(app, tx, read, entryIds, reason));
}

async function giveUp(app: App, read: ReadQueue, groupId: number, error: AppError): Promise<void> {
  await app.db.write(async (tx) => {
    const { view } = await readRows(app, tx, read.key, read);
    const entryIds = view.entries
      .filter((one) => one.groupId === groupId && !one.isMerged)
      .map(({ id }) => id);
    await endGroups(app, tx, [groupId], 'invalidated');
    if (error.code === 'forbidden') await ejectWithin(app, tx, read, entryIds, error.message);
  });
}
