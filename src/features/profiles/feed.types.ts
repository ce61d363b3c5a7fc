// What a feed is read from, and what it holds.
import type { RefUpdate } from '../../platform/db/tables/repos.ts';
import type { RepositorySummary } from '../repos/repos.types.ts';

/** Where events come from: all of a repository, or all that somebody did. */
export interface Source {
  kind: 'repository' | 'actor';
  id: number;
}

interface Told {
  id: number;
  createdAt: number;
  actorId: number;
  repositoryId: number;
}

/** What feeds tell of; of everything else that happens they say nothing. */
export type FeedEvent =
  | (Told & { kind: 'repository.created' | 'repository.starred' | 'repository.forked' })
  | (Told & { kind: 'release.published'; tag: string })
  | (Told & { kind: 'push'; updates: RefUpdate[] })
  | IssueEvent;

/** The repository is where the issue is by now. */
export type IssueEvent = Told & {
  kind: 'issue.opened' | 'issue.closed' | 'issue.reopened' | 'issue.commented' | 'pull.review_submitted';
  issueId: number;
  /** Of comments and changes of state. */
  entryId: number | undefined;
  /** Of closing; of a review its opinion. */
  reason: string | undefined;
  number: number;
  title: string;
  isPull: boolean;
};

export interface FeedEntry {
  event: FeedEvent;
  actor: { name: string; avatarHash: string | null };
  repository: RepositorySummary;
}

export interface FeedPage {
  entries: FeedEntry[];
  /** The `before` of the next page; undefined where there is no more. */
  next: number | undefined;
}
