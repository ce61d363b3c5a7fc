// The rows of a page of a list with everything they show, in the same few statements however many there are.
import type { Actor } from '../../base/actor.ts';
import type { App } from '../../platform/app.types.ts';
import { readableIssueRepositories } from '../repos/visible.service.ts';
import { namesOf } from '../users/authorship.service.ts';
import {
  countParts,
  listedAssignees,
  listedLabels,
  listedMilestones,
  listedRows,
  pathsOf,
} from './listed.store.ts';
import type { ListedIssue, ListedPull, ListedRow } from './listing.types.ts';
import { pullFactsOf } from './pull-rows.store.ts';
import { headStatesOf } from './pull-statuses.service.ts';

/** Issues as lists show them, in the order of their ids here; those that are gone by now are left out. */
export async function listedIssues(app: App, actor: Actor, ids: readonly number[]): Promise<ListedIssue[]> {
  if (ids.length === 0) return [];
  const { read } = app.db;
  const rows = await listedRows(read, ids);
  const labels = Map.groupBy(await listedLabels(read, ids), ({ issueId }) => issueId);
  const assignees = Map.groupBy(await listedAssignees(read, ids), ({ issueId }) => issueId);
  const milestoneIds = new Set(rows.flatMap(({ milestoneId }) => milestoneId ?? []));
  const milestones = new Map((await listedMilestones(read, [...milestoneIds])).map((one) => [one.id, one]));
  const paths = await pathsOf(read, [...new Set(rows.map(({ repositoryId }) => repositoryId))]);
  const people = [...assignees.values()].flat().map(({ userId }) => userId);
  const names = await namesOf(app, [...people, ...rows.map(({ authorId }) => authorId)]);
  const parts = await partsOf(app, actor, ids);
  const pulls = await pullsOf(app, rows);
  const found = new Map(
    rows.map((row): [number, ListedIssue] => [
      row.id,
      {
        ...row,
        author: names.get(row.authorId),
        labels: (labels.get(row.id) ?? []).map(({ issueId: _, ...label }) => label),
        assignees: (assignees.get(row.id) ?? []).flatMap(({ userId }) => names.get(userId) ?? []),
        milestone: row.milestoneId === null ? undefined : milestones.get(row.milestoneId),
        path: paths.get(row.repositoryId) ?? '',
        parts: parts.get(row.id),
        pull: pulls.get(row.id),
      },
    ]),
  );
  return ids.flatMap((id) => found.get(id) ?? []);
}

async function pullsOf(app: App, rows: readonly ListedRow[]): Promise<Map<number, ListedPull>> {
  const ids = rows.filter(({ isPull }) => isPull).map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const facts = await pullFactsOf(app.db.read, ids);
  const states = await headStatesOf(app, facts);
  return new Map(
    facts.map(({ id, isDraft, decision, baseBranch, mergedAt }) => [
      id,
      { isDraft, decision, baseBranch, mergedAt, status: states.get(id) },
    ]),
  );
}

/** Parts in repositories that the reader may not see are not counted. */
async function partsOf(app: App, actor: Actor, ids: readonly number[]) {
  const counted = await countParts(app.db.read, ids);
  const parts = new Map<number, { total: number; closed: number }>();
  if (counted.length === 0) return parts;
  const repositoryIds = [...new Set(counted.map(({ repositoryId }) => repositoryId))];
  const seen = new Set(await readableIssueRepositories(app, actor, { ids: repositoryIds }));
  for (const { parentId, repositoryId, state, total } of counted) {
    if (parentId === null || !seen.has(repositoryId)) continue;
    const sum = parts.get(parentId) ?? { total: 0, closed: 0 };
    parts.set(parentId, {
      total: sum.total + total,
      closed: sum.closed + (state === 'closed' ? total : 0),
    });
  }
  return parts;
}
