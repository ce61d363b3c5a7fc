// Which issues and pull requests somebody may read among some; the others are left out and counted in nothing.
import type { Actor } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { readableConversations } from '../repos/visible.service.ts';
import { readsKind, unitOf } from './issues.policy.ts';
import type { IssueRow } from './issues.types.ts';
import { pathsOf } from './listed.store.ts';

/** Where an issue or a pull request is. */
export type Placed = Pick<IssueRow, 'repositoryId' | 'isPull'>;

/** The path of the repository that an issue or a pull request is in, where it may be read. */
export type PathOf = (issue: Placed) => string | undefined;

type Here = Pick<OpenRepository, 'repository' | 'path' | 'units'>;

/** The paths of repositories for those of some issues and pull requests that the actor may read; `here` is one they have opened. */
export async function readablePaths(
  app: App,
  actor: Actor,
  issues: Iterable<Placed>,
  here: Here,
): Promise<PathOf> {
  const ids = new Set([...issues].map(({ repositoryId }) => repositoryId));
  ids.delete(here.repository.id);
  const readable =
    ids.size === 0 ? { issues: [], pulls: [] } : await readableConversations(app, actor, { ids: [...ids] });
  const sets = { issues: new Set(readable.issues), pulls: new Set(readable.pulls) };
  const paths = await pathsOf(app.db.read, [...ids]);
  return (issue) => {
    const { repositoryId } = issue;
    if (repositoryId === here.repository.id) return readsKind(here, issue) ? here.path : undefined;
    return sets[unitOf(issue)].has(repositoryId) ? paths.get(repositoryId) : undefined;
  };
}
