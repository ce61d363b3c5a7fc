// Issues, comments and timelines in the JSON that Gitea's API clients expect. What this product does not have is left out.
import { isoTime } from '../../base/time.ts';
import type { App } from '../../platform/app.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { accountJson } from '../users/accounts.json.ts';
import { namesOf } from '../users/authorship.service.ts';
import { issueHref } from './addresses.service.ts';
import { assetJson } from './attachments.present.ts';
import { listAttachmentsAmong } from './attachments.store.ts';
import type { EntryData } from './entries.types.ts';
import type { AttachmentRow, EntryRow, IssueRow } from './issues.types.ts';
import { listLabelsOf } from './labels.store.ts';
import type { LabelRow } from './labels.types.ts';
import { labelJson } from './metadata.json.ts';
import { listAssigneesOf } from './metadata.store.ts';
import { listMilestonesAmong } from './milestones.store.ts';
import type { MilestoneRow } from './milestones.types.ts';
import { type PullFacts, pullFactsOf } from './pull-rows.store.ts';
import type { TimelineNames } from './timeline.service.ts';

type Json = Record<string, unknown>;
type People = Awaited<ReturnType<typeof namesOf>>;
/** Where an issue is: its repository's id and path. */
export interface IssuePlace {
  repository: { id: number };
  path: string;
}

/** Issues as `GET /repos/{owner}/{repo}/issues/{index}` answers them, in their order, in a constant number of statements. */
export async function issuesJson(
  app: App,
  placeOf: (issue: IssueRow) => IssuePlace,
  issues: readonly IssueRow[],
): Promise<Json[]> {
  const ids = issues.map(({ id }) => id);
  const [labels, assignees, milestones, people, files, pulls] = await Promise.all([
    listLabelsOf(app.db.read, ids),
    listAssigneesOf(app.db.read, ids),
    listMilestonesAmong(
      app.db.read,
      issues.flatMap(({ milestoneId }) => milestoneId ?? []),
    ),
    namesOf(
      app,
      issues.map(({ authorId }) => authorId),
    ),
    listAttachmentsAmong(app.db.read, ids),
    pullFactsOf(
      app.db.read,
      issues.filter(({ isPull }) => isPull).map(({ id }) => id),
    ),
  ]);
  const titles = new Map(milestones.map((row) => [row.id, row]));
  return issues.map((issue) =>
    issueJson(app, placeOf(issue), issue, {
      author: personJson(app, issue.authorId, people),
      labels: labels.filter(({ issueId }) => issueId === issue.id).map(({ label }) => label),
      assignees: assignees
        .filter(({ issueId }) => issueId === issue.id)
        .map(({ userId, name, displayName }) => accountJson(app, { id: userId, name, displayName })),
      milestone: titles.get(issue.milestoneId ?? 0),
      files: files.filter(({ issueId }) => issueId === issue.id),
      pull: pulls.find(({ id }) => id === issue.id),
    }),
  );
}

interface IssueParts {
  author: Json;
  labels: readonly LabelRow[];
  assignees: readonly Json[];
  milestone: MilestoneRow | undefined;
  files: readonly AttachmentRow[];
  pull: PullFacts | undefined;
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
    content_version: issue.bodyVersion,
    ref: '',
    assets: parts.files.map((row) => assetJson(app, place.path, row)),
    labels: parts.labels.map((label) => labelJson(app, place.path.slice(1), label)),
    milestone: parts.milestone ? issueMilestoneJson(parts.milestone) : null,
    assignee: parts.assignees[0] ?? null,
    assignees: parts.assignees.length > 0 ? parts.assignees : null,
    state: issue.state,
    state_reason: issue.closeReason,
    is_locked: issue.lockedAt !== null,
    comments: issue.commentCount,
    created_at: isoTime(issue.createdAt),
    updated_at: isoTime(issue.updatedAt),
    closed_at: issue.closedAt === null ? null : isoTime(issue.closedAt),
    due_date: issue.dueOn === null ? null : `${issue.dueOn}T00:00:00Z`,
    pull_request: parts.pull ? pullJson(parts.pull, site + issueHref(place.path, issue)) : null,
    repository: { id: place.repository.id, name, owner, full_name: place.path.slice(1) },
    pin_order: issue.pinnedAt === null ? 0 : 1,
  };
}

/** What Gitea says in an issue of its pull request. */
function pullJson({ mergedAt, isDraft }: PullFacts, html_url: string): Json {
  const merged_at = mergedAt === null ? null : isoTime(mergedAt);
  return { merged: mergedAt !== null, merged_at, draft: isDraft, html_url };
}

function issueMilestoneJson({
  id,
  title,
  description,
  closedAt,
  dueOn,
  createdAt,
  updatedAt,
}: MilestoneRow): Json {
  return {
    id,
    title,
    description,
    state: closedAt === null ? 'open' : 'closed',
    created_at: isoTime(createdAt),
    updated_at: isoTime(updatedAt),
    closed_at: closedAt === null ? null : isoTime(closedAt),
    due_on: dueOn === null ? null : `${dueOn}T00:00:00Z`,
  };
}

