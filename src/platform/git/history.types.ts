// What history.ts answers.
import type { Commit, Oid } from './git.types.ts';

export interface CommitQuery {
  from: Oid;
  /** Only commits that touch this path: raw bytes, no leading slash. History is simplified as `git log -- path` does. */
  path?: Buffer;
  /** Commits reachable from this one are left out. */
  not?: Oid | undefined;
  limit: number;
  /** `next` of the page before. */
  cursor?: string;
  signal?: AbortSignal;
}

export interface CommitPage {
  commits: Commit[];
  /** Continues after the last commit; missing on the last page. */
  next?: string;
}

export interface AheadBehind {
  /** Commits the branch has and the base has not. */
  ahead: number;
  behind: number;
}
