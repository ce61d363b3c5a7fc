// Pull requests beside their rows in `issues`: where their commits are, what reviewers said, how they are merged, and the queue.
import { bool, id, index, int, json, key, primaryKey, table, text, time, unique } from '../columns.ts';
import { issueEntries, issues } from './issues.ts';
import { teams } from './orgs.ts';
import { repositories } from './repos.ts';
import { users } from './users.ts';

export type MergeStyle = 'merge' | 'squash' | 'rebase' | 'rebase_merge' | 'fast_forward';
/** `unknown` until the job has looked at the heads of today. */
export type Mergeability = 'unknown' | 'clean' | 'conflicts' | 'empty' | 'broken';
export type ReviewState = 'commented' | 'approved' | 'changes_requested' | 'dismissed';
export type DiffSide = 'base' | 'head';

/** What is merged, by whom and how, once what is asked for is there. */
export interface MergeOrder {
  style: MergeStyle;
  title?: string;
  message?: string;
  deleteBranch?: boolean;
  byId: number;
  at: number;
}

/** A merge under way: written before the branch moves, so that a crash in between is taken up. */
export interface MergeIntent extends MergeOrder {
  /** What the branch will hold; its first parents lead to `baseOid`. */
  oid: string;
  baseOid: string;
  headOid: string;
  /** Without refs/heads/: that of the queue for what stands on others. */
  branch: string;
}

