// Searches of repositories: what the API finds, counts and puts in order, of what the actor may see.
import type { Actor } from '../../base/actor.ts';
import { requireSiteAbility } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import { viewerOf } from './repos.policy.ts';
import type { RepositorySummary } from './repos.types.ts';
import {
  countRepositories,
  type RepositorySearch,
  type SearchOrder,
  searchRepositories,
} from './search.store.ts';

export type { RepositorySearch } from './search.store.ts';
export { SEARCH_ORDERS, type SearchOrder } from './search.store.ts';

export interface AskedPage {
  page: number;
  limit: number;
  order?: SearchOrder;
  descending?: boolean;
  firstOwnerId?: number | undefined;
}

/** One page of the repositories that are looked for and that the actor may see, with how many there are; by name unless said. */
export async function findRepositories(
  app: App,
  actor: Actor,
  search: RepositorySearch,
  { page, limit, order = 'alpha', descending = false, firstOwnerId }: AskedPage,
): Promise<{ items: RepositorySummary[]; total: number }> {
  requireSiteAbility(actor, 'repositories:list');
  const viewer = viewerOf(actor);
  const shown = narrowed(actor, search);
  const place = { order, descending, firstOwnerId, offset: (page - 1) * limit, limit };
  const items = await searchRepositories(app.db.read, viewer, shown, place);
  const isAll = page === 1 && items.length < limit;
  const total = isAll ? items.length : await countRepositories(app.db.read, viewer, shown);
  return { items, total };
}

/** What others were given is their own business: of them only what they own is told. */
function narrowed(actor: Actor, search: RepositorySearch): RepositorySearch {
  const { memberId, ...rest } = search;
  const isSelf = actor.kind === 'user' && actor.userId === memberId;
  if (memberId === undefined || isSelf || actor.kind === 'system') return search;
  return { ...rest, ownerId: search.isGiven ? -1 : memberId };
}
