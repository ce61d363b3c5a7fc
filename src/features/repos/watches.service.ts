// Watching repositories: how much of each somebody is told of.
import type { App } from '../../platform/app.types.ts';
import type { WatchChoice } from './repos.types.ts';
import { findWatch } from './watches.store.ts';

/** What somebody chose for a repository; who chose nothing is told of what they take part in. */
export async function watchOf(app: App, userId: number, repositoryId: number): Promise<WatchChoice> {
  return findWatch(app.db.read, userId, repositoryId);
}
