// Timelines in the JSON that Gitea's API clients expect: Gitea has an entry per label and person, where we keep what was done
// at once together; each of these has the id of the entry it is of.
import type { App } from '../../platform/app.types.ts';
import { namedTeamsJson } from '../orgs/known-teams.json.ts';
import { teamsKnown } from '../orgs/named-teams.service.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import { accountsJson, ghostJson } from '../users/accounts.json.ts';
import { commentsJson, entryJson } from './comments.json.ts';
import { findEntriesAmong } from './entries.store.ts';
import type { EntryData, LabelName } from './entries.types.ts';
import { placeIn, placesAmong } from './issue-places.service.ts';
import { issuesJson } from './issues.json.ts';
import { findIssuesByIds } from './issues.store.ts';
import type { EntryRow, IssueRow } from './issues.types.ts';
import { labelsNamed } from './labels.service.ts';
import { labelJson, milestonesJson } from './metadata.json.ts';
import { listMilestonesTitled } from './milestones.store.ts';
import type { TimelineNames } from './timeline.service.ts';

type Json = Record<string, unknown>;

/** What the entries of a part of a timeline name, as JSON; what the reader may not see is not in it. */
interface Named {
  people: ReadonlyMap<number, Json>;
  teams: ReadonlyMap<number, Json>;
  issues: ReadonlyMap<number, Json>;
  comments: ReadonlyMap<number, Json>;
  labels: ReadonlyMap<string, Json>;
  milestones: ReadonlyMap<string, Json>;
}

/** Entries that the reader may see, in their order, in a constant number of statements. */
export async function timelineJson(
  app: App,
  open: OpenRepository,
  issue: IssueRow,
  entries: readonly EntryRow[],
  names: TimelineNames,
): Promise<Json[]> {
  const named = await namedIn(app, open, entries, names);
  return entries.flatMap((entry) =>
    partsOf(app, entry, named).map((part) => ({
      ...NOTHING,
      ...entryJson(app, open.path, issue, entry),
      ...(entry.actorId === null ? { user: null } : { user: personIn(app, named, entry.actorId) }),
      ref_issue: named.issues.get(entry.sourceIssueId ?? 0) ?? null,
      ...part,
    })),
  );
}

/** What an entry says that is not about any of it. */
const NOTHING: Json = {
  ...{ assignee: null, assignee_team: null, removed_assignee: false, resolve_doer: null, review_id: 0 },
  ...{ dependent_issue: null, label: null, milestone: null, old_milestone: null, tracked_time: null },
  ...{ new_ref: '', old_ref: '', new_title: '', old_title: '', project_id: 0, old_project_id: 0 },
  ...{ ref_action: '', ref_comment: null, ref_commit_sha: '', ref_issue: null },
};

async function namedIn(
  app: App,
  open: OpenRepository,
  entries: readonly EntryRow[],
  names: TimelineNames,
): Promise<Named> {
  const [people, teams, sources, labels, milestones] = await Promise.all([
    accountsJson(app, open.actor, [...names.people.keys()]),
    teamsIn(app, open, entries),
    sourcesOf(app, open, entries, names),
    labelsIn(app, open, entries),
    milestonesIn(app, open, entries),
  ]);
  return { people, teams, ...sources, labels, milestones };
}

async function sourcesOf(
  app: App,
  open: OpenRepository,
  entries: readonly EntryRow[],
  names: TimelineNames,
): Promise<Pick<Named, 'issues' | 'comments'>> {
  const ids = new Set(entries.flatMap(({ sourceIssueId }) => sourceIssueId ?? []));
  const rows = await findIssuesByIds(
    app.db.read,
    [...ids].filter((id) => names.issues.has(id)),
  );
  if (rows.length === 0) return { issues: new Map(), comments: new Map() };
  const byId = new Map(rows.map((row) => [row.id, row]));
  const placeOf = await placesAmong(
    app,
    open.actor,
    rows.map(({ repositoryId }) => repositoryId),
    open,
  );
  const texts = await findEntriesAmong(app.db.read, entries.flatMap(commentIn));
  const comments = texts.flatMap((entry) => {
    const issue = byId.get(entry.issueId);
    return issue && entry.kind === 'comment' ? [{ entry, issue, path: placeOf(issue).path }] : [];
  });
  const [shown, said] = await Promise.all([
    issuesJson(app, open.actor, placeOf, rows),
    commentsJson(app, open.actor, open, comments),
  ]);
  return {
    issues: new Map(rows.map(({ id }, at) => [id, shown[at] ?? {}])),
    comments: new Map(comments.map(({ entry }, at) => [entry.id, said[at] ?? {}])),
  };
}

