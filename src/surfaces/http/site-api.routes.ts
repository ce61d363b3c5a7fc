// What the REST API answers beside organizations and repositories: activities, stars, texts to begin with, rendering, the site itself.
import { mountSiteApi } from '../../features/admin/site.api.ts';
import { mountLabelTemplateApi } from '../../features/issues/label-templates.api.ts';
import { mountMarkdownApi } from '../../features/issues/markdown.api.ts';
import { mountActivitiesApi } from '../../features/profiles/activities.api.ts';
import { mountCatalogueApi } from '../../features/repos/catalogue.api.ts';
import { mountKeptListsApi } from '../../features/repos/kept-lists.api.ts';
import type { WebApp } from '../../platform/web/web.types.ts';

/** Adds the miscellaneous routes of `/api/v1`. */
export function mountMiscellaneousApi(web: WebApp): void {
  mountSiteApi(web);
  mountActivitiesApi(web);
  mountCatalogueApi(web);
  mountKeptListsApi(web);
  mountLabelTemplateApi(web);
  mountMarkdownApi(web);
}
