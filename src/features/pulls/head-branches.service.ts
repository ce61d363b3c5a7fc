// The branch that a pull request brings: whether it is there.
import { SYSTEM } from '../../base/actor.ts';
import { isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import { openRepositoryById } from '../repos/access.service.ts';
import type { PullRow } from './pulls.types.ts';

/** Whether the head's branch is there; judges nothing, since what is at a branch is no part of the answer. */
export async function headExists(app: App, pull: PullRow): Promise<boolean> {
  if (pull.headRepositoryId === null) return false;
  const open = await openRepositoryById(app, SYSTEM, pull.headRepositoryId, 'code:read').catch(
    (error: unknown) => {
      if (isAppError(error, 'not_found')) return undefined;
      throw error;
    },
  );
  return open !== undefined && (await app.git.ref(open.dir, `refs/heads/${pull.headBranch}`)) !== undefined;
}