export const pulls = table(
  'pulls',
  {
    issueId: int('issue_id')
      .primaryKey()
      .references(() => issues.id, { onDelete: 'cascade' }),
    repositoryId: int('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    number: int('number').notNull(),
    /** Without refs/heads/. Of a pull request stacked on one without a branch: the branch at the bottom of the stack. */
    baseBranch: key('base_branch', 255).notNull(),
    /** The pull request right below in a stack, where its head is no branch of this repository, or once it was said so. */
    basePullId: int('base_pull_id'),
    /** Null when the commits came by refs/for/, or when the fork is gone. */
    headRepositoryId: int('head_repository_id').references(() => repositories.id, { onDelete: 'set null' }),
    /** Without refs/heads/; empty when the commits came by refs/for/. */
    headBranch: key('head_branch', 255).notNull(),
    /** `owner:branch` as it was, for when the fork is gone. */
    headLabel: key('head_label', 500).notNull(),
    /** By refs/for/: the topic, one open pull request of each per author and base. */
    topic: key('topic', 255),
    /** What refs/pull/<number>/head holds. */
    headOid: key('head_oid', 64).notNull(),
    /** The tip of the base when commits and files were last counted; what it was merged onto, afterwards. */
    baseOid: key('base_oid', 64).notNull(),
    mergeBaseOid: key('merge_base_oid', 64),
    isDraft: bool('is_draft').notNull(),
    /** Whoever may write to the repository may push to the head's branch in a fork. */
    allowsEdits: bool('allows_edits').notNull(),
    commitCount: int('commit_count').notNull(),
    changedFiles: int('changed_files').notNull(),
    additions: int('additions').notNull(),
    deletions: int('deletions').notNull(),
    mergeability: key('mergeability', 12).notNull().$type<Mergeability>(),
    /** The two heads that `mergeability` was found for. */
    checkedHeadOid: key('checked_head_oid', 64),
    checkedBaseOid: key('checked_base_oid', 64),
    /** The commit that refs/pull/<number>/merge holds. */
    testMergeOid: key('test_merge_oid', 64),
    /** Paths in conflict, percent-encoded where they are not plain, with git's words; at most 1000. */
    conflicts: json('conflicts').$type<{ path: string; message: string }[]>(),
    autoMerge: json('auto_merge').$type<MergeOrder>(),
    merging: json('merging').$type<MergeIntent>(),
    mergedAt: time('merged_at'),
    mergedById: int('merged_by_id').references(() => users.id),
    mergedOid: key('merged_oid', 64),
    mergeStyle: key('merge_style', 16).$type<MergeStyle>(),
    /** Counts heads; see `pull_revisions`. */
    revision: int('revision').notNull(),
    /** Of the reviews that count today, for lists: `none`, `approved` or `changes_requested`. */
    decision: key('decision', 20)
      .notNull()
      .default('none')
      .$type<'none' | 'approved' | 'changes_requested'>(),
  },
  (t) => [
    unique('pulls_number').on(t.repositoryId, t.number),
    index('pulls_head').on(t.headRepositoryId, t.headBranch),
    // Merged ones, which are most, are passed over in the index.
    index('pulls_base').on(t.repositoryId, t.baseBranch, t.mergedAt),
    index('pulls_base_pull').on(t.basePullId),
    index('pulls_head_oid').on(t.repositoryId, t.headOid),
    index('pulls_topic').on(t.repositoryId, t.topic),
    index('pulls_merged_by').on(t.mergedById),
  ],
);

/** Every head a pull request had; older ones are kept by refs/opencodehub/pulls/<number>/<revision>. */
export const pullRevisions = table(
  'pull_revisions',
  {
    id: id(),
    issueId: int('issue_id')
      .notNull()
      .references(() => issues.id, { onDelete: 'cascade' }),
    /** From 1. */
    revision: int('revision').notNull(),
    headOid: key('head_oid', 64).notNull(),
    /** The merge base with the base of that time. */
    mergeBaseOid: key('merge_base_oid', 64).notNull(),
    isForced: bool('is_forced').notNull(),
    pusherId: int('pusher_id').references(() => users.id),
    createdAt: time('created_at').notNull(),
  },
  (t) => [
    unique('pull_revisions_place').on(t.issueId, t.revision),
    index('pull_revisions_pusher').on(t.pusherId),
  ],
);

export const pullReviews = table(
  'pull_reviews',
  {
    id: id(),
    issueId: int('issue_id')
      .notNull()
      .references(() => issues.id, { onDelete: 'cascade' }),
    reviewerId: int('reviewer_id')
      .notNull()
      .references(() => users.id),
    state: key('state', 20).notNull().$type<ReviewState>(),
    /** What a dismissed review had said. */
    stateBefore: key('state_before', 20).$type<ReviewState>(),
    /** What was reviewed. */
    commitOid: key('commit_oid', 64).notNull(),
    revision: int('revision').notNull(),
    /** The timeline's entry, which holds the review's text. */
    entryId: int('entry_id')
      .notNull()
      .references(() => issueEntries.id, { onDelete: 'cascade' }),
    /** Commits came after it. */
    isStale: bool('is_stale').notNull(),
    submittedAt: time('submitted_at').notNull(),
    dismissedAt: time('dismissed_at'),
    dismissedById: int('dismissed_by_id').references(() => users.id),
  },
  (t) => [
    index('pull_reviews_issue').on(t.issueId, t.reviewerId, t.id),
    index('pull_reviews_reviewer').on(t.reviewerId, t.id),
    index('pull_reviews_entry').on(t.entryId),
  ],
);

/** Somebody, or a team, whose review is asked for. Exactly one of the two is set. */
export const reviewRequests = table(
  'review_requests',
  {
    id: id(),
    issueId: int('issue_id')
      .notNull()
      .references(() => issues.id, { onDelete: 'cascade' }),
    userId: int('user_id').references(() => users.id, { onDelete: 'cascade' }),
    teamId: int('team_id').references(() => teams.id, { onDelete: 'cascade' }),
    requestedById: int('requested_by_id').references(() => users.id, { onDelete: 'set null' }),
    byCodeOwners: bool('by_code_owners').notNull(),
    createdAt: time('created_at').notNull(),
  },
  (t) => [
    unique('review_requests_user').on(t.issueId, t.userId),
    unique('review_requests_team').on(t.issueId, t.teamId),
    index('review_requests_of').on(t.userId),
    index('review_requests_of_team').on(t.teamId),
    index('review_requests_by').on(t.requestedById),
  ],
);

/** Where a thread stands in the code: as it was written, and where that is by now. */
export const pullThreads = table(
  'pull_threads',
  {
    id: id(),
    issueId: int('issue_id')
      .notNull()
      .references(() => issues.id, { onDelete: 'cascade' }),
    /** As in `conflicts` of pulls. */
    path: text('path').notNull(),
    /** `file`: on the whole file, without lines. */
    subject: key('subject', 8).notNull().$type<'line' | 'file'>(),
    /** Lines from 1, in the file of that side as of the commits below. `startLine` is `line` for a single line. */
    startSide: key('start_side', 8).notNull().$type<DiffSide>(),
    startLine: int('start_line').notNull(),
    side: key('side', 8).notNull().$type<DiffSide>(),
    line: int('line').notNull(),
    /** The commits between which the comment was written: the merge base, and the head or one of its commits. */
    originalBaseOid: key('original_base_oid', 64).notNull(),
    originalHeadOid: key('original_head_oid', 64).notNull(),
    originalRevision: int('original_revision').notNull(),
    /** The rows around it as a unified diff, which an outdated thread still shows. */
    hunk: text('hunk').notNull(),
    /** Where it is in the changes of `currentRevision`; null lines when it is outdated. */
    currentRevision: int('current_revision').notNull(),
    currentPath: text('current_path').notNull(),
    currentStartLine: int('current_start_line'),
    currentLine: int('current_line'),
    isOutdated: bool('is_outdated').notNull(),
    resolvedAt: time('resolved_at'),
    resolvedById: int('resolved_by_id').references(() => users.id),
    createdAt: time('created_at').notNull(),
  },
  (t) => [index('pull_threads_issue').on(t.issueId, t.id), index('pull_threads_resolver').on(t.resolvedById)],
);

/** Comments on code: entries of the kind `review_comment`, which the timeline shows in their review alone. */
export const pullComments = table(
  'pull_comments',
  {
    entryId: int('entry_id')
      .primaryKey()
      .references(() => issueEntries.id, { onDelete: 'cascade' }),
    issueId: int('issue_id')
      .notNull()
      .references(() => issues.id, { onDelete: 'cascade' }),
    threadId: int('thread_id')
      .notNull()
      .references(() => pullThreads.id, { onDelete: 'cascade' }),
    reviewId: int('review_id')
      .notNull()
      .references(() => pullReviews.id, { onDelete: 'cascade' }),
  },
  (t) => [
    index('pull_comments_issue').on(t.issueId, t.entryId),
    index('pull_comments_thread').on(t.threadId, t.entryId),
    index('pull_comments_review').on(t.reviewId, t.entryId),
  ],
);

/** Comments of a review that was not submitted yet: nobody but their writer sees them. */
export const reviewDrafts = table(
  'review_drafts',
  {
    id: id(),
    issueId: int('issue_id')
      .notNull()
      .references(() => issues.id, { onDelete: 'cascade' }),
    userId: int('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** The thread that is answered; else the place below, in JSON as `DraftPlace` of the pulls room says. */
    threadId: int('thread_id').references(() => pullThreads.id, { onDelete: 'cascade' }),
    place: json('place').$type<Record<string, unknown>>(),
    body: text('body').notNull(),
    version: int('version').notNull(),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (t) => [
    index('review_drafts_of').on(t.issueId, t.userId, t.id),
    index('review_drafts_user').on(t.userId),
    index('review_drafts_thread').on(t.threadId),
  ],
);

/** Issues that a pull request closes when it is merged, as its text says. */
export const pullClosings = table(
  'pull_closings',
  {
    pullId: int('pull_id')
      .notNull()
      .references(() => issues.id, { onDelete: 'cascade' }),
    issueId: int('issue_id')
      .notNull()
      .references(() => issues.id, { onDelete: 'cascade' }),
  },
  (t) => [primaryKey({ columns: [t.pullId, t.issueId] }), index('pull_closings_issue').on(t.issueId)],
);

/** How pull requests of a repository are merged; without a row, as merge-settings.service.ts says. */
export const mergeSettings = table(
  'merge_settings',
  {
    repositoryId: int('repository_id')
      .primaryKey()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    styles: json('styles').notNull().$type<MergeStyle[]>(),
    defaultStyle: key('default_style', 16).notNull().$type<MergeStyle>(),
    /** What titles and messages are made of, by style; see merge-messages.service.ts. */
    messages: json('messages')
      .notNull()
      .$type<Partial<Record<MergeStyle, { title: string; body: string }>>>(),
    deletesBranch: bool('deletes_branch').notNull(),
    allowsAutoMerge: bool('allows_auto_merge').notNull(),
    /** Offers to bring the base into a head that is behind it. */
    suggestsUpdate: bool('suggests_update').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  () => [],
);

/** Rules on branches or tags whose names match, with who may pass them by; one document each, see the rules room. */
export const ruleSets = table(
  'rule_sets',
  {
    id: id(),
    repositoryId: int('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    name: key('name', 100).notNull(),
    target: key('target', 8).notNull().$type<'branch' | 'tag'>(),
    isActive: bool('is_active').notNull(),
    document: json('document').notNull().$type<Record<string, unknown>>(),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (t) => [unique('rule_sets_name').on(t.repositoryId, t.name)],
);

/** What a check found, beyond the status of the same context: its report and its remarks on lines. */
export const checkRuns = table(
  'check_runs',
  {
    id: id(),
    repositoryId: int('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    commitOid: key('commit_oid', 64).notNull(),
    name: key('name', 255).notNull(),
    status: key('status', 16).notNull().$type<'queued' | 'in_progress' | 'completed'>(),
    conclusion: key('conclusion', 20).$type<
      'success' | 'failure' | 'neutral' | 'cancelled' | 'skipped' | 'timed_out' | 'action_required'
    >(),
    title: text('title').notNull(),
    /** Markdown. */
    summary: text('summary').notNull(),
    text: text('text').notNull(),
    detailsUrl: text('details_url').notNull(),
    externalId: key('external_id', 255).notNull(),
    annotations: json('annotations').notNull().$type<Record<string, unknown>[]>(),
    creatorId: int('creator_id').references(() => users.id, { onDelete: 'set null' }),
    startedAt: time('started_at'),
    completedAt: time('completed_at'),
    createdAt: time('created_at').notNull(),
  },
  (t) => [
    index('check_runs_commit').on(t.repositoryId, t.commitOid, t.id),
    index('check_runs_creator').on(t.creatorId),
  ],
);

/** A batch of the queue under test, on a hidden or visible head built on those before it. */
export const queueGroups = table(
  'queue_groups',
  {
    id: id(),
    repositoryId: int('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    branch: key('branch', 255).notNull(),
    /** Place among the groups of the branch, counting up. */
    place: int('place').notNull(),
    /** What it is built on: the tip of the branch, or the head of the group before. */
    baseOid: key('base_oid', 64).notNull(),
    /** The commit under test, at refs/queue/<branch>/<id>; null while it is being built. */
    headOid: key('head_oid', 64),
    state: key('state', 12).notNull().$type<'building' | 'testing' | 'passed' | 'failed' | 'merging'>(),
    createdAt: time('created_at').notNull(),
    startedAt: time('started_at'),
  },
  (t) => [
    index('queue_groups_branch').on(t.repositoryId, t.branch, t.place),
    index('queue_groups_head').on(t.repositoryId, t.headOid),
  ],
);

/** Pull requests that wait for their turn, at most once each. */
export const queueEntries = table(
  'queue_entries',
  {
    id: id(),
    repositoryId: int('repository_id')
      .notNull()
      .references(() => repositories.id, { onDelete: 'cascade' }),
    branch: key('branch', 255).notNull(),
    pullId: int('pull_id')
      .notNull()
      .references(() => issues.id, { onDelete: 'cascade' }),
    groupId: int('group_id').references(() => queueGroups.id, { onDelete: 'set null' }),
    /** Place inside its group. */
    groupPlace: int('group_place').notNull().default(0),
    /** Higher ones go first; then by id. */
    priority: int('priority').notNull(),
    headOid: key('head_oid', 64).notNull(),
    /** What the branch holds after this entry, once its group was built. */
    resultOid: key('result_oid', 64),
    mergeOrder: json('merge_order').notNull().$type<MergeOrder>(),
    createdAt: time('created_at').notNull(),
  },
  (t) => [
    unique('queue_entries_pull').on(t.pullId),
    index('queue_entries_branch').on(t.repositoryId, t.branch, t.priority, t.id),
    index('queue_entries_group').on(t.groupId),
  ],
);
