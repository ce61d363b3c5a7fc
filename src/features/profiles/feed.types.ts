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
  | (Told & { kind: 'push'; updates: RefUpdate[] });

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