/** Comments in their order, in a constant number of statements. */
export async function commentsJson(
  app: App,
  place: Pick<IssuePlace, 'path'>,
  comments: readonly { entry: EntryRow; issue: Pick<IssueRow, 'number' | 'isPull'> }[],
): Promise<Json[]> {
  const [people, files] = await Promise.all([
    namesOf(
      app,
      comments.flatMap(({ entry }) => entry.actorId ?? []),
    ),
    listAttachmentsAmong(
      app.db.read,
      [...new Set(comments.map(({ entry }) => entry.issueId))],
      comments.map(({ entry }) => entry.id),
    ),
  ]);
  const byEntry = Map.groupBy(files, ({ entryId }) => entryId);
  return comments.map(({ entry, issue }) => ({
    ...commentJson(app, place, issue, entry, people),
    assets: (byEntry.get(entry.id) ?? []).map((row) => assetJson(app, place.path, row)),
  }));
}

/** One comment; `number` is its issue's. */
function commentJson(
  app: App,
  { path }: Pick<IssuePlace, 'path'>,
  issue: Pick<IssueRow, 'number' | 'isPull'>,
  entry: EntryRow,
  people: People,
): Json {
  const href = `${app.publicUrl()}${issueHref(path, issue)}`;
  return {
    id: entry.id,
    html_url: `${href}#issuecomment-${entry.id}`,
    issue_url: issue.isPull ? '' : href,
    pull_request_url: issue.isPull ? href : '',
    user: personJson(app, entry.actorId, people),
    original_author: '',
    original_author_id: 0,
    body: entry.body ?? '',
    content_version: entry.bodyVersion,
    hidden_reason: entry.hiddenReason,
    created_at: isoTime(entry.createdAt),
    updated_at: isoTime(entry.bodyEditedAt ?? entry.createdAt),
  };
}

/** One entry of a timeline, whose names were looked up for the reader. */
export function timelineJson(
  app: App,
  open: Pick<OpenRepository, 'path'>,
  issue: IssueRow,
  entry: EntryRow,
  names: TimelineNames,
): Json {
  const common = {
    ...commentJson(app, open, issue, entry, names.people),
    updated_at: isoTime(entry.bodyEditedAt ?? entry.createdAt),
    type: typeOf(entry),
  };
  const source = entry.sourceIssueId === null ? undefined : names.issues.get(entry.sourceIssueId);
  const about = source && {
    title: source.title,
    number: source.number,
    html_url: app.publicUrl() + issueHref(source.path, source),
    repository: { id: source.repositoryId, full_name: source.path.slice(1) },
  };
  return { ...common, ...detailsOf(entry, names), ...(about ? { ref_issue: about } : {}) };
}

function detailsOf({ kind, data }: EntryRow, names: TimelineNames): Json {
  if (kind === 'renamed') {
    const { from, to } = data as EntryData['renamed'];
    return { old_title: from, new_title: to };
  }
  if (kind === 'labels') return { labels: data };
  if (kind === 'assignees') {
    const { added, removed } = data as EntryData['assignees'];
    return { added: namesIn(added, names), removed: namesIn(removed, names) };
  }
  if (kind === 'milestone') return { milestone_change: data };
  if (kind === 'closed') return { state_reason: (data as EntryData['closed']).reason };
  if (kind === 'locked') return { lock_reason: (data as EntryData['locked']).reason ?? '' };
  if (kind === 'due') return { due_change: data };
  if (kind === 'commit') return { ref_commit_sha: (data as EntryData['commit']).oid };
  return {};
}

function namesIn(ids: readonly number[], { people }: TimelineNames): string[] {
  return ids.map((id) => people.get(id)?.name ?? 'ghost');
}

const TYPES: Readonly<Record<string, string>> = {
  labels: 'label',
  renamed: 'change_title',
  closed: 'close',
  reopened: 'reopen',
  locked: 'lock',
  unlocked: 'unlock',
  pinned: 'pin',
  unpinned: 'unpin',
  referenced: 'issue_ref',
  duplicated: 'issue_ref',
  commit: 'commit_ref',
  comment_deleted: 'delete_comment',
  transferred: 'transfer',
};

function typeOf({ kind, data }: EntryRow): string {
  if (kind === 'blocked_by' || kind === 'blocks') return `${'removed' in data ? 'remove' : 'add'}_dependency`;
  if (kind === 'part_added' || kind === 'part_of') return `${'removed' in data ? 'remove' : 'add'}_sub_issue`;
  if (kind === 'due')
    return !('to' in data) ? 'removed_deadline' : 'from' in data ? 'modified_deadline' : 'added_deadline';
  return TYPES[kind] ?? kind;
}

/** An account as Gitea's clients know it; accounts that are gone are `ghost`. */
export function personJson(app: App, id: number | null, people: People): Json {
  const person = people.get(id ?? 0);
  return accountJson(app, { id: person ? (id ?? 0) : -1, name: person?.name ?? 'ghost' });
}
