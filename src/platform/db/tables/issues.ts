// Issues and pull requests (which share numbers), their timelines, labels, milestones and everything beside them.
import type { AnySQLiteColumn } from 'drizzle-orm/sqlite-core';
import { bool, id, index, int, json, key, primaryKey, table, text, time, unique } from '../columns.ts';
import { repositories } from './repos.ts';
import { users } from './users.ts';

export type IssueState = 'open' | 'closed';
/** `merged`: of pull requests alone, as no other reason is. Those that were closed otherwise have none. */
export type CloseReason = 'completed' | 'not_planned' | 'duplicate' | 'merged';
export type HideReason = 'spam' | 'abuse' | 'off_topic' | 'outdated' | 'duplicate' | 'resolved';
export type LockReason = 'off_topic' | 'too_heated' | 'resolved' | 'spam';

/** Markdown made to HTML once; references in it stay marks until a page is made, since they depend on who reads. */
export interface RenderedText {
  /** What made it: another version makes it anew. */
  stamp: string;
  html: string;
  /** What the marks stand for, in order; see references in the issues room. */
  references: readonly string[];
}

/** The numbers of a repository, one row each: taken and counted in the transaction that makes an issue. */
export const issueCounters = table(
  'issue_counters',
  {
    repositoryId: int('repository_id')
      .primaryKey()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    /** The last number given, to an issue or a pull request; numbers are never given twice. */
    lastNumber: int('last_number').notNull(),
    openIssues: int('open_issues').notNull(),
    closedIssues: int('closed_issues').notNull(),
    openPulls: int('open_pulls').notNull(),
    closedPulls: int('closed_pulls').notNull(),
  },
  () => [],
);

