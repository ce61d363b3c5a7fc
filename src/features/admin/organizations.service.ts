// Organizations as administrators look after them.
import type { Actor } from '../../base/actor.ts';
import { requireSiteAbility } from '../../base/judgement.ts';
import type { App } from '../../platform/app.types.ts';
import { type ListedOrganization, listOrganizations } from './organizations.store.ts';

export type { ListedOrganization } from './organizations.store.ts';

const PAGE_SIZE = 50;

export interface OrganizationListing {
  items: ListedOrganization[];
  /** The `before` of the next page; undefined on the last one. */
  next: number | undefined;
}

/** One page of all organizations, hidden ones included, the newest first. */
export async function pageOfOrganizations(
  app: App,
  actor: Actor,
  request: { words?: string; before?: number; limit?: number } = {},
): Promise<OrganizationListing> {
  requireSiteAbility(actor, 'users:list');
  const { words = '', before, limit = PAGE_SIZE } = request;
  const typed = words.trim().slice(0, 100);
  const rows = await listOrganizations(app.db.read, {
    ...(typed === '' ? {} : { words: typed }),
    ...(before === undefined ? {} : { before }),
    limit: limit + 1,
  });
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? items.at(-1)?.id : undefined };
}
