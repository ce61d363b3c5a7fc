// What a timeline is made of: every kind of entry with what it says of itself. Names are kept where the thing may be gone later.
import type { CloseReason, LockReason } from '../../platform/db/tables/issues.ts';

export interface EntryData {
  /** Its Markdown is in the entry's body. */
  comment: Record<string, never>;
  /** Together in one entry what was done together. */
  labels: { added: LabelName[]; removed: LabelName[] };
  assignees: { added: number[]; removed: number[] };
  milestone: { from?: string; to?: string };
  renamed: { from: string; to: string };
  /** Without a reason: a pull request that was not merged. */
  closed: {
    reason: CloseReason | null;
    duplicateOfId?: number;
    commitOid?: string;
    commitRepositoryId?: number;
  };
  reopened: Record<string, never>;
  locked: { reason?: LockReason };
  unlocked: Record<string, never>;
  pinned: Record<string, never>;
  unpinned: Record<string, never>;
  /** `YYYY-MM-DD`. */
  due: { from?: string; to?: string };
  /** From the issue `sourceIssueId` of the entry, or from a comment of it. */
  referenced: { commentId?: number };
  /** By a commit of `sourceRepositoryId`; `closes` while the issue is still to be closed by it. */
  commit: { oid: string; title: string; closes?: true };
  /** The other issue is `sourceIssueId`. */
  blocked_by: { removed?: true };
  blocks: { removed?: true };
  part_added: { removed?: true };
  part_of: { removed?: true };
  /** Another issue was closed as a duplicate of this one: `sourceIssueId`. */
  duplicated: Record<string, never>;
  transferred: { from: string };
  comment_deleted: { authorId?: number };
  /** Of pull requests. Its Markdown, if any, is in the entry's body; its comments on code are `review_comment`s. */
  review: { reviewId: number; state: 'commented' | 'approved' | 'changes_requested' };
  /** In no timeline by itself: it is shown in its review and beside the code. */
  review_comment: { threadId: number; reviewId: number };
  review_dismissed: { reviewId: number; reviewerId: number; message: string };
  review_requested: { userIds: number[]; teamIds: number[]; byCodeOwners?: true };
  review_request_removed: { userIds: number[]; teamIds: number[] };
  /** Commits that came on top of the head; the newest `oids`, oldest first, at most 250. */
  commits: { revision: number; before: string; after: string; count: number; oids: string[] };
  force_pushed: { revision: number; before: string; after: string };
  merged: { oid: string; style: string; base: string };
  base_changed: { from: string; to: string; because?: 'merged' | 'deleted' };
  head_deleted: { branch: string };
  head_restored: { branch: string };
  drafted: Record<string, never>;
  readied: Record<string, never>;
  auto_merge_enabled: { style: string };
  auto_merge_disabled: { reason?: string };
  queued: { branch: string };
  dequeued: { branch: string; reason: string };
}

export type EntryKind = keyof EntryData;

/** Entries that hold a text of somebody. */
export const TEXT_KINDS = ['comment', 'review', 'review_comment'] as const satisfies readonly EntryKind[];

/** A label as it was when it was added or removed. */
export interface LabelName {
  name: string;
  color: string;
}
