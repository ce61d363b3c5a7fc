// Which of some issues, wherever they are, somebody may read; the others are left out and counted in nothing.
import type { Actor } from '../../base/actor.ts';
import { isAppError } from '../../base/errors.ts';
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { issuesReadableAmong, visibleAmong } from '../repos/visible.service.ts';

type Here = Pick<OpenRepository, 'repository' | 'path'>;

/** The paths of repositories whose issues the actor may read, by their id; `here` is one they have opened. */
export async function readablePaths(
  app: App,
  actor: Actor,
  repositoryIds: Iterable<number>,
  here?: Here,
): Promise<Map<number, string>> {
  const paths = new Map<number, string>(here ? [[here.repository.id, here.path]] : []);
  const elsewhere = [...new Set(repositoryIds)].filter((id) => !paths.has(id));
  if (elsewhere.length === 0) return paths;
  const seen = await seenAmong(app, actor, elsewhere);
  for (const id of await issuesReadableAmong(app, actor, seen.values())) {
    const found = seen.get(id);
    if (found) paths.set(id, `/${found.ownerName}/${found.repository.name}`);
  }
  return paths;
}

/** A token that may read issues and no lists of repositories sees what is elsewhere not at all. */
async function seenAmong(app: App, actor: Actor, ids: readonly number[]) {
  try {
    return await visibleAmong(app, actor, ids);
  } catch (error) {
    if (isAppError(error, 'forbidden')) return new Map() as Awaited<ReturnType<typeof visibleAmong>>;
    throw error;
  }
}
