// What people starred and watch, as far as whoever asks may see it: in pages by number, with how many there are.
import type { Actor } from '../../base/actor.ts';
import { requireSiteAbility } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import { type KeptPage, listStarred, listWatched } from './kept-lists.store.ts';
import { viewerOf } from './repos.policy.ts';
import { hasStar } from './stars.store.ts';

export type KeptList = 'starred' | 'watched';

const LISTS = { starred: listStarred, watched: listWatched };

/** The ids on one page of what an account keeps in one of the lists, the newest first. */
export async function keptRepositories(
  app: App,
  actor: Actor,
  userId: number,
  list: KeptList,
  { page, limit }: { page: number; limit: number },
): Promise<KeptPage> {
  requireSiteAbility(actor, 'repositories:list');
  return LISTS[list](app.db.read, viewerOf(actor), userId, { offset: (page - 1) * limit, limit });
}

/** Whether an account starred a repository; the caller has judged who may know. */
export async function isStarred(app: App, userId: number, repositoryId: number): Promise<boolean> {
  return hasStar(app.db.read, userId, repositoryId);
}
