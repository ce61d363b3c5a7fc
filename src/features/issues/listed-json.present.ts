// Issues of a list as the API answers them: as each of them alone.
import type { Actor } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import { placesAmong } from './issue-places.service.ts';
import { issuesJson } from './issues.json.ts';
import { findIssuesByIds } from './issues.store.ts';
import type { ListedIssue, ListScope } from './listing.types.ts';

/** Listed issues in their order, with their texts, which pages do not show. */
export async function listedJson(
  app: App,
  actor: Actor,
  scope: ListScope,
  listed: readonly Pick<ListedIssue, 'id' | 'repositoryId'>[],
) {
  const here = scope.kind === 'repository' ? scope.open : undefined;
  const [placeOf, rows] = await Promise.all([
    placesAmong(
      app,
      actor,
      listed.map(({ repositoryId }) => repositoryId),
      here,
    ),
    findIssuesByIds(
      app.db.read,
      listed.map(({ id }) => id),
    ),
  ]);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const ordered = listed.flatMap(({ id }) => byId.get(id) ?? []);
  return issuesJson(app, actor, placeOf, ordered);
}
