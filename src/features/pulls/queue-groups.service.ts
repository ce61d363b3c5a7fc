// The end of groups of the merge queue, and how long their checks took.
import type { App } from '../../platform/app.types.ts';
import type { Tx } from '../../platform/db/db.types.ts';
import { findGroup, type QueueKey, removeGroups } from './queue.store.ts';

/** Events of a repository that are looked through for how long checks took. */
const LOOKED_AT = 300;
const ENOUGH = 10;

/** Removes groups, whose entries wait again, and says so of those that were tested. */
export async function endGroups(
  app: App,
  tx: Tx,
  ids: readonly number[],
  reason: 'merged' | 'failed' | 'invalidated',
): Promise<void> {
  for (const id of ids) {
    const group = await findGroup(tx, id);
    if (!group?.headOid) continue;
    const { repositoryId, branch, headOid, startedAt } = group;
    const took = app.clock.now() - (startedAt ?? app.clock.now());
    const event = { kind: 'merge_group.destroyed', repositoryId, groupId: id, branch, headOid } as const;
    await app.events.record(tx, { ...event, reason, took });
  }
  await removeGroups(tx, ids);
}

/** Milliseconds from when a group is tested until it is merged, by the last ones of a branch; undefined before the first. */
export async function usualDuration(
  app: App,
  { repositoryId, branch }: QueueKey,
): Promise<number | undefined> {
  const recent = await app.events.recent({ repositoryId, limit: LOOKED_AT });
  const took = recent
    .flatMap((event) =>
      event.kind === 'merge_group.destroyed' && event.branch === branch && event.reason === 'merged'
        ? [event.took]
        : [],
    )
    .slice(0, ENOUGH)
    .toSorted((a, b) => a - b);
  return took[Math.floor(took.length / 2)];
}
