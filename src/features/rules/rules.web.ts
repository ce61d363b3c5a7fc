// The pages of rules on branches and tags: every route, from the files that answer them.
import { repositoryGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { WebApp } from '../../platform/web/web.types.ts';
import { openRepository } from '../repos/access.service.ts';
import { appliedRuleRoutes } from './applied-rules.web.ts';
import { ruleSetRoutes } from './rule-sets.web.ts';

/** Adds the pages of rules. */
export function mountRules(web: WebApp): void {
  mountRoutes(web, repositoryGate(openRepository), [...ruleSetRoutes, ...appliedRuleRoutes]);
}
