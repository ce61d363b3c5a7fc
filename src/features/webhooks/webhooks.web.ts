// Pages of webhooks: every route, from the files that answer them.
import type { WebApp } from '../../platform/web/web.types.ts';
import { deliveryPages } from './deliveries.web.ts';
import { mountAtPlaces } from './hook-places.web.ts';
import { hookPages } from './hooks.web.ts';

/** Adds the pages of webhooks of repositories, organizations, people and the site. */
export function mountWebhooks(web: WebApp): void {
  mountAtPlaces(web, [...hookPages, ...deliveryPages]);
}
