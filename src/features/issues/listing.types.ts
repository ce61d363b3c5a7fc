// Lists of issues: where from, what is asked, and what a row of a page shows.
import type { StatusState } from '../code/statuses.types.ts';
import type { OpenRepository } from '../repos/repos.types.ts';
import type { IssueRow } from './issues.types.ts';
import type { ParsedQuery } from './queries.types.ts';

/** Of which repositories: one, those of an owner, or every one that the actor may see. */
export type ListScope =
  | { kind: 'repository'; open: OpenRepository }
  | { kind: 'organization'; organizationId: number }
  | { kind: 'all' };

export interface ListOfIssues {
  scope: ListScope;
  query: ParsedQuery;
  /** As a page's `next` gave it. */
  after?: string | undefined;
  /** As a page's `previous` gave it. */
  before?: string | undefined;
  /** How many issues; at most LARGEST_PAGE. */
  size: number;
  /** How many issues are passed over first, for pages that are asked for by number; at most DEEPEST. */
  skip?: number;
}

export const LARGEST_PAGE = 100;
/** How far into a list a page can be asked for by number; places given out by pages lead everywhere. */
export const DEEPEST = 10_000;

export interface ListedPerson {
  id: number;
  name: string;
  avatarHash: string | null;
}

export interface ListedLabel {
  id: number;
  name: string;
  description: string;
  color: string;
}

/** The columns of an issue that lists show: everything but its text. */
export type ListedRow = Omit<
  IssueRow,
  'body' | 'bodyVersion' | 'bodyRendered' | 'bodyEditedAt' | 'parentPlace' | 'duplicateOfId'
>;

export interface ListedIssue extends ListedRow {
  /** Undefined for accounts that are gone or suspended. */
  author: ListedPerson | undefined;
  labels: ListedLabel[];
  assignees: ListedPerson[];
  milestone: { id: number; title: string; dueOn: string | null } | undefined;
  /** `/owner/name` of its repository. */
  path: string;
  /** Its sub-issues as far as the reader may see them; undefined where there are none. */
  parts: { total: number; closed: number } | undefined;
  /** Of pull requests. */
  pull: ListedPull | undefined;
}

export interface ListedPull {
  isDraft: boolean;
  decision: 'none' | 'approved' | 'changes_requested';
  baseBranch: string;
  mergedAt: number | null;
  /** What checks say of its head together; undefined where they said nothing. */
  status: StatusState | undefined;
}

export interface PageOfIssues {
  issues: ListedIssue[];
  /** How many match in either state, whichever of them is listed. */
  open: number;
  closed: number;
  next?: string;
  previous?: string;
  /** Of words that very many texts have only the newest matches were looked at, so there may be more than counted. */
  isCut?: true;
  /** What of the query means nothing to this reader, as sentences; beside `problems` of the parsed query. */
  problems: string[];
}
