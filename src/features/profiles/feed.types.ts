// What a feed is read from, and what it holds.
import type { RecordedEvent } from '../../platform/events/events.types.ts';
import type { RepositorySummary } from '../repos/repos.types.ts';

/** Where events come from: all of a repository, or all that somebody did. */
export interface Source {
  kind: 'repository' | 'actor';
  id: number;
}

/** The kinds of events that feeds tell of. */
export const FEED_KINDS = ['repository.created', 'push', 'repository.starred'] as const;
export type FeedEvent = Extract<RecordedEvent, { kind: (typeof FEED_KINDS)[number] }>;

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
