// Where issues are, and what of those places somebody may read: what their JSON is made with.
import type { Actor } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { readableConversations } from '../repos/visible.service.ts';
import type { CountedKinds } from './index-counts.service.ts';
import { kindsReadIn } from './issues.policy.ts';
import type { IssueRow } from './issues.types.ts';
import { pathsOf } from './listed.store.ts';

/** A repository of issues: its path (`/owner/name`), and what of it the reader may read, by which milestones are counted. */
export interface IssuePlace {
  repository: { id: number };
  path: string;
  kinds: CountedKinds;
}

export type PlaceOf = (issue: Pick<IssueRow, 'repositoryId'>) => IssuePlace;

/** The place of the issues of an opened repository. */
export function placeIn(open: Pick<OpenRepository, 'repository' | 'units' | 'path'>): IssuePlace {
  return { repository: open.repository, path: open.path, kinds: kindsReadIn(open) };
}

/** The places of issues of several repositories, of which the actor was found to read some already. */
export async function placesAmong(
  app: App,
  actor: Actor,
  repositoryIds: Iterable<number>,
  here?: Pick<OpenRepository, 'repository' | 'units' | 'path'>,
): Promise<PlaceOf> {
  const places = new Map<number, IssuePlace>();
  if (here) places.set(here.repository.id, placeIn(here));
  const ids = [...new Set(repositoryIds)].filter((id) => !places.has(id));
  if (ids.length > 0) {
    const [paths, readable] = await Promise.all([
      pathsOf(app.db.read, ids),
      readableConversations(app, actor, { ids }),
    ]);
    const [issues, pulls] = [new Set(readable.issues), new Set(readable.pulls)];
    for (const [id, path] of paths)
      places.set(id, { repository: { id }, path, kinds: { issues: issues.has(id), pulls: pulls.has(id) } });
  }
  return ({ repositoryId: id }) =>
    places.get(id) ?? { repository: { id }, path: '', kinds: { issues: false, pulls: false } };
}
