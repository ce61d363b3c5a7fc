// Rules and checks in the REST API v1: every route, from the files that answer them.
import { repositoryGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp } from '../../platform/web/web.types.ts';
import { openRepository } from '../repos/access.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';

const routes: Route<Ability, OpenRepository>[] = [];

/** Adds the routes of rules to `/api/v1`. */
export function mountRulesApi(web: WebApp): void {
  mountRoutes(web, repositoryGate(openRepository), routes);
}
