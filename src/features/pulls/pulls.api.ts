// Pull requests in Gitea's REST API v1: every route, from the files that answer them.
import { repositoryGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp } from '../../platform/web/web.types.ts';
import { openRepository } from '../repos/access.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { createPullApiRoutes } from './create-pull.api.ts';
import { headUpdateApiRoutes } from './head-updates.api.ts';
import { mergeApiRoutes } from './merges.api.ts';
import { pullApiRoutes } from './pull.api.ts';
import { pullBetweenApiRoutes, pullListApiRoutes } from './pull-lists.api.ts';
import { queueApiRoutes } from './queue.api.ts';
import { reviewRequestApiRoutes } from './review-requests.api.ts';
import { reviewApiRoutes } from './reviews.api.ts';

const routes: Route<Ability, OpenRepository>[] = [
  ...mergeApiRoutes,
  ...createPullApiRoutes,
  ...pullApiRoutes,
  ...headUpdateApiRoutes,
  ...reviewRequestApiRoutes,
  ...reviewApiRoutes,
  ...queueApiRoutes,
  ...pullListApiRoutes,
  ...pullBetweenApiRoutes,
];

/** Adds the routes of pull requests to `/api/v1`. */
export function mountPullsApi(web: WebApp): void {
  mountRoutes(web, repositoryGate(openRepository), routes);
}
