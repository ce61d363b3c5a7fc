// Issues, comments, labels and milestones in Gitea's REST API v1: every route, from the files that answer them.
import { organizationGate, repositoryGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp } from '../../platform/web/web.types.ts';
import { openOrganization } from '../orgs/orgs.service.ts';
import { openRepository } from '../repos/access.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { assetApiRoutes } from './assets.api.ts';
import { commentApiRoutes } from './comments.api.ts';
import { issueApiRoutes } from './issue.api.ts';
import { labelApiRoutes, organizationLabelApiRoutes } from './labels.api.ts';
import { listApiRoutes } from './lists.api.ts';
import { milestoneApiRoutes } from './milestones.api.ts';
import { pinApiRoutes } from './pins.api.ts';
import { reactionApiRoutes } from './reactions.api.ts';
import { relationApiRoutes } from './relations.api.ts';
import { subscriptionApiRoutes } from './subscriptions.api.ts';
import { templateApiRoutes } from './templates.api.ts';

const routes: Route<Ability, OpenRepository>[] = [
  ...issueApiRoutes,
  ...pinApiRoutes,
  ...commentApiRoutes,
  ...assetApiRoutes,
  ...labelApiRoutes,
  ...milestoneApiRoutes,
  ...listApiRoutes,
  ...reactionApiRoutes,
  ...relationApiRoutes,
  ...templateApiRoutes,
  ...subscriptionApiRoutes,
];

/** Adds the routes of issues to `/api/v1`. */
export function mountIssuesApi(web: WebApp): void {
  mountRoutes(web, repositoryGate(openRepository), routes);
  mountRoutes(web, organizationGate(openOrganization), organizationLabelApiRoutes);
}
