// Issues of a list as the API answers them: as each of them alone.
import type { Actor } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import { placesAmong } from './issue-places.service.ts';
import { issuesJson } from './issues.json.ts';
import { unitOf } from './issues.policy.ts';
import { findIssuesByIds } from './issues.store.ts';
import type { ListScope } from './listing.types.ts';

/** Issues in the order of their ids, but for those that were moved meanwhile to where the actor may not read them. */
export async function listedJson(app: App, actor: Actor, scope: ListScope, ids: readonly number[]) {
  const rows = await findIssuesByIds(app.db.read, ids);
  const placeOf = await placesAmong(
    app,
    actor,
    rows.map(({ repositoryId }) => repositoryId),
    scope.kind === 'repository' ? scope.open : undefined,
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  const ordered = ids.flatMap((id) => byId.get(id) ?? []);
  const readable = ordered.filter((row) => placeOf(row).kinds[unitOf(row)]);
  return issuesJson(app, actor, placeOf, readable);
}
