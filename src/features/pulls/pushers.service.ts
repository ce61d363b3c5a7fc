// Who pushed a commit to a branch, by what was recorded of pushes: who wrote it, or opened a pull request of it, says nothing of that.
import type { App } from '../../platform/app.types.ts';
import type { RecordedEvent } from '../../platform/events/events.types.ts';
import type { Oid } from '../../platform/git/git.types.ts';

type Push = RecordedEvent & { kind: 'push' };

/** Pushes of one repository that are looked at, the newest first. */
const MOST_PUSHES = 500;

/** The newest push that moved a branch to a commit; undefined where none of the last ones did. Judges nothing. */
export async function findPushOf(
  app: App,
  { repositoryId, branch, oid }: { repositoryId: number; branch: string; oid: Oid },
): Promise<Push | undefined> {
  const ref = `refs/heads/${branch}`;
  const pushes = await app.events.recent({ repositoryId, kind: 'push', limit: MOST_PUSHES });
  return pushes.find(
    (event): event is Push =>
      event.kind === 'push' && event.updates.some((one) => one.ref === ref && one.newOid === oid),
  );
}
