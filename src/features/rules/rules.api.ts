// Rules and checks in the REST API v1: every route, from the files that answer them.
import { repositoryGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { WebApp } from '../../platform/web/web.types.ts';
import { openRepository } from '../repos/access.service.ts';
import { checkRunApiRoutes } from './check-runs.api.ts';
import { protectionRoutes } from './protections.api.ts';
import { ruleSetApiRoutes } from './rule-sets.api.ts';

/** Adds the routes of rules to `/api/v1`. */
export function mountRulesApi(web: WebApp): void {
  mountRoutes(web, repositoryGate(openRepository), [
    ...ruleSetApiRoutes,
    ...protectionRoutes,
    ...checkRunApiRoutes,
  ]);
}
