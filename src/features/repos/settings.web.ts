// The settings of a repository: every route with what it asks, from describing it to giving it away.
import { repositoryGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp } from '../../platform/web/web.types.ts';
import { openRepository } from './access.service.ts';
import { accessRoutes } from './collaborators.web.ts';
import { dangerZoneRoutes } from './danger-zone.web.ts';
import { getFeatures, postFeatures } from './features.web.ts';
import { getGeneral, postGeneral } from './general.web.ts';
import type { Ability, OpenRepository } from './repos.types.ts';

const BASE = '/:owner/:repo/settings';

const routes: Route<Ability, OpenRepository>[] = [
  { method: 'get', path: BASE, access: 'settings:read', handler: getGeneral },
  { method: 'post', path: BASE, access: 'settings:describe', handler: postGeneral },
  { method: 'get', path: `${BASE}/features`, access: 'access:read', handler: getFeatures },
  { method: 'post', path: `${BASE}/features`, access: 'settings:manage', handler: postFeatures },
  ...accessRoutes,
  ...dangerZoneRoutes,
];

/** Adds the settings pages of repositories. */
export function mountRepoSettings(web: WebApp): void {
  mountRoutes(web, repositoryGate(openRepository), routes);
}
