// Entries of a timeline as its page shows them.
import type { SafeHtml } from '../../base/html.ts';
import { issueHref } from './addresses.service.ts';
import type { Association } from './associations.service.ts';
import type { EntryData, EntryKind } from './entries.types.ts';
import type { EntryRow, IssueRow } from './issues.types.ts';
import type { ReactionGroup } from './reactions.types.ts';
import { isShown, type TimelineNames } from './timeline.service.ts';

export interface Person {
  name: string;
  avatarHash: string | null;
}

export const GHOST: Person = { name: 'ghost', avatarHash: null };

/** What somebody wrote: a comment, or the issue's own text (entry 0). */
export interface TextItem {
  kind: 'comment';
  id: number;
  author: Person;
  at: number;
  bodyHtml: SafeHtml;
  version: number;
  isEdited: boolean;
  /** Why it is folded away. */
  hidden: string | undefined;
  badges: string[];
  isOwn: boolean;
  reactions: readonly ReactionGroup[];
}

/** Something that happened. */
export interface EventItem {
  /** Of its entry. */
  id: number;
  kind: Exclude<EntryKind, 'comment'>;
  icon: string;
  tone: string;
  actor: Person | undefined;
  at: number;
  data: Record<string, unknown>;
  people?: People;
  issue?: LinkedIssue | undefined;
  /** What a review says besides its comments on code. */
  text?: TextItem;
  commit?: { href: string; short: string } | undefined;
}

interface People {
  added: Person[];
  removed: Person[];
}

export type TimelineItem = TextItem | EventItem;

/** An issue in a line of another one's timeline. */
export interface LinkedIssue {
  href: string;
  title: string;
  label: string;
  icon: string;
  tone: string;
}

/** What the page knows of its texts. */
export interface TextParts {
  html: Map<string, SafeHtml>;
  associations: Map<number, Association>;
  reactions: Map<number, readonly ReactionGroup[]>;
  /** Who looks. */
  userId: number | undefined;
}

export const HIDE_WORDS: Readonly<Record<string, string>> = {
  spam: 'spam',
  abuse: 'abuse',
  off_topic: 'off-topic',
  outdated: 'outdated',
  duplicate: 'duplicate',
  resolved: 'resolved',
};

export const LOCK_WORDS: Readonly<Record<string, string>> = {
  off_topic: 'off-topic',
  too_heated: 'too heated',
  resolved: 'resolved',
  spam: 'spam',
};

/** The issue's own text. */
export function ownTextItem(issue: IssueRow, names: TimelineNames, parts: TextParts): TextItem {
  return {
    kind: 'comment',
    id: 0,
    author: names.people.get(issue.authorId) ?? GHOST,
    at: issue.createdAt,
    bodyHtml: parts.html.get('issue') ?? ('' as SafeHtml),
    version: issue.bodyVersion,
    isEdited: issue.bodyEditedAt !== null,
    hidden: undefined,
    badges: badgesOf(issue.authorId, undefined, parts),
    isOwn: issue.authorId === parts.userId,
    reactions: parts.reactions.get(0) ?? [],
  };
}

/** Those entries that the reader may see, in their order. */
export function timelineItems(
  issue: IssueRow,
  entries: readonly EntryRow[],
  names: TimelineNames,
  parts: TextParts,
): TimelineItem[] {
  return entries
    .filter((entry) => isShown(entry, names))
    .map((entry) =>
      entry.kind === 'comment'
        ? commentItem(issue, entry, names, parts)
        : { ...eventItem(issue, entry, names), ...reviewText(issue, entry, names, parts) },
    );
}

/** Whether an entry of a timeline holds a text: comments do, and most reviews. */
export function hasText({ kind, body }: EntryRow): boolean {
  return kind === 'comment' || (kind === 'review' && (body ?? '') !== '');
}

function reviewText(
  issue: IssueRow,
  entry: EntryRow,
  names: TimelineNames,
  parts: TextParts,
): Pick<EventItem, 'text'> {
  return hasText(entry) ? { text: commentItem(issue, entry, names, parts) } : {};
}

function commentItem(issue: IssueRow, entry: EntryRow, names: TimelineNames, parts: TextParts): TextItem {
  const { id, actorId } = entry;
  return {
    kind: 'comment',
    id,
    author: names.people.get(actorId ?? 0) ?? GHOST,
    at: entry.createdAt,
    bodyHtml: parts.html.get(String(id)) ?? ('' as SafeHtml),
    version: entry.bodyVersion,
    isEdited: entry.bodyEditedAt !== null,
    hidden: entry.hiddenReason === null ? undefined : HIDE_WORDS[entry.hiddenReason],
    badges: badgesOf(actorId, issue.authorId, parts),
    isOwn: actorId !== null && actorId === parts.userId,
    reactions: parts.reactions.get(id) ?? [],
  };
}

function badgesOf(
  userId: number | null,
  authorId: number | undefined,
  { associations }: TextParts,
): string[] {
  const association = userId === null ? undefined : associations.get(userId);
  const badges: string[] = association ? [association] : [];
  if (userId !== null && userId === authorId) badges.push('Author');
  return badges;
}

function eventItem(issue: IssueRow, entry: EntryRow, names: TimelineNames): EventItem {
  const kind = entry.kind as EventItem['kind'];
  const { icon, tone } = lookOf(issue, kind, entry.data);
  return {
    id: entry.id,
    kind,
    icon,
    tone,
    actor: entry.actorId === null ? undefined : (names.people.get(entry.actorId) ?? GHOST),
    at: entry.createdAt,
    data: entry.data,
    ...detailsOf(kind, entry, names),
  };
}

