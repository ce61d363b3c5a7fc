// The refs under which checks outside fetch what the merge queue tests: refs/queue/<branch>/group-<id>.
import type { App } from '../../platform/app.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';
import { moveRefs } from '../../platform/git/move-refs.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { listGroups, type QueueKey } from './queue.store.ts';

const PREFIX = 'refs/queue/';

/** Where a group's commit is fetched. A branch of such a name cannot exist beside the branch of the queue. */
export function groupRef(branch: string, groupId: number): string {
  return `${PREFIX}${branch}/group-${groupId}`;
}

/** Points a group's ref at its commit. */
export async function pointGroupRef(
  app: App,
  { dir }: Pick<OpenRepository, 'dir'>,
  ref: string,
  newOid: Oid,
): Promise<void> {
  const oldOid = (await app.git.ref(dir, ref)) ?? '0'.repeat(newOid.length);
  if (oldOid !== newOid && !(await moveRefs(app.git, dir, [{ ref, oldOid, newOid }])))
    throw new Error(`${ref} was not written.`);
}

/** Removes refs of groups that are no more, whatever ended before it could. */
export async function sweepGroupRefs(
  app: App,
  { dir }: Pick<OpenRepository, 'dir'>,
  key: QueueKey,
): Promise<void> {
  const refs = await app.git.refs(dir, `${PREFIX}${key.branch}/`);
  if (refs.length === 0) return;
  const kept = new Set((await listGroups(app.db.read, key)).map(({ id }) => groupRef(key.branch, id)));
  const isOurs = (name: string) => /^group-\d+$/.test(name.slice(PREFIX.length + key.branch.length + 1));
  const gone = refs.filter(({ name }) => isOurs(name) && !kept.has(name));
  const endPush = await app.git.activity.beginPush(dir);
  try {
    await moveRefs(
      app.git,
      dir,
      gone.map(({ name, oid }) => ({ ref: name, oldOid: oid, newOid: '0'.repeat(oid.length) })),
    );
  } finally {
    endPush();
  }
}
