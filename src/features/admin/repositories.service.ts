// Repositories as administrators look after them.
import type { Actor } from '../../base/actor.ts';
import { AppError } from '../../base/errors.ts';
import { requireSiteAbility } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import {
  type ListedRepository,
  listAllRepositories,
  type RepositoryCursor,
  type RepositoryOrder,
} from './repositories.store.ts';

export type { ListedRepository, RepositoryOrder } from './repositories.store.ts';

const PAGE_SIZE = 50;

export interface RepositoryListing {
  items: ListedRepository[];
  /** The `after` of the next page; undefined on the last one. */
  next: string | undefined;
}

/** One page of all repositories: the last updated, or the largest, first. */
export async function pageOfAllRepositories(
  app: App,
  actor: Actor,
  request: { words?: string; order: RepositoryOrder; after?: string; limit?: number },
): Promise<RepositoryListing> {
  requireSiteAbility(actor, 'site:administer');
  const { words = '', order, after, limit = PAGE_SIZE } = request;
  const typed = words.trim().slice(0, 150);
  const rows = await listAllRepositories(app.db.read, {
    order,
    ...(typed === '' ? {} : { words: typed }),
    ...(after ? { after: cursorOf(after) } : {}),
    limit: limit + 1,
  });
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const value = order === 'size' ? last?.sizeBytes : last?.updatedAt;
  return { items, next: rows.length > limit && last ? `${value}-${last.id}` : undefined };
}

function cursorOf(text: string): RepositoryCursor {
  const match = /^(\d{1,16})-(\d{1,15})$/.exec(text);
  if (!match)
    throw new AppError('invalid', 'This page of the list does not exist. Start again from the first page.');
  return { value: Number(match[1]), id: Number(match[2]) };
}
