// The values of the pulls room.
import type {
  checkRuns,
  mergeSettings,
  pullComments,
  pullReviews,
  pullRevisions,
  pulls,
  pullThreads,
  queueEntries,
  queueGroups,
  reviewDrafts,
  reviewRequests,
} from '../../platform/db/tables/pulls.ts';
import type { IssueChange, IssueRow } from '../issues/issues.types.ts';

export type {
  DiffSide,
  Mergeability,
  MergeIntent,
  MergeOrder,
  MergeStyle,
  ReviewState,
} from '../../platform/db/tables/pulls.ts';

export type PullRow = typeof pulls.$inferSelect;
export type NewPullRow = typeof pulls.$inferInsert;
export type RevisionRow = typeof pullRevisions.$inferSelect;
export type ReviewRow = typeof pullReviews.$inferSelect;
export type ReviewRequestRow = typeof reviewRequests.$inferSelect;
export type ThreadRow = typeof pullThreads.$inferSelect;
export type PullCommentRow = typeof pullComments.$inferSelect;
export type ReviewDraftRow = typeof reviewDrafts.$inferSelect;
export type MergeSettingsRow = typeof mergeSettings.$inferSelect;
export type CheckRunRow = typeof checkRuns.$inferSelect;
export type QueueGroupRow = typeof queueGroups.$inferSelect;
export type QueueEntryRow = typeof queueEntries.$inferSelect;

/** A pull request: what it shares with issues, and what it has alone. */
export interface Pull {
  issue: IssueRow;
  pull: PullRow;
}

/** One change of a pull request under way: everything in it is part of one transaction. */
export interface PullChange extends IssueChange {
  /** As it is in this transaction, before the change. */
  pull: PullRow;
  /** Changes the row of `pulls`; several calls add up. */
  setPull(columns: Partial<Omit<PullRow, 'issueId'>>): void;
}
