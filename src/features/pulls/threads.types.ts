// The values of reviews: where comments on code stand, and what is written before it is submitted.
import type { pullThreads } from '../../platform/db/tables/pulls.ts';
import type { EntryRow } from '../issues/issues.types.ts';
import type { ReviewState, ThreadRow } from './pulls.types.ts';

/** Where a thread begins: the columns of its row but for those it gets when it is inserted. */
export type ThreadPlace = Omit<
  typeof pullThreads.$inferInsert,
  'id' | 'issueId' | 'resolvedAt' | 'resolvedById' | 'createdAt'
>;

/** A comment that is about to be made: an answer in a thread, or the first one at a place. */
export type NewComment = { body: string } & ({ threadId: number } | { place: ThreadPlace });

/** What somebody says of the whole. */
export type Opinion = Exclude<ReviewState, 'dismissed'>;

export interface NewReview {
  state: Opinion;
  /** Markdown; may be empty where comments say enough. */
  body: string;
  /** These comments alone; without them whatever the reviewer has pending. */
  drafts?: readonly NewComment[];
  /** The head that the reviewer looked at; without it the head of now. */
  headOid?: string | undefined;
}

/** The opinion of one reviewer that counts. */
export interface CountedReview {
  reviewerId: number;
  reviewId: number;
  state: 'approved' | 'changes_requested';
  /** Whether the reviewer may write to the repository. */
  mayWrite: boolean;
  /** Whether commits came after it. */
  isStale: boolean;
  commitOid: string;
  revision: number;
  submittedAt: number;
}

/** A comment on code with its text. */
export interface ThreadComment {
  threadId: number;
  reviewId: number;
  entry: EntryRow;
}

/** A thread with its comments, the oldest first. */
export interface Thread {
  thread: ThreadRow;
  comments: ThreadComment[];
}