function commentIn({ kind, data }: EntryRow): number[] {
  const { commentId } = data as EntryData['referenced'];
  return kind === 'referenced' && commentId !== undefined ? [commentId] : [];
}

async function teamsIn(
  app: App,
  open: OpenRepository,
  entries: readonly EntryRow[],
): Promise<Map<number, Json>> {
  const ids = new Set(entries.flatMap((entry) => (isRequest(entry) ? requestOf(entry).teamIds : [])));
  if (ids.size === 0) return new Map();
  const known = await teamsKnown(app, open.actor, open.owner.id);
  const wanted = known.filter(({ id }) => ids.has(id));
  return namedTeamsJson(app, open.actor, open.owner.id, wanted);
}

function isRequest({ kind }: EntryRow): boolean {
  return kind === 'review_requested' || kind === 'review_request_removed';
}

function requestOf({ data }: EntryRow): EntryData['review_requested'] {
  return data as EntryData['review_requested'];
}

async function labelsIn(
  app: App,
  open: OpenRepository,
  entries: readonly EntryRow[],
): Promise<Map<string, Json>> {
  const names = entries.flatMap(({ kind, data }) => {
    const { added, removed } = data as EntryData['labels'];
    return kind === 'labels' ? [...added, ...removed].map(({ name }) => name) : [];
  });
  const rows = names.length === 0 ? [] : await labelsNamed(app, open, names);
  return new Map(rows.map((row) => [row.nameKey, labelJson(app, open.path.slice(1), row)]));
}

async function milestonesIn(
  app: App,
  open: OpenRepository,
  entries: readonly EntryRow[],
): Promise<Map<string, Json>> {
  const titles = entries.flatMap(({ kind, data }) => {
    const { from, to } = data as EntryData['milestone'];
    return kind === 'milestone' ? [from, to].filter((title) => title !== undefined) : [];
  });
  const rows = await listMilestonesTitled(app.db.read, open.repository.id, titles);
  const shown = await milestonesJson(app, () => placeIn(open).kinds, rows);
  return new Map(rows.map(({ titleKey }, at) => [titleKey, shown[at] ?? {}]));
}

function personIn(app: App, { people }: Named, id: number): Json {
  return people.get(id) ?? ghostJson(app);
}

/** The items that an entry is shown as, each with its type and what only it says. */
function partsOf(app: App, entry: EntryRow, named: Named): Json[] {
  const { kind, data } = entry;
  if (kind === 'labels') return labelParts(data as EntryData['labels'], named);
  if (kind === 'assignees') return assigneeParts(app, data as EntryData['assignees'], named);
  if (isRequest(entry)) return requestParts(app, entry, named);
  return [{ type: typeOf(entry), ...detailsOf(entry, named), ...pullDetailsOf(entry) }];
}

function labelParts({ added, removed }: EntryData['labels'], { labels }: Named): Json[] {
  const part = ({ name, color }: LabelName, body: string) => ({
    type: 'label',
    body,
    label: labels.get(name.toLowerCase()) ?? goneLabel(name, color),
  });
  return [...added.map((label) => part(label, '1')), ...removed.map((label) => part(label, ''))];
}

/** Of a label that is no more its name and colour are known. */
function goneLabel(name: string, color: string): Json {
  return { id: 0, name, color, description: '', exclusive: false, is_archived: false, url: '' };
}

function assigneeParts(app: App, { added, removed }: EntryData['assignees'], named: Named): Json[] {
  const part = (id: number, isRemoved: boolean) => ({
    ...{ type: 'assignees', assignee: personIn(app, named, id), removed_assignee: isRemoved },
  });
  return [...added.map((id) => part(id, false)), ...removed.map((id) => part(id, true))];
}

