// Turns threads into rows of the inbox.

import { pathOf } from './inbox.service.ts';
import type { NotificationReason } from './notifications.types.ts';
import type { ReadableThread } from './readable-threads.service.ts';

export interface InboxRow {
  id: number;
  /** The thread as it is seen: its id with the newest event. */
  seen: string;
  href: string;
  title: string;
  /** `#12`; nothing for releases. */
  number: string | undefined;
  icon: string;
  iconClass: string;
  /** What the icon says. */
  kind: string;
  repository: string;
  reason: string;
  isUnread: boolean;
  isSaved: boolean;
  isDone: boolean;
  at: number;
}

export const REASON_LABELS: Readonly<Record<NotificationReason, string>> = {
  assign: 'Assigned',
  author: 'Author',
  comment: 'Comment',
  manual: 'Subscribed',
  mention: 'Mentioned',
  team_mention: 'Team mentioned',
  state_change: 'State changed',
  review_requested: 'Review requested',
  subscribed: 'Watching',
};

/** A row of the inbox. */
export function inboxRow(row: ReadableThread): InboxRow {
  const { thread, repository } = row;
  return {
    id: thread.id,
    seen: `${thread.id}-${thread.lastEventId}`,
    href: `/notifications/${thread.id}`,
    ...subjectOf(row),
    repository: pathOf(repository),
    reason: REASON_LABELS[thread.reason],
    isUnread: thread.state === 'unread',
    isSaved: thread.isSaved,
    isDone: thread.state === 'done',
    at: thread.updatedAt,
  };
}

type Subject = Pick<InboxRow, 'title' | 'number' | 'icon' | 'iconClass' | 'kind'>;

function subjectOf({ issue, release }: ReadableThread): Subject {
  if (!issue) {
    const title = release?.title || release?.tagName || '';
    return { title, number: undefined, icon: 'tag', iconClass: 'muted', kind: 'Release' };
  }
  return { title: issue.title, number: `#${issue.number}`, ...issueIcon(issue) };
}

function issueIcon(
  issue: NonNullable<ReadableThread['issue']>,
): Pick<Subject, 'icon' | 'iconClass' | 'kind'> {
  if (issue.isPull) return pullIcon(issue);
  if (issue.state === 'open') return { icon: 'issue-opened', iconClass: 'fg-success', kind: 'Open issue' };
  return issue.closeReason === 'completed'
    ? { icon: 'issue-closed', iconClass: 'fg-done', kind: 'Closed issue' }
    : { icon: 'skip', iconClass: 'muted', kind: 'Closed issue' };
}

function pullIcon(issue: NonNullable<ReadableThread['issue']>): Pick<Subject, 'icon' | 'iconClass' | 'kind'> {
  if (issue.closeReason === 'merged')
    return { icon: 'git-merge', iconClass: 'fg-done', kind: 'Merged pull request' };
  if (issue.state === 'closed')
    return { icon: 'git-pull-request-closed', iconClass: 'fg-danger', kind: 'Closed pull request' };
  return { icon: 'git-pull-request', iconClass: 'fg-success', kind: 'Open pull request' };
}

/** The page that a thread leads to. */
export function subjectHref({ issue, release, repository }: ReadableThread): string {
  const path = `/${pathOf(repository)}`;
  if (issue) return `${path}/${issue.isPull ? 'pull' : 'issues'}/${issue.number}`;
  const tag = (release?.tagName ?? '').split('/').map(encodeURIComponent).join('/');
  return `${path}/releases/tag/${tag}`;
}

export interface InboxGroup {
  /** `owner/name`; undefined where the rows are in no groups. */
  repository: string | undefined;
  rows: InboxRow[];
}

/** Rows in the order of their groups' newest. */
export function inboxGroups(rows: readonly InboxRow[], byRepository: boolean): InboxGroup[] {
  if (!byRepository) return rows.length === 0 ? [] : [{ repository: undefined, rows: [...rows] }];
  return [...Map.groupBy(rows, (row) => row.repository)].map(([repository, some]) => ({
    repository,
    rows: some,
  }));
}
