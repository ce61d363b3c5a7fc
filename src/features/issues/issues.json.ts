// Issues in the JSON that Gitea's API clients expect.
import type { Actor } from '../../base/actor.ts';
import { isoTime } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import { accountsJson, ghostJson } from '../users/accounts.json.ts';
import { issueHref } from './addresses.service.ts';
import { assetJson } from './attachments.present.ts';
import { listAttachmentsAmong } from './attachments.store.ts';
import type { IssuePlace, PlaceOf } from './issue-places.service.ts';
import { listPinnedAmong } from './issues.store.ts';
import type { AttachmentRow, IssueRow } from './issues.types.ts';
import { listLabelsOf } from './labels.store.ts';
import type { LabelRow } from './labels.types.ts';
import { labelJson, milestonesJson } from './metadata.json.ts';
import { listAssigneesOf } from './metadata.store.ts';
import { listMilestonesAmong } from './milestones.store.ts';
import { type PullFacts, pullFactsOf } from './pull-rows.store.ts';

type Json = Record<string, unknown>;

/**
 * Issues as `GET /repos/{owner}/{repo}/issues/{index}` answers them to a viewer (SYSTEM sees all of them), in their order, in
 * a constant number of statements.
 */
export async function issuesJson(
  app: App,
  viewer: Actor,
  placeOf: PlaceOf,
  issues: readonly IssueRow[],
): Promise<Json[]> {
  if (issues.length === 0) return [];
  const db = app.db.read;
  const ids = issues.map(({ id }) => id);
  const pulls = issues.filter(({ isPull }) => isPull).map(({ id }) => id);
  const [labels, assignees, milestones, files, facts, pins] = await Promise.all([
    listLabelsOf(db, ids),
    listAssigneesOf(db, ids),
    milestonesById(app, placeOf, issues),
    listAttachmentsAmong(db, ids),
    pullFactsOf(db, pulls),
    pinOrders(app, issues),
  ]);
  const people = await accountsJson(app, viewer, [
    ...issues.map(({ authorId }) => authorId),
    ...assignees.map(({ userId }) => userId),
  ]);
  const byIssue = {
    labels: Map.groupBy(labels, ({ issueId }) => issueId),
    assignees: Map.groupBy(assignees, ({ issueId }) => issueId),
    files: Map.groupBy(files, ({ issueId }) => issueId),
    facts: new Map(facts.map((one) => [one.id, one])),
  };
  const person = (id: number) => people.get(id) ?? ghostJson(app);
  return issues.map((issue) =>
    issueJson(app, placeOf(issue), issue, {
      author: person(issue.authorId),
      labels: (byIssue.labels.get(issue.id) ?? []).map(({ label }) => label),
      assignees: (byIssue.assignees.get(issue.id) ?? []).map(({ userId }) => person(userId)),
      milestone: milestones.get(issue.milestoneId ?? 0) ?? null,
      files: byIssue.files.get(issue.id) ?? [],
      pull: byIssue.facts.get(issue.id),
      pinOrder: pins.get(issue.id) ?? 0,
    }),
  );
}

async function milestonesById(
  app: App,
  placeOf: PlaceOf,
  issues: readonly IssueRow[],
): Promise<Map<number, Json>> {
  const ids = new Set(issues.flatMap(({ milestoneId }) => milestoneId ?? []));
  const rows = await listMilestonesAmong(app.db.read, [...ids]);
  const places = new Map(issues.map((issue) => [issue.repositoryId, placeOf(issue).kinds]));
  const found = await milestonesJson(app, (id) => places.get(id), rows);
  return new Map(rows.map(({ id }, at) => [id, found[at] ?? {}]));
}

/** From 1, among what is pinned of the same repository and kind. */
async function pinOrders(app: App, issues: readonly IssueRow[]): Promise<Map<number, number>> {
  const orders = new Map<number, number>();
  const pinned = issues.filter(({ pinnedAt }) => pinnedAt !== null);
  if (pinned.length === 0) return orders;
  const among = await listPinnedAmong(app.db.read, [...new Set(pinned.map((one) => one.repositoryId))]);
  const alike = Map.groupBy(among, ({ repositoryId, isPull }) => `${repositoryId} ${isPull}`);
  for (const rows of alike.values()) for (const [at, { id }] of rows.entries()) orders.set(id, at + 1);
  return orders;
}

interface IssueParts {
  author: Json;
  labels: readonly LabelRow[];
  assignees: readonly Json[];
  milestone: Json | null;
  files: readonly AttachmentRow[];
  pull: PullFacts | undefined;
  pinOrder: number;
}

function issueJson(app: App, place: IssuePlace, issue: IssueRow, parts: IssueParts): Json {
  const site = app.publicUrl();
  const [, owner = '', name = ''] = place.path.split('/');
  return {
    id: issue.id,
    url: `${site}/api/v1/repos${place.path}/issues/${issue.number}`,
    html_url: site + issueHref(place.path, issue),
    number: issue.number,
    user: parts.author,
    original_author: '',
    original_author_id: 0,
    title: issue.title,
    body: issue.body,
    ref: '',
    assets: parts.files.map((row) => assetJson(app, place.path, row)),
    labels: parts.labels.map((label) => labelJson(app, place.path.slice(1), label)),
    milestone: parts.milestone,
    assignee: parts.assignees[0] ?? null,
    assignees: parts.assignees.length > 0 ? parts.assignees : null,
    state: issue.state,
    is_locked: issue.lockedAt !== null,
    comments: issue.commentCount,
    created_at: isoTime(issue.createdAt),
    updated_at: isoTime(issue.updatedAt),
    closed_at: issue.closedAt === null ? null : isoTime(issue.closedAt),
    due_date: issue.dueOn === null ? null : `${issue.dueOn}T00:00:00Z`,
    time_estimate: 0,
    pull_request: parts.pull ? pullJson(parts.pull, site + issueHref(place.path, issue)) : null,
    repository: { id: place.repository.id, name, owner, full_name: place.path.slice(1) },
    pin_order: parts.pinOrder,
    content_version: issue.bodyVersion,
    state_reason: issue.closeReason,
  };
}

/** What Gitea says in an issue of its pull request. */
function pullJson({ mergedAt, isDraft }: PullFacts, html_url: string): Json {
  const merged_at = mergedAt === null ? null : isoTime(mergedAt);
  return { merged: mergedAt !== null, merged_at, draft: isDraft, html_url };
}
