// The values of commit statuses: what checks outside said of commits.
import type { commitStatuses } from '../../platform/db/tables/code.ts';

export type StatusRow = typeof commitStatuses.$inferSelect;
export type StatusState = StatusRow['state'];

/** A status with the name of who set it, if their account is still there. */
export interface CommitStatus extends StatusRow {
  creatorName: string | undefined;
}

/** What the checks of one commit say together. */
export interface StatusSummary {
  state: StatusState;
  /** The newest status of each context, by context. */
  statuses: CommitStatus[];
}
