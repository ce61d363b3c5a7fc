// What is counted over a repository's history.

/** Numbers of one week (Sunday to Saturday, UTC). */
export type WeekCounts = [week: number, commits: number, additions: number, deletions: number];

export interface Author {
  /** As the commits say it, before the mailmap. */
  name: string;
  email: string;
  weeks: WeekCounts[];
}

export interface Insights {
  version: 1;
  /** Commits counted; merges are none. */
  commits: number;
  /** Whether older commits were left out. */
  isCut: boolean;
  authors: Author[];
  /** Commits by weekday (from Sunday) times 24 plus hour, where the author was. */
  hours: number[];
}
