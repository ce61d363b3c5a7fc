// The administration in Gitea's REST API v1.
import type { WebApp } from '../../platform/web/web.types.ts';
import { mountAccountThingsApi } from './account-things.api.ts';
import { mountAccountsApi } from './accounts.api.ts';
import { mountJobsApi } from './jobs.api.ts';

/** Adds the routes of `/api/v1/admin`; those of webhooks are in their room. */
export function mountAdminApi(web: WebApp): void {
  mountAccountsApi(web);
  mountAccountThingsApi(web);
  mountJobsApi(web);
}