function requestParts(app: App, entry: EntryRow, named: Named): Json[] {
  const { userIds, teamIds } = requestOf(entry);
  const common = { type: 'review_request', removed_assignee: entry.kind === 'review_request_removed' };
  return [
    ...userIds.map((id) => ({ ...common, assignee: personIn(app, named, id) })),
    ...teamIds.flatMap((id) => {
      const team = named.teams.get(id);
      return team ? [{ ...common, assignee_team: team }] : [];
    }),
  ];
}

function detailsOf({ kind, data, sourceIssueId }: EntryRow, named: Named): Json {
  if (kind === 'renamed') {
    const { from, to } = data as EntryData['renamed'];
    return { old_title: from, new_title: to };
  }
  if (kind === 'milestone') {
    const { from, to } = data as EntryData['milestone'];
    const titled = (title: string | undefined) => named.milestones.get(title?.toLowerCase() ?? '') ?? null;
    return { milestone: titled(to), old_milestone: titled(from) };
  }
  if (kind === 'closed') return { state_reason: (data as EntryData['closed']).reason };
  if (kind === 'locked') return { body: (data as EntryData['locked']).reason ?? '' };
  if (kind === 'due') return { body: dueText(data as EntryData['due']) };
  if (kind === 'commit') {
    const { oid, title } = data as EntryData['commit'];
    return { ref_commit_sha: oid, body: title };
  }
  if (kind === 'referenced') {
    const { commentId } = data as EntryData['referenced'];
    return { ref_comment: named.comments.get(commentId ?? 0) ?? null, ref_action: 'none' };
  }
  if (kind === 'blocked_by' || kind === 'blocks')
    return { dependent_issue: named.issues.get(sourceIssueId ?? 0) ?? null, ref_issue: null };
  return {};
}

/** As Gitea writes it down: the new date, the old one, or both. */
function dueText({ from, to }: EntryData['due']): string {
  return [to, from].filter((day) => day !== undefined).join('|');
}

/** What only entries of pull requests say. */
function pullDetailsOf({ kind, data }: EntryRow): Json {
  if (kind === 'review') return { review_id: (data as EntryData['review']).reviewId };
  if (kind === 'review_dismissed') {
    const { reviewId, message } = data as EntryData['review_dismissed'];
    return { review_id: reviewId, body: message };
  }
  if (kind === 'commits') {
    const { oids } = data as EntryData['commits'];
    return { body: JSON.stringify({ is_force_push: false, commit_ids: oids }) };
  }
  if (kind === 'force_pushed') {
    const { before, after } = data as EntryData['force_pushed'];
    return { body: JSON.stringify({ is_force_push: true, commit_ids: [before, after] }) };
  }
  if (kind === 'merged') return { ref_commit_sha: (data as EntryData['merged']).oid };
  if (kind === 'base_changed') {
    const { from, to } = data as EntryData['base_changed'];
    return { old_ref: from, new_ref: to };
  }
  if (kind === 'head_deleted') return { old_ref: (data as EntryData['head_deleted']).branch };
  if (kind === 'head_restored') return { new_ref: (data as EntryData['head_restored']).branch };
  return {};
}

const TYPES: Readonly<Record<string, string>> = {
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
  review_dismissed: 'dismiss_review',
  commits: 'pull_push',
  force_pushed: 'pull_push',
  merged: 'merge_pull',
  base_changed: 'change_target_branch',
  head_deleted: 'delete_branch',
  head_restored: 'restore_branch',
  drafted: 'convert_to_draft',
  readied: 'ready_for_review',
  auto_merge_enabled: 'pull_scheduled_merge',
  auto_merge_disabled: 'pull_cancel_scheduled_merge',
  queued: 'added_to_merge_queue',
  dequeued: 'removed_from_merge_queue',
};

function typeOf({ kind, data }: EntryRow): string {
  if (kind === 'blocked_by' || kind === 'blocks') return `${'removed' in data ? 'remove' : 'add'}_dependency`;
  if (kind === 'part_added' || kind === 'part_of') return `${'removed' in data ? 'remove' : 'add'}_sub_issue`;
  if (kind === 'due')
    return !('to' in data) ? 'removed_deadline' : 'from' in data ? 'modified_deadline' : 'added_deadline';
  return TYPES[kind] ?? kind;
}
