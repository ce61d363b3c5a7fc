// The pages of pull requests: every route of the room that lies in a repository, from the files that answer them.
import { repositoryGate } from '../../platform/web/gates.ts';
import { mountRoutes } from '../../platform/web/routes.ts';
import type { Route, WebApp } from '../../platform/web/web.types.ts';
import { openRepository } from '../repos/access.service.ts';
import type { Ability, OpenRepository } from '../repos/repos.types.ts';
import { checkRunRoutes } from './check-runs.web.ts';
import { codeRoutes } from './code-under-review.web.ts';
import { createPullRoutes } from './create-pull.web.ts';
import { lineCommentRoutes } from './line-comments.web.ts';
import { mergeBoxRoutes } from './merge-box.web.ts';
import { mergeSettingsRoutes } from './merge-settings.web.ts';
import { pullBranchRoutes } from './pull-branches.web.ts';
import { pullCheckRoutes } from './pull-checks.web.ts';
import { pullCommitRoutes } from './pull-commits.web.ts';
import { pullFilesRoutes } from './pull-files.web.ts';
import { pullPageRoutes } from './pull-page.web.ts';
import { queueRoutes } from './queue.web.ts';
import { reviewRequestRoutes } from './review-requests.web.ts';
import { threadRoutes } from './review-threads.web.ts';
import { reviewRoutes } from './reviews.web.ts';

const routes: Route<Ability, OpenRepository>[] = [
  ...pullPageRoutes,
  ...pullBranchRoutes,
  ...mergeBoxRoutes,
  ...mergeSettingsRoutes,
  ...pullCommitRoutes,
  ...pullCheckRoutes,
  ...checkRunRoutes,
  ...codeRoutes,
  ...pullFilesRoutes,
  ...lineCommentRoutes,
  ...threadRoutes,
  ...queueRoutes,
  ...reviewRoutes,
  ...reviewRequestRoutes,
  ...createPullRoutes,
];

/** Adds the pages of pull requests. */
export function mountPulls(web: WebApp): void {
  mountRoutes(web, repositoryGate(openRepository), routes);
}
