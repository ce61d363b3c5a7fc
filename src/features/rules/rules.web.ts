// The settings pages of rules on branches and tags.
import { repositoryGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp } from '../../platform/web/web.types.ts';
import { openRepository } from '../repos/access.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';

const routes: Route<Ability, OpenRepository>[] = [];

/** Adds the pages of rules. */
export function mountRules(web: WebApp): void {
  mountRoutes(web, repositoryGate(openRepository), routes);
}
