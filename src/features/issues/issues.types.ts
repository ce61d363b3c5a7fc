// The values of the issues room.
import type { Tx } from '../../platform/db/db.types.ts';
import type { attachments, issueEntries, issues, savedReplies } from '../../platform/db/tables/issues.ts';
import type { EntryData, EntryKind } from './entries.types.ts';

export type {
  CloseReason,
  HideReason,
  IssueState,
  LockReason,
  RenderedText,
} from '../../platform/db/tables/issues.ts';

export type IssueRow = typeof issues.$inferSelect;
export type EntryRow = typeof issueEntries.$inferSelect;
export type AttachmentRow = typeof attachments.$inferSelect;
export type SavedReplyRow = typeof savedReplies.$inferSelect;

/** What a new issue holds, checked already. */
export interface NewIssue {
  title: string;
  /** Markdown; may be empty. */
  body: string;
  /** What else is part of the same transaction: labels, assignees and so on. It may run again, and changes rows only. */
  more?: (change: IssueChange, tx: Tx) => Promise<void>;
}

/** The longest texts that are taken, in characters. */
export const LONGEST_TITLE = 255;
export const LONGEST_BODY = 65_536;

/** One change of an issue under way: everything in it is part of one transaction. */
export interface IssueChange {
  tx: Tx;
  /** As it is in this transaction, before the change. */
  issue: IssueRow;
  /** Who changes it; undefined for the program itself. */
  userId: number | undefined;
  now: number;
  /** Adds to the timeline, and returns the entry's id. */
  addEntry<K extends EntryKind>(kind: K, data: EntryData[K], more?: EntryMore): Promise<number>;
  /** Says what an entry of this change is about, once that is known. */
  setData<K extends EntryKind>(kind: K, entryId: number, data: EntryData[K]): Promise<void>;
  /** Changes the row; several calls add up. */
  set(columns: Partial<Omit<IssueRow, 'id' | 'updatedAt'>>): void;
}

/** What only some entries have. */
export interface EntryMore {
  body?: string;
  sourceIssueId?: number;
  sourceRepositoryId?: number;
  onceKey?: string;
}
