// Issues of a list as the API answers them: as each of them alone.
import type { App } from '../../platform/app.types.ts';
import { issuesJson } from './issues.json.ts';
import { findIssuesByIds } from './issues.store.ts';
import type { ListedIssue } from './listing.types.ts';

/** Listed issues in their order, with their texts, which pages do not show. */
export async function listedJson(app: App, listed: readonly ListedIssue[]) {
  const places = new Map(
    listed.map(({ id, path, repositoryId }) => [id, { repository: { id: repositoryId }, path }]),
  );
  const rows = await findIssuesByIds(app.db.read, [...places.keys()]);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const ordered = listed.flatMap(({ id }) => byId.get(id) ?? []);
  return issuesJson(
    app,
    ({ id, repositoryId }) => places.get(id) ?? { repository: { id: repositoryId }, path: '' },
    ordered,
  );
}
