// Which of some repositories' issues somebody may read; those of the others are left out and counted in nothing.
import type { Actor } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { readableIssueRepositories } from '../repos/visible.service.ts';
import { pathsOf } from './listed.store.ts';

/** The paths of repositories whose issues the actor may read, by their id; `here` is one they have opened. */
export async function readablePaths(
  app: App,
  actor: Actor,
  repositoryIds: Iterable<number>,
  here: Pick<OpenRepository, 'repository' | 'path'>,
): Promise<Map<number, string>> {
  const elsewhere = [...new Set(repositoryIds)].filter((id) => id !== here.repository.id);
  const own: [number, string] = [here.repository.id, here.path];
  if (elsewhere.length === 0) return new Map([own]);
  const readable = await readableIssueRepositories(app, actor, { ids: elsewhere });
  const paths = await pathsOf(app.db.read, readable);
  return new Map([...paths, own]);
}
