// How many parts of issues are done, as far as somebody may see them.
import type { Actor } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { listPartStates } from './parts.store.ts';
import { readablePaths } from './visible-issues.service.ts';

export interface PartProgress {
  done: number;
  total: number;
}

/** By the id of the issue that has parts; issues without visible parts are left out. A constant number of statements. */
export async function partProgressOf(
  app: App,
  actor: Actor,
  issueIds: readonly number[],
  here?: Pick<OpenRepository, 'repository' | 'path'>,
): Promise<Map<number, PartProgress>> {
  const parts = await listPartStates(app.db.read, issueIds);
  const paths = await readablePaths(
    app,
    actor,
    parts.map(({ repositoryId }) => repositoryId),
    here,
  );
  const found = new Map<number, PartProgress>();
  for (const { parentId, repositoryId, state } of parts) {
    if (!paths.has(repositoryId)) continue;
    const known = found.get(parentId) ?? { done: 0, total: 0 };
    found.set(parentId, { done: known.done + (state === 'closed' ? 1 : 0), total: known.total + 1 });
  }
  return found;
}