function detailsOf(
  kind: EventItem['kind'],
  { data, sourceIssueId, sourceRepositoryId }: EntryRow,
  names: TimelineNames,
): Partial<EventItem> {
  if (kind === 'assignees') return { people: assigned(data as EntryData['assignees'], names) };
  if (kind === 'comment_deleted') {
    const { authorId } = data as EntryData['comment_deleted'];
    return authorId === undefined ? {} : { people: { added: [], removed: [personOf(authorId, names)] } };
  }
  if (kind === 'commit')
    return { commit: commitOf(names, sourceRepositoryId, (data as EntryData['commit']).oid) };
  if (kind === 'closed') return closedDetails(data as EntryData['closed'], names);
  // The name in it is told only to those who may see that repository.
  if (kind === 'transferred') return names.repositories.has(sourceRepositoryId ?? 0) ? {} : { data: {} };
  return sourceIssueId === null ? {} : { issue: linkedIssue(names, sourceIssueId) };
}

function closedDetails(
  { reason, duplicateOfId, commitOid, commitRepositoryId }: EntryData['closed'],
  names: TimelineNames,
): Partial<EventItem> {
  return {
    data: { reason },
    issue: duplicateOfId === undefined ? undefined : linkedIssue(names, duplicateOfId),
    commit: commitOid === undefined ? undefined : commitOf(names, commitRepositoryId ?? 0, commitOid),
  };
}

function assigned({ added, removed }: EntryData['assignees'], names: TimelineNames): People {
  return {
    added: added.map((id) => personOf(id, names)),
    removed: removed.map((id) => personOf(id, names)),
  };
}

function personOf(id: number, names: TimelineNames): Person {
  return names.people.get(id) ?? GHOST;
}

function commitOf(names: TimelineNames, repositoryId: number | null, oid: string): EventItem['commit'] {
  const path = names.code.get(repositoryId ?? 0);
  return path === undefined ? undefined : { href: `${path}/commit/${oid}`, short: oid.slice(0, 7) };
}

function linkedIssue(names: TimelineNames, id: number): LinkedIssue | undefined {
  const head = names.issues.get(id);
  if (!head) return undefined;
  const { icon, tone } = stateLook(head);
  return {
    href: issueHref(head.path, head),
    title: head.title,
    label: `${head.path === names.here ? '' : head.path.slice(1)}#${head.number}`,
    icon,
    tone,
  };
}

/** How a state is shown. */
export interface StateLook {
  icon: string;
  tone: string;
  label: string;
}

/** The icon and the colour of a state, of an issue or a pull request that is no draft. */
export function stateLook({
  state,
  closeReason,
  isPull,
}: Pick<IssueRow, 'state' | 'closeReason'> & { isPull?: boolean }): StateLook {
  if (isPull) return pullLook({ state, closeReason, isDraft: false });
  if (state === 'open') return { icon: 'issue-opened', tone: 'open', label: 'Open' };
  if (closeReason === 'not_planned') return { icon: 'skip', tone: 'skipped', label: 'Closed as not planned' };
  if (closeReason === 'duplicate')
    return { icon: 'duplicate', tone: 'skipped', label: 'Closed as duplicate' };
  return { icon: 'issue-closed', tone: 'done', label: 'Closed' };
}

/** The icon and the colour of a pull request's state. */
export function pullLook({
  state,
  closeReason,
  isDraft,
}: Pick<IssueRow, 'state' | 'closeReason'> & { isDraft: boolean }): StateLook {
  if (closeReason === 'merged') return { icon: 'git-merge', tone: 'merged', label: 'Merged' };
  if (state === 'closed') return { icon: 'git-pull-request-closed', tone: 'closed', label: 'Closed' };
  if (isDraft) return { icon: 'git-pull-request-draft', tone: 'draft', label: 'Draft' };
  return { icon: 'git-pull-request', tone: 'open', label: 'Open' };
}

const ICONS: Readonly<Record<EventItem['kind'], string>> = {
  labels: 'tag',
  assignees: 'person',
  milestone: 'milestone',
  renamed: 'pencil',
  closed: 'issue-closed',
  reopened: 'issue-reopened',
  locked: 'lock',
  unlocked: 'unlock',
  pinned: 'pin',
  unpinned: 'pin-slash',
  due: 'calendar',
  referenced: 'cross-reference',
  commit: 'git-commit',
  blocked_by: 'blocked',
  blocks: 'blocked',
  part_added: 'issue-tracks',
  part_of: 'issue-tracked-by',
  duplicated: 'duplicate',
  transferred: 'arrow-right',
  comment_deleted: 'trash',
  review: 'eye',
  review_comment: 'comment',
  review_dismissed: 'x',
  review_requested: 'eye',
  review_request_removed: 'eye',
  commits: 'git-commit',
  force_pushed: 'git-commit',
  merged: 'git-merge',
  base_changed: 'git-branch',
  head_deleted: 'git-branch',
  head_restored: 'git-branch',
  drafted: 'pencil',
  readied: 'eye',
  auto_merge_enabled: 'git-merge',
  auto_merge_disabled: 'git-merge',
  queued: 'git-merge',
  dequeued: 'git-merge',
};

function lookOf(
  { isPull }: IssueRow,
  kind: EventItem['kind'],
  data: Record<string, unknown>,
): { icon: string; tone: string } {
  if (kind === 'reopened') return { icon: isPull ? 'git-pull-request' : ICONS.reopened, tone: 'open' };
  if (kind !== 'closed') return { icon: ICONS[kind], tone: '' };
  const { reason } = data as EntryData['closed'];
  const { icon, tone } = stateLook({ state: 'closed', closeReason: reason, isPull });
  return { icon, tone };
}
