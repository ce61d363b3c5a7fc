// What a choice of watching means.
import type { WatchedKind } from '../../platform/db/tables/notifications.ts';
import type { WatchChoice } from './repos.types.ts';

/** Whether somebody with this choice is told of everything of a kind. */
export function watchesKind({ level, kinds }: WatchChoice, kind: WatchedKind): boolean {
  return level === 'all' || (level === 'custom' && kinds.includes(kind));
}
