// Builds the commit that a group of the merge queue is tested with: its pull requests merged one on top of the other.
import { SYSTEM } from '../../base/actor.ts';
import { type AppError, isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import type { Oid, Signature } from '../../platform/git/git.types.ts';
import { authorOfAccount } from '../code/commit-authors.service.ts';
import { changePullWithin } from './changing-pulls.service.ts';
import { buildMerge } from './merge-building.service.ts';
import type { QueueEntryRow } from './pulls.types.ts';
import { changeGroup, findGroup, type QueuedPull, updateEntry } from './queue.store.ts';
import type { QueueOrder } from './queue.types.ts';
import { endGroups } from './queue-groups.service.ts';
import { leaveWithin } from './queue-leaving.service.ts';
import { entriesOf } from './queue-plan.service.ts';
import { type ReadQueue, readRows } from './queue-reading.service.ts';
import { groupRef, pointGroupRef } from './queue-refs.service.ts';
import { ownCommitsOn } from './restacking.service.ts';

interface Built {
  entryId: number;
  oid: Oid;
}

/**
 * Builds a group and has it tested. What conflicts with the branch itself leaves the queue; what conflicts with others
 * ahead of it waits until they are decided.
 */
export async function buildGroup(app: App, read: ReadQueue, groupId: number): Promise<void> {
  const group = read.groups.find(({ id }) => id === groupId);
  if (!group) return;
  const endPush = await app.git.activity.beginPush(read.open.dir);
  try {
    const built: Built[] = [];
    for (const member of membersOf(read, groupId)) {
      const baseOid = built.at(-1)?.oid ?? group.baseOid;
      const outcome = await buildEntry(app, read, member, baseOid);
      if (isAppError(outcome)) return await setAside(app, read, member, { groupId, baseOid, error: outcome });
      built.push({ entryId: member.entry.id, oid: outcome });
    }
    const headOid = built.at(-1)?.oid;
    if (headOid === undefined) return;
    await pointGroupRef(app, read.open, groupRef(read.key.branch, groupId), headOid);
    await app.db.write((tx) => test(app, tx, read, groupId, built));
  } finally {
    endPush();
  }
}

/** In their order. */
export function membersOf({ queued, view }: ReadQueue, groupId: number): QueuedPull[] {
  const byId = new Map(queued.map((one) => [one.entry.id, one]));
  return entriesOf(view, groupId).flatMap(({ id }) => byId.get(id) ?? []);
}

async function buildEntry(
  app: App,
  { open, key, settings }: ReadQueue,
  { entry, pull, issue }: QueuedPull,
  baseOid: Oid,
): Promise<Oid | AppError> {
  const style = settings?.style ?? entry.mergeOrder.style;
  const committer = await committerOf(app, entry);
  try {
    // Of a stack, what the one below brought is not brought again.
    const headOid = await ownCommitsOn(app, open, { issue, pull }, { baseOid, committer });
    const into = { issue, pull: { ...pull, headOid, baseBranch: key.branch } };
    return await buildMerge(app, open, into, { ...entry.mergeOrder, style }, { baseOid, committer });
  } catch (error) {
    if (isAppError(error, 'conflict', 'invalid')) return error;
    throw error;
  }
}

/** Merges are committed by whoever put them into the queue. */
async function committerOf(app: App, { mergeOrder }: QueueEntryRow): Promise<Signature> {
  const nobody = { name: 'Merge queue', email: '', time: app.clock.now(), offset: 0 };
  return (await authorOfAccount(app, mergeOrder.byId)) ?? nobody;
}

/** The rows may have changed while git worked: then what was built is thrown away, and the queue is looked at again. */
async function test(
  app: App,
  tx: Tx,
  read: ReadQueue,
  groupId: number,
  built: readonly Built[],
): Promise<void> {
  const { view, queued } = await readRows(app, tx, read.key, read);
  const now = { ...read, view, queued };
  const ids = membersOf(now, groupId).map(({ entry }) => entry.id);
  const headOid = built.at(-1)?.oid;
  if (headOid === undefined || ids.join() !== built.map(({ entryId }) => entryId).join()) return;
  const isChanged = await changeGroup(tx, groupId, ['building'], {
    ...{ state: 'testing', headOid },
    startedAt: app.clock.now(),
  });
  const group = await findGroup(tx, groupId);
  if (!isChanged || !group) return;
  for (const { entryId, oid } of built) await updateEntry(tx, entryId, { resultOid: oid });
  const { repositoryId, branch, baseOid } = group;
  await app.events.record(tx, {
    kind: 'merge_group.checks_requested',
    ...{ repositoryId, groupId, branch, headOid, baseOid },
    pullIds: queued.filter(({ entry }) => entry.groupId === groupId).map(({ entry }) => entry.pullId),
  });
}

/** An entry that cannot be merged here: it leaves for good where only the branch itself is below it. */
async function setAside(
  app: App,
  read: ReadQueue,
  { entry }: QueuedPull,
  { groupId, baseOid, error }: { groupId: number; baseOid: Oid; error: AppError },
): Promise<void> {
  await app.db.write(async (tx) => {
    const { queued, groups } = await readRows(app, tx, read.key, read);
    const now = queued.find((one) => one.entry.id === entry.id);
    if (now?.entry.groupId !== groupId) return;
    if (baseOid === read.tip) {
      await changePullWithin(app, tx, SYSTEM, now, (change) =>
        leaveWithin(app, SYSTEM, change, now.entry, error.message),
      );
      return;
    }
    const isFirst = queued.every(
      (one) => one.entry.groupId !== groupId || one.entry.groupPlace >= now.entry.groupPlace,
    );
    const others = groups.filter(({ id }) => id !== groupId).map(({ id }) => id);
    const heldBehind = isFirst ? Math.max(0, ...others) : groupId;
    const mergeOrder: QueueOrder = { ...now.entry.mergeOrder, heldBehind };
    await updateEntry(tx, entry.id, { mergeOrder, groupId: null, groupPlace: 0 });
    if (queued.every((one) => one.entry.groupId !== groupId || one.entry.id === entry.id))
      await endGroups(app, tx, [groupId], 'invalidated');
  });
}
