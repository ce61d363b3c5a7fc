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
  closed: { reason: CloseReason; duplicateOfId?: number; commitOid?: string; commitRepositoryId?: number };
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
}

export type EntryKind = keyof EntryData;

/** A label as it was when it was added or removed. */
export interface LabelName {
  name: string;
  color: string;
}
