// The values of check runs: what a check found, beyond the status of the same context.
import type { checkRuns } from '../../platform/db/tables/pulls.ts';
import type { CommitStatus, StatusState } from '../code/statuses.types.ts';

export type CheckRunRow = typeof checkRuns.$inferSelect;
export type CheckRunStatus = CheckRunRow['status'];
export type CheckConclusion = NonNullable<CheckRunRow['conclusion']>;

export const CHECK_STATUSES = [
  'queued',
  'in_progress',
  'completed',
] as const satisfies readonly CheckRunStatus[];
export const CHECK_CONCLUSIONS = [
  'success',
  'failure',
  'neutral',
  'cancelled',
  'skipped',
  'timed_out',
  'action_required',
] as const satisfies readonly CheckConclusion[];
export const ANNOTATION_LEVELS = ['notice', 'warning', 'failure'] as const;

/** A remark on lines of a file as the commit has it. */
export interface Annotation {
  path: string;
  /** From 1, both included. */
  startLine: number;
  endLine: number;
  /** Only where both lines are the same. */
  startColumn?: number;
  endColumn?: number;
  level: (typeof ANNOTATION_LEVELS)[number];
  message: string;
  title: string;
  rawDetails: string;
}

export interface CheckRun extends Omit<CheckRunRow, 'annotations'> {
  annotations: Annotation[];
}

/** A run as lists show it, without what it found. */
export type ListedRun = Pick<
  CheckRunRow,
  | 'id'
  | 'commitOid'
  | 'name'
  | 'status'
  | 'conclusion'
  | 'title'
  | 'detailsUrl'
  | 'startedAt'
  | 'completedAt'
  | 'createdAt'
>;

/** What was said last in one context of a commit. */
export interface Check {
  context: string;
  state: StatusState;
  status: CommitStatus;
  /** The newest run of that name, if it was one. */
  run?: ListedRun;
}

/** What all checks say of a commit. */
export interface Checks {
  /** The worst of them; undefined where nothing was said. */
  state: StatusState | undefined;
  /** By context, in its order. */
  checks: Check[];
  byContext: ReadonlyMap<string, Check>;
}