export const milestones = table(
  'milestones',
  {
    id: id(),
    repositoryId: int('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    title: key('title', 255).notNull(),
    /** The title in lower case, unique per repository. */
    titleKey: key('title_key', 255).notNull(),
    description: text('description').notNull(),
    /** `YYYY-MM-DD`. */
    dueOn: key('due_on', 10),
    closedAt: time('closed_at'),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (t) => [unique('milestones_title').on(t.repositoryId, t.titleKey), index('milestones_name').on(t.titleKey)],
);

export const issues = table(
  'issues',
  {
    id: id(),
    repositoryId: int('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    number: int('number').notNull(),
    isPull: bool('is_pull').notNull(),
    /** Rows of deleted accounts stay as ghosts, so authors always exist. */
    authorId: int('author_id')
      .notNull()
      .references(() => users.id),
    title: text('title').notNull(),
    body: text('body').notNull(),
    /** Counts edits of the body: who saves must have read the last one. */
    bodyVersion: int('body_version').notNull().default(0),
    bodyRendered: json('body_rendered').$type<RenderedText>(),
    bodyEditedAt: time('body_edited_at'),
    state: key('state', 8).notNull().$type<IssueState>(),
    closeReason: key('close_reason', 16).$type<CloseReason>(),
    duplicateOfId: int('duplicate_of_id').references((): AnySQLiteColumn => issues.id, {
      onDelete: 'set null',
    }),
    closedAt: time('closed_at'),
    closedById: int('closed_by_id').references(() => users.id),
    lockedAt: time('locked_at'),
    lockReason: key('lock_reason', 16).$type<LockReason>(),
    /** Pinned above the list, at most three per repository. */
    pinnedAt: time('pinned_at'),
    milestoneId: int('milestone_id').references(() => milestones.id, { onDelete: 'set null' }),
    /** `YYYY-MM-DD`. */
    dueOn: key('due_on', 10),
    /** The issue this one is a part of, and its place among the parts. */
    parentId: int('parent_id').references((): AnySQLiteColumn => issues.id, { onDelete: 'set null' }),
    parentPlace: int('parent_place').notNull().default(0),
    commentCount: int('comment_count').notNull().default(0),
    /** Of the issue's own text, not of its comments. */
    reactionCount: int('reaction_count').notNull().default(0),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (t) => [
    unique('issues_number').on(t.repositoryId, t.number),
    index('issues_updated').on(t.repositoryId, t.updatedAt),
    index('issues_author').on(t.authorId, t.id),
    index('issues_milestone').on(t.milestoneId),
    index('issues_parent').on(t.parentId),
    // Without it each deletion of an issue reads all others.
    index('issues_duplicate_of').on(t.duplicateOfId),
    index('issues_pinned').on(t.repositoryId, t.pinnedAt),
  ],
);

/** Where a transferred issue went: its old number leads there for ever. */
export const issueRedirects = table(
  'issue_redirects',
  {
    repositoryId: int('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    number: int('number').notNull(),
    issueId: int('issue_id')
      .notNull()
      .references(() => issues.id, { onDelete: 'cascade' }),
  },
  (t) => [primaryKey({ columns: [t.repositoryId, t.number] }), index('issue_redirects_issue').on(t.issueId)],
);

/** Which issues changed, in order: the index in memory follows it. Old rows are removed. */
export const issueChanges = table(
  'issue_changes',
  {
    id: id(),
    /** Not a reference: deletions are told of too. */
    issueId: int('issue_id').notNull(),
    at: time('at').notNull(),
  },
  (t) => [index('issue_changes_at').on(t.at)],
);

/** Everything below an issue's own text, in order of id: comments (kind `comment`) and what happened. */
export const issueEntries = table(
  'issue_entries',
  {
    id: id(),
    issueId: int('issue_id')
      .notNull()
      .references(() => issues.id, { onDelete: 'cascade' }),
    kind: key('kind', 32).notNull(),
    /** Null for the system itself. */
    actorId: int('actor_id').references(() => users.id),
    /** What the kind says of itself; see entries.types.ts of the issues room. */
    data: json('data').notNull().$type<Record<string, unknown>>(),
    /** The Markdown of comments. */
    body: text('body'),
    bodyVersion: int('body_version').notNull().default(0),
    bodyRendered: json('body_rendered').$type<RenderedText>(),
    bodyEditedAt: time('body_edited_at'),
    hiddenReason: key('hidden_reason', 16).$type<HideReason>(),
    hiddenById: int('hidden_by_id').references(() => users.id),
    /** Of references: what refers to this issue; shown only to whoever may see that. */
    sourceIssueId: int('source_issue_id').references(() => issues.id, { onDelete: 'cascade' }),
    sourceRepositoryId: int('source_repository_id').references(() => repositories.id, {
      onDelete: 'cascade',
    }),
    /** What must not be there twice, e.g. `commit:12:<oid>`. */
    onceKey: key('once_key', 120),
    createdAt: time('created_at').notNull(),
  },
  (t) => [
    index('issue_entries_issue').on(t.issueId, t.id),
    unique('issue_entries_once').on(t.onceKey),
    index('issue_entries_source').on(t.sourceIssueId),
    index('issue_entries_source_repository').on(t.sourceRepositoryId),
  ],
);

/** What texts said before they were edited. */
export const issueEdits = table(
  'issue_edits',
  {
    id: id(),
    issueId: int('issue_id')
      .notNull()
      .references(() => issues.id, { onDelete: 'cascade' }),
    /** Null: the issue's own text. */
    entryId: int('entry_id').references(() => issueEntries.id, { onDelete: 'cascade' }),
    editorId: int('editor_id')
      .notNull()
      .references(() => users.id),
    /** The text before this edit. */
    previousBody: text('previous_body').notNull(),
    createdAt: time('created_at').notNull(),
  },
  (t) => [index('issue_edits_text').on(t.issueId, t.entryId, t.id), index('issue_edits_entry').on(t.entryId)],
);

/** Labels of a repository, or of an organization for all of its repositories: exactly one of the two is set. */
export const labels = table(
  'labels',
  {
    id: id(),
    repositoryId: int('repository_id').references(() => repositories.id, { onDelete: 'cascade' }),
    organizationId: int('organization_id').references(() => users.id, { onDelete: 'cascade' }),
    name: key('name', 50).notNull(),
    nameKey: key('name_key', 50).notNull(),
    description: key('description', 200).notNull(),
    /** Six hexadecimal digits in lower case. */
    color: key('color', 6).notNull(),
    /** Of `scope/name`: an issue has one label of the scope at most. */
    isExclusive: bool('is_exclusive').notNull(),
    createdAt: time('created_at').notNull(),
  },
  (t) => [
    unique('labels_repository').on(t.repositoryId, t.nameKey),
    unique('labels_organization').on(t.organizationId, t.nameKey),
    index('labels_name').on(t.nameKey),
  ],
);

export const issueLabels = table(
  'issue_labels',
  {
    issueId: int('issue_id')
      .notNull()
      .references(() => issues.id, { onDelete: 'cascade' }),
    labelId: int('label_id')
      .notNull()
      .references(() => labels.id, { onDelete: 'cascade' }),
  },
  (t) => [primaryKey({ columns: [t.issueId, t.labelId] }), index('issue_labels_label').on(t.labelId)],
);

export const issueAssignees = table(
  'issue_assignees',
  {
    issueId: int('issue_id')
      .notNull()
      .references(() => issues.id, { onDelete: 'cascade' }),
    userId: int('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createdAt: time('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.issueId, t.userId] }), index('issue_assignees_user').on(t.userId)],
);

/** Who commented and who was mentioned, once each. */
export const issuePeople = table(
  'issue_people',
  {
    userId: int('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    role: key('role', 12).notNull().$type<'commenter' | 'mentioned'>(),
    issueId: int('issue_id')
      .notNull()
      .references(() => issues.id, { onDelete: 'cascade' }),
  },
  (t) => [primaryKey({ columns: [t.userId, t.role, t.issueId] }), index('issue_people_issue').on(t.issueId)],
);

export const issueDependencies = table(
  'issue_dependencies',
  {
    /** Waits for the other one. */
    blockedId: int('blocked_id')
      .notNull()
      .references(() => issues.id, { onDelete: 'cascade' }),
    blockerId: int('blocker_id')
      .notNull()
      .references(() => issues.id, { onDelete: 'cascade' }),
    createdAt: time('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.blockedId, t.blockerId] }),
    index('issue_dependencies_blocker').on(t.blockerId),
  ],
);

export const reactions = table(
  'reactions',
  {
    issueId: int('issue_id')
      .notNull()
      .references(() => issues.id, { onDelete: 'cascade' }),
    /** Id of the comment; 0 for the issue's own text. Reactions go with their comment by hand. */
    entryId: int('entry_id').notNull(),
    userId: int('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** `+1`, `-1`, `laugh`, `hooray`, `confused`, `heart`, `rocket` or `eyes`. */
    content: key('content', 12).notNull(),
    createdAt: time('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.issueId, t.entryId, t.userId, t.content] }),
    index('reactions_user').on(t.userId),
  ],
);

/** What somebody chose for one issue, or became by taking part in it. */
export const issueSubscriptions = table(
  'issue_subscriptions',
  {
    issueId: int('issue_id')
      .notNull()
      .references(() => issues.id, { onDelete: 'cascade' }),
    userId: int('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    state: key('state', 12).notNull().$type<'subscribed' | 'muted'>(),
    /** author, comment, assign, mention, team_mention, state_change or manual. */
    reason: key('reason', 16).notNull(),
    createdAt: time('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.issueId, t.userId] }), index('issue_subscriptions_user').on(t.userId)],
);

/** Files put into texts: of a comment once that was saved, removed with it; of nobody's text for a day at most. */
export const attachments = table(
  'attachments',
  {
    id: id(),
    /** Random, what its address is made of. */
    token: key('token', 40).notNull(),
    repositoryId: int('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    uploaderId: int('uploader_id').references(() => users.id, { onDelete: 'set null' }),
    /** Not references: the file on disk must be removed before its row. Null while it belongs to no saved text. */
    issueId: int('issue_id'),
    /** Of a comment; null for the issue's own text. */
    entryId: int('entry_id'),
    name: key('name', 255).notNull(),
    /** As found out from its content. */
    mediaType: key('media_type', 100).notNull(),
    sizeBytes: int('size_bytes').notNull(),
    storageKey: key('storage_key', 100).notNull(),
    width: int('width'),
    height: int('height'),
    createdAt: time('created_at').notNull(),
  },
  (t) => [
    unique('attachments_token').on(t.token),
    index('attachments_issue').on(t.issueId, t.entryId),
    index('attachments_repository').on(t.repositoryId),
    index('attachments_uploader').on(t.uploaderId, t.createdAt),
    index('attachments_created').on(t.createdAt),
  ],
);

export const savedReplies = table(
  'saved_replies',
  {
    id: id(),
    userId: int('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    title: key('title', 100).notNull(),
    body: text('body').notNull(),
    createdAt: time('created_at').notNull(),
  },
  (t) => [index('saved_replies_user').on(t.userId)],
);

/** Queries that somebody keeps, for one repository or for all of them. */
export const savedViews = table(
  'saved_views',
  {
    id: id(),
    userId: int('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    repositoryId: int('repository_id').references(() => repositories.id, { onDelete: 'cascade' }),
    name: key('name', 100).notNull(),
    query: text('query').notNull(),
    createdAt: time('created_at').notNull(),
  },
  (t) => [
    index('saved_views_user').on(t.userId, t.repositoryId),
    index('saved_views_repository').on(t.repositoryId),
  ],
);
